"""The day before which a clock does not begin to count, where its beginning was said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_hidden")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="caseclock",
            name="not_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
