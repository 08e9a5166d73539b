"""Why a mandate ended stands with the mandate, where it can be erased, and not in the audit log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_nothing_from_other_houses")]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="end_reason",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
