"""The day by which a document wants a number reached: when it has passed, the number still stands."""

from django.db import migrations, models
from django.db.models import F, Func, Q

from liren.foundation.kernel.history import allow_column_change_sql, refuse_column_change_sql

FACTS = [
    "id", "code", "jurisdiction_id", "document_id", "provision_key", "name_zh", "name_en", "operator",
    "value", "high", "unit", "attribute", "scope_zh", "scope_en",
    "phrase", "note_zh", "note_en", "requirements", "during", "loaded_at",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_guards")]

    operations = [
        migrations.AddField("parameter", "due_on", models.DateField(null=True, blank=True)),
        migrations.AddConstraint(
            "parameter",
            models.CheckConstraint(
                name="policy_parameter_is_due_when_aimed_at_and_not_before_it_began",
                condition=Q(due_on__isnull=True)
                | Q(attribute__in=["binding", "expected"], due_on__gte=Func(F("during"), function="lower")),
            ),
        ),
        migrations.RunSQL(
            allow_column_change_sql("policy_parameter"), refuse_column_change_sql("policy_parameter", *FACTS)
        ),
        migrations.RunSQL(
            refuse_column_change_sql("policy_parameter", *FACTS, "due_on"), allow_column_change_sql("policy_parameter")
        ),
    ]
