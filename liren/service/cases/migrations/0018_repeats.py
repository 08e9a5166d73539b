"""Cases that come round again: which follows which, once, and when the next is due."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0004_duty_by_library"),
        ("cases", "0017_chosen_topics"),
        ("policy", "0003_due_day"),
        ("territory", "0005_spans_as_boxes"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Repeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                (
                    "before",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policy.declaration",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.unit",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="caseevent",
            name="case_event_kind_is_known",
        ),
        migrations.AddConstraint(
            model_name="caseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "received",
                            "moved",
                            "dispatched",
                            "note",
                            "asked",
                            "file",
                            "joined",
                            "split",
                            "called",
                            "call_answered",
                            "disputed",
                            "ruled",
                            "suspended",
                            "resumed",
                            "extended",
                            "escalated",
                            "recomputed",
                            "rated",
                            "part",
                            "consented",
                            "corrected",
                            "hidden",
                            "visited",
                            "repeated",
                        ],
                    )
                ),
                name="case_event_kind_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="repeat",
            index=models.Index(
                condition=models.Q(("case__isnull", True)), fields=["due_on", "id"], name="repeat_to_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="repeat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("before__isnull", False)), fields=("before",), name="repeat_follows_a_case_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="repeat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("before__isnull", True)),
                fields=("type", "unit"),
                name="repeat_begins_once_in_a_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="repeat",
            constraint=models.CheckConstraint(
                condition=models.Q(("before__isnull", False), ("case__isnull", False), _connector="OR"),
                name="repeat_has_a_case_before_or_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="repeat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("before__isnull", True),
                    ("case__isnull", True),
                    models.Q(("before", models.F("case")), _negated=True),
                    _connector="OR",
                ),
                name="repeat_is_another_case",
            ),
        ),
    ]
