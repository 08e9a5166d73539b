"""The day before which a clock does not begin to count, where it was said; and what is taken over from a forum."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_exchange")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="caseclock",
            name="not_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="case", name="case_channel_is_known"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "channel__in",
                        ["web", "phone", "counter", "visit", "meeting", "forum", "open311", "sensor", "system"],
                    )
                ),
                name="case_channel_is_known",
            ),
        ),
    ]
