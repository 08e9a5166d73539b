"""A picture is released with an answer about faces and plates; what was released before stood under a button that said
"no face, no plate, no name", which is that answer."""

from django.db import migrations, models
from django.db.models import Q

ANSWERED = "UPDATE cases_casefile SET cover = 'nothing' WHERE published_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_hidden")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            "casefile",
            "cover",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=8),
        ),
        migrations.AddField("casefile", "shown", models.BinaryField(blank=True, null=True)),
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "casefile",
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, cover="", shown__isnull=True)
                | Q(published_at__isnull=False, cover="nothing", shown__isnull=True)
                | Q(published_at__isnull=False, cover="blurred", shown__isnull=False),
                name="case_file_published_with_an_answer_about_faces",
            ),
        ),
    ]
