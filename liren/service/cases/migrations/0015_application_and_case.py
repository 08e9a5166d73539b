"""A case that carries an application to the gate closes as the application was decided, and never without a decision.

Whatever page, program or hand moves it: "admitted" without an admission does not come about.
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
"""
BACK = """
DROP TRIGGER case_is_closed_as_its_application_was_decided ON cases_case;
DROP FUNCTION cases_close_as_decided();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_gate"), ("admission", "0002_guards")]

    operations = [migrations.RunSQL(CLOSING, BACK)]
