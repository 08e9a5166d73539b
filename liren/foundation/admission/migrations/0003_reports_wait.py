"""By which day a report of a community waits for somebody, and what was told of it: each thing once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("admission", "0002_guards"),
        ("bodies", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_is_of_one_thing",
        ),
        migrations.AddField(
            model_name="notice",
            name="report",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="admission.outsidereport",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="word",
            field=models.CharField(
                blank=True,
                choices=[
                    ("decision_due", "To be decided soon"),
                    ("decision_late", "Not decided in time"),
                    ("ordered", "A correction was ordered"),
                    ("correction_due", "To be corrected soon"),
                    ("correction_late", "Not corrected in time"),
                ],
                db_default="",
                default="",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="outsidereport",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="outsidereport",
            index=models.Index(
                condition=models.Q(("state__in", ("reported", "ordered"))),
                fields=["id"],
                name="outside_report_undecided",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("assignment__isnull", True), ("refusal__isnull", False), ("report__isnull", True), ("word", "")
                    ),
                    models.Q(
                        ("assignment__isnull", False), ("refusal__isnull", True), ("report__isnull", True), ("word", "")
                    ),
                    models.Q(
                        ("assignment__isnull", True),
                        ("refusal__isnull", True),
                        ("report__isnull", False),
                        models.Q(("word", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="notice_is_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("word__in", ["decision_due", "decision_late", "ordered", "correction_due", "correction_late", ""])
                ),
                name="notice_word_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("report__isnull", False)),
                fields=("report", "word", "body", "unit"),
                name="notice_of_a_report_is_told_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidereport",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__isnull", True), ("state__in", ("reported", "ordered")), _connector="OR"),
                name="outside_report_that_is_over_is_due_no_more",
            ),
        ),
    ]
