"""Counts of whole registers without counting them: the few that are closed have an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0002_guards"),
        ("registers", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", False)), fields=["register", "closed_on"], name="entry_closed"
            ),
        ),
    ]
