"""What a unit has closed, in the order in which it is read."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0002_guards"),
        ("cases", "0011_month_indexes"),
        ("policy", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name="case",
            name="case_closed_of_unit",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("phase", "closed")), fields=["unit", "-id"], name="case_closed_of_unit_first"
            ),
        ),
    ]
