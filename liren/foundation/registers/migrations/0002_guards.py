"""What a single-row check can't hold: history stays, and an entry stays in its register and is written as it."""

from django.db import migrations

from liren.foundation.kernel.history import (
    allow_change_sql,
    allow_column_change_sql,
    refuse_change_sql,
    refuse_column_change_sql,
)

APPENDED = ["registers_entrychange", "registers_importbatch", "registers_look", "registers_attachment"]

# An entry is written as a version of its own register: one composite key in place of Django's.
VERSIONS = """
ALTER TABLE policy_declaration_version
    ADD CONSTRAINT policy_declaration_version_with_its_declaration UNIQUE (id, declaration_id);
ALTER TABLE registers_entry ADD CONSTRAINT entry_is_written_as_its_own_register
    FOREIGN KEY (written_as_id, register_id) REFERENCES policy_declaration_version (id, declaration_id);
"""
NO_VERSIONS = """
ALTER TABLE registers_entry DROP CONSTRAINT entry_is_written_as_its_own_register;
ALTER TABLE policy_declaration_version DROP CONSTRAINT policy_declaration_version_with_its_declaration;
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_entries"), ("kernel", "0001_initial"), ("policy", "0002_guards")]

    operations = [
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        *(migrations.RunSQL(refuse_change_sql(table), allow_change_sql(table)) for table in APPENDED),
        migrations.RunSQL(
            refuse_column_change_sql("registers_entry", "register_id", "number"),
            allow_column_change_sql("registers_entry"),
        ),
        # What is on its way in is nobody's yet: it needs no log to survive a crash.
        migrations.RunSQL(
            "ALTER TABLE registers_incomingline SET UNLOGGED", "ALTER TABLE registers_incomingline SET LOGGED"
        ),
    ]
