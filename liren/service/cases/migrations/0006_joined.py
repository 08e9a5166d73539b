"""Two lines of changes become one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_topics"), ("cases", "0004_rule_words")]
    operations: list[object] = []
