"""What a single-row check can't hold: the story stays, a case keeps its origin, and what is confidential stays so.

Destruction at the end of the time of keeping is the one way out: it says so inside its transaction
(``SET LOCAL liren.destroying = 'on'``), and leaves a record of what was destroyed.
"""

from django.db import migrations

APPENDED = ["cases_caseevent", "cases_escalation", "cases_rating"]
KEPT = [*APPENDED, "cases_case", "cases_caseclock", "cases_dispute", "cases_call", "cases_suspension", "cases_casefile"]

# A case is written as a version of its own type: one composite key, (id, declaration), as for entries of registers.
VERSIONS = """
ALTER TABLE cases_case ADD CONSTRAINT case_is_written_as_its_own_type
    FOREIGN KEY (written_as_id, type_id) REFERENCES policy_declaration_version (id, declaration_id);
"""
NO_VERSIONS = "ALTER TABLE cases_case DROP CONSTRAINT case_is_written_as_its_own_type;"

FUNCTIONS = """
CREATE FUNCTION cases_stay() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('liren.destroying', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Rows of % are part of the story of a case: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Record a correction as a new row.', TABLE = TG_TABLE_NAME;
END $body$;
CREATE FUNCTION cases_stay_sealed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'A case never becomes less confidential: % after %.', NEW.confidentiality, OLD.confidentiality
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $body$;
CREATE TRIGGER cases_case_keeps_its_origin
    BEFORE UPDATE OF type_id, received_at, channel, taken_by, client_key ON cases_case
    FOR EACH ROW WHEN ((OLD.type_id, OLD.received_at, OLD.channel, OLD.taken_by, OLD.client_key)
        IS DISTINCT FROM (NEW.type_id, NEW.received_at, NEW.channel, NEW.taken_by, NEW.client_key))
    EXECUTE FUNCTION cases_stay();
CREATE TRIGGER cases_case_stays_sealed BEFORE UPDATE OF confidentiality ON cases_case
    FOR EACH ROW WHEN (array_position(ARRAY['public', 'limited', 'sealed'], NEW.confidentiality::text)
        < array_position(ARRAY['public', 'limited', 'sealed'], OLD.confidentiality::text))
    EXECUTE FUNCTION cases_stay_sealed();
"""
NO_FUNCTIONS = """
DROP TRIGGER cases_case_stays_sealed ON cases_case;
DROP TRIGGER cases_case_keeps_its_origin ON cases_case;
DROP FUNCTION cases_stay_sealed();
DROP FUNCTION cases_stay();
"""


def _appended(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION cases_stay();",
        f"DROP TRIGGER {table}_is_append_only ON {table};",
    )


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION cases_stay();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION cases_stay();
""",
        f"DROP TRIGGER {table}_is_never_emptied ON {table}; DROP TRIGGER {table}_is_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases"), ("registers", "0002_guards"), ("policy", "0002_guards")]

    operations = [
        migrations.RunSQL(VERSIONS, NO_VERSIONS),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        *(_appended(table) for table in APPENDED),
        *(_kept(table) for table in KEPT),
    ]
