"""Indexes by which a month is counted out of what happened in it, whatever the number of cases before."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0002_guards"),
        ("cases", "0010_ends_with"),
        ("policy", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="case_by_end"
            ),
        ),
        migrations.AddIndex(
            model_name="caseclock",
            index=models.Index(
                condition=models.Q(("kept", False), ("kept__isnull", True), _connector="OR"),
                fields=["due_at"],
                name="case_clock_missed",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["at"], name="rating_by_moment"),
        ),
    ]
