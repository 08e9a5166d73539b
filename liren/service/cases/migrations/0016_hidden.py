"""What is hidden and still open, which is rare in a long queue."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_application_and_case")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_hidden", True), models.Q(("phase", "closed"), _negated=True)),
                fields=["due_at", "id"],
                name="case_hidden",
            ),
        ),
    ]
