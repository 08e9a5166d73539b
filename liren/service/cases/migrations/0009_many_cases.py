"""Indexes for very many cases: what is rare in a long queue is found without going through all of it.

``search`` gets statistics on ten times as many words: with the usual number every word outside of the first thousand
counts for as frequent, and a search for one that nobody ever wrote went through the whole queue of the city.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0002_guards"),
        ("cases", "0008_key_use"),
        ("policy", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE cases_case ALTER COLUMN search SET STATISTICS 1000",
            "ALTER TABLE cases_case ALTER COLUMN search SET STATISTICS -1",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_near",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("is_called", True)), fields=["due_at", "id"], name="case_called"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_disputed", True)), fields=["due_at", "id"], name="case_disputed"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("phase", "closed"), _negated=True),
                fields=["type", "category", "due_at", "id"],
                name="case_open_of_type",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("phase", "answered")), fields=["-id"], name="case_answered"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(models.Q(("phase", "closed"), _negated=True), ("cell__isnull", False)),
                fields=["cell", "category", "-id"],
                name="case_near_and_open",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["type", "-received_at", "-id"], name="case_of_type_by_age"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["changed_at"], name="case_changed"),
        ),
    ]
