"""A case that carries an application to the gate closes as the application was decided, and never without a decision;
and no application is decided while its case stays open.

Whatever page, program or hand moves one of the two: "admitted" without an admission does not come about. The first is
asked at once, the second when the transaction ends, since a decision writes one after the other.
"""

from django.db import migrations

CLOSING = """
CREATE FUNCTION cases_close_as_decided() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (
        SELECT FROM admission_application a
         WHERE a.case_id = NEW.id AND (
               a.outcome <> CASE NEW.outcome WHEN 'done' THEN 'admitted' ELSE NEW.outcome END
               OR (a.outcome = 'admitted' AND NOT EXISTS (
                   SELECT FROM admission_admission m WHERE m.application_id = a.id)))
    ) THEN
        RAISE EXCEPTION 'The application that case % carries was not decided so.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_closed_as_its_application_was_decided';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER case_is_closed_as_its_application_was_decided BEFORE UPDATE OF phase, outcome ON cases_case
    FOR EACH ROW WHEN (NEW.phase = 'closed') EXECUTE FUNCTION cases_close_as_decided();

CREATE FUNCTION cases_closed_with_application() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM cases_case c WHERE c.id = NEW.case_id AND c.phase <> 'closed') THEN
        RAISE EXCEPTION 'Application % is decided, and its case is open.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'application_is_decided_with_its_case';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER application_is_decided_with_its_case AFTER UPDATE OF outcome ON admission_application
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.outcome <> '')
    EXECUTE FUNCTION cases_closed_with_application();
"""
BACK = """
DROP TRIGGER application_is_decided_with_its_case ON admission_application;
DROP FUNCTION cases_closed_with_application();
DROP TRIGGER case_is_closed_as_its_application_was_decided ON cases_case;
DROP FUNCTION cases_close_as_decided();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_gate"), ("admission", "0002_guards")]

    operations = [migrations.RunSQL(CLOSING, BACK)]
