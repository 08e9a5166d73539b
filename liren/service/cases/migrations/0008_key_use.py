"""The last day on which a key was sent, so that idle ones are seen and ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_outbox")]

    operations = [
        migrations.AddField(model_name="apikey", name="used_on", field=models.DateField(blank=True, null=True)),
    ]
