"""Topics that residents chose to hear of: one row for each, bounded by its slot, erased with the account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_hidden"),
        ("policy", "0003_due_day"),
        ("territory", "0005_spans_as_boxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChosenTopic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=40)),
                ("slot", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("category__regex", "\\S")), name="topic_is_chosen_by_its_code"
                    ),
                    models.UniqueConstraint(
                        fields=("account", "unit", "type", "category"), name="topic_is_chosen_once"
                    ),
                    models.UniqueConstraint(fields=("account", "slot"), name="topics_chosen_have_a_slot_each"),
                    models.CheckConstraint(
                        condition=models.Q(("slot__range", (1, 60))), name="topics_chosen_are_bounded"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_at__gte", models.F("since"))),
                        name="topic_is_read_after_it_was_chosen",
                    ),
                ],
            },
        ),
    ]
