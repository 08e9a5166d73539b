"""When somebody first wrote to the reporter, apart from the answer in full; figures so far counted both as one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_privacy"),
        ("policy", "0003_due_day"),
        ("territory", "0005_spans_as_boxes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="monthfigure",
            name="month_figure_rates_are_parts",
        ),
        migrations.AddField(
            model_name="case",
            name="first_word_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="monthfigure",
            name="heard",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="monthfigure",
            name="heard_in_time",
            field=models.PositiveIntegerField(default=0),
        ),
        # "answered" is the third bit of what is hidden, "heard" the ninth.
        migrations.RunSQL(
            "UPDATE cases_monthfigure SET heard = answered, heard_in_time = answered_in_time,"
            " hidden = CASE WHEN hidden & 4 <> 0 THEN hidden | 256 ELSE hidden END",
            "UPDATE cases_monthfigure SET hidden = hidden & 255, withheld = hidden & 255 <> 0",
        ),
        migrations.AddConstraint(
            model_name="monthfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("satisfied__lte", models.F("said_satisfied")),
                    ("solved__lte", models.F("said_solved")),
                    ("said_satisfied__lte", models.F("rated")),
                    ("said_solved__lte", models.F("rated")),
                    ("answered_in_time__lte", models.F("answered")),
                    ("heard_in_time__lte", models.F("heard")),
                ),
                name="month_figure_rates_are_parts",
            ),
        ),
    ]
