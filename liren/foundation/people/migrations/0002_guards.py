"""What a single-row check can't hold: levels of roles, sides, history that stays, and what other packages may store."""

from django.db import migrations

from liren.foundation.kernel.history import allow_change_sql, refuse_change_sql

# The level of a row's unit is the unit's level, and a role is held only on its levels: two composite keys.
LEVELS = """
ALTER TABLE people_residency ADD CONSTRAINT people_residency_unit_has_this_level
    FOREIGN KEY (unit_id, unit_level) REFERENCES territory_unit (id, level) ON UPDATE CASCADE;
ALTER TABLE people_mandate ADD CONSTRAINT people_mandate_unit_has_this_level
    FOREIGN KEY (unit_id, unit_level) REFERENCES territory_unit (id, level) ON UPDATE CASCADE;
ALTER TABLE people_mandate ADD CONSTRAINT people_mandate_role_is_held_on_this_level
    FOREIGN KEY (role_id, unit_level) REFERENCES people_rolelevel (role_id, level);
"""
NO_LEVELS = """
ALTER TABLE people_mandate DROP CONSTRAINT people_mandate_role_is_held_on_this_level;
ALTER TABLE people_mandate DROP CONSTRAINT people_mandate_unit_has_this_level;
ALTER TABLE people_residency DROP CONSTRAINT people_residency_unit_has_this_level;
"""

# The account row is locked first, so that two mandates of one account are always checked one after the other.
MANDATES = """
CREATE FUNCTION people_mandate_fits() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    held people_role%ROWTYPE;
BEGIN
    PERFORM 1 FROM people_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    SELECT * INTO held FROM people_role WHERE id = NEW.role_id;
    IF held.hours_required AND (NEW.weekly_minutes IS NULL OR NEW.duties = '') THEN
        RAISE EXCEPTION 'A mandate of the role % names duties and weekly minutes.', held.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'people_mandate_names_duties_and_hours';
    END IF;
    IF EXISTS (
        SELECT 1 FROM people_mandate other JOIN people_role r ON r.id = other.role_id
        WHERE other.account_id = NEW.account_id AND other.id <> NEW.id
          AND other.during && NEW.during AND r.side <> held.side
    ) THEN
        RAISE EXCEPTION 'Account % would act and check at the same time.', NEW.account_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'people_mandate_who_acts_does_not_check';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER people_mandate_fits BEFORE INSERT OR UPDATE ON people_mandate
    FOR EACH ROW EXECUTE FUNCTION people_mandate_fits();
"""
NO_MANDATES = """
DROP TRIGGER people_mandate_fits ON people_mandate;
DROP FUNCTION people_mandate_fits();
"""

# Rows that may be destroyed when their time is over, and not a day sooner; facts in them never change.
# Arguments: the column of time and the period ('never' for rows that stay).
KEEP = """
CREATE FUNCTION people_keep_until_due() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND TG_ARGV[1] <> 'never'
       AND (to_jsonb(OLD) ->> TG_ARGV[0])::timestamptz < now() - TG_ARGV[1]::interval THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Rows of % are kept as written (% refused) for %.', TG_TABLE_NAME, TG_OP, TG_ARGV[1]
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $body$;
"""
NO_KEEP = "DROP FUNCTION people_keep_until_due();"


def keep(table: str, time: str, period: str, *facts: str) -> migrations.RunSQL:
    """Refuse TRUNCATE, early DELETE, and UPDATE of the facts (of every column when none is named)."""
    of = f"OF {', '.join(facts)} " if facts else ""
    old, new = (", ".join(f"{side}.{column}" for column in facts or ("*",)) for side in ("OLD", "NEW"))
    changed = f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))" if facts else ""
    calls = f"EXECUTE FUNCTION people_keep_until_due('{time}', '{period}')"
    return migrations.RunSQL(
        f"""
CREATE TRIGGER {table}_keeps_its_facts BEFORE UPDATE {of}ON {table} FOR EACH ROW {changed} {calls};
CREATE TRIGGER {table}_is_kept_until_due BEFORE DELETE ON {table} FOR EACH ROW {calls};
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {calls};
""",
        f"""
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_kept_until_due ON {table};
DROP TRIGGER {table}_keeps_its_facts ON {table};
""",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("kernel", "0001_initial"),
        ("territory", "0001_units"),
    ]

    operations = [
        migrations.RunSQL(LEVELS, NO_LEVELS),
        migrations.RunSQL(MANDATES, NO_MANDATES),
        migrations.RunSQL(KEEP, NO_KEEP),
        keep("people_mandate", "granted_at", "never", "account_id", "role_id", "unit_id", "granted_by", "granted_at"),
        keep("people_residency", "closed_at", "1827 days", "account_id", "unit_id", "claimed_at"),
        keep("people_residencyevent", "at", "1827 days"),
        keep("people_consentevent", "at", "1827 days"),
        keep("people_accessentry", "at", "1096 days"),
        keep(
            "people_accessgrant",
            "opened_at",
            "1096 days",
            "actor_id",
            "subject_id",
            "unit_id",
            "purpose",
            "opened_at",
            "expires_at",
        ),
        migrations.RunSQL(refuse_change_sql("people_destruction"), allow_change_sql("people_destruction")),
    ]
