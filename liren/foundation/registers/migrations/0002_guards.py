"""What a single-row check can't hold: history stays, and an entry stays in its register and is written as it."""

from django.db import migrations

from liren.foundation.kernel.history import allow_change_sql, refuse_change_sql

APPENDED = ["registers_entrychange", "registers_importbatch", "registers_look", "registers_attachment"]

# An entry is written as a version of its own register: one composite key, (id, declaration).
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

# The kernel's refusing trigger would take from the web's role the right to change an entry at all: so one of its own.
STAYS = """
CREATE FUNCTION registers_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'An entry is closed, never removed, and keeps its register and its number: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Close it.', TABLE = TG_TABLE_NAME;
END $body$;
CREATE TRIGGER registers_entry_keeps_its_number BEFORE UPDATE OF register_id, number ON registers_entry
    FOR EACH ROW WHEN ((OLD.register_id, OLD.number) IS DISTINCT FROM (NEW.register_id, NEW.number))
    EXECUTE FUNCTION registers_entry_stays();
CREATE TRIGGER registers_entry_is_never_deleted BEFORE DELETE ON registers_entry
    FOR EACH ROW EXECUTE FUNCTION registers_entry_stays();
CREATE TRIGGER registers_entry_is_never_emptied BEFORE TRUNCATE ON registers_entry
    FOR EACH STATEMENT EXECUTE FUNCTION registers_entry_stays();
"""
GOES = """
DROP TRIGGER registers_entry_is_never_emptied ON registers_entry;
DROP TRIGGER registers_entry_is_never_deleted ON registers_entry;
DROP TRIGGER registers_entry_keeps_its_number ON registers_entry;
DROP FUNCTION registers_entry_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_entries"), ("kernel", "0001_initial"), ("policy", "0002_guards")]

    operations = [
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        *(migrations.RunSQL(refuse_change_sql(table), allow_change_sql(table)) for table in APPENDED),
        migrations.RunSQL(STAYS, GOES),
        # What is on its way in is nobody's yet: it needs no log to survive a crash.
        migrations.RunSQL(
            "ALTER TABLE registers_incomingline SET UNLOGGED", "ALTER TABLE registers_incomingline SET LOGGED"
        ),
    ]
