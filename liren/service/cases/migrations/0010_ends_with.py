"""The latest moment of a clock, where its end was said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_many_cases")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="caseclock",
            name="no_later_than",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="caseclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("no_later_than__isnull", True),
                    models.Q(
                        ("due_at__isnull", False),
                        ("due_at__lte", models.F("no_later_than")),
                        ("plain_due_at__lte", models.F("no_later_than")),
                    ),
                    _connector="OR",
                ),
                name="case_clock_is_due_by_its_last_moment",
            ),
        ),
    ]
