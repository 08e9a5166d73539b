"""The gate before cases: what an office asks goes to a body of a community only under an admission.

A case, a part in it and a call on it are asked alike, in whatever way the row comes in. Which case is an office's work
stands in its ``work``, which is never changed; what residents ask has none and passes.
"""

from django.db import migrations

GATE = """
CREATE FUNCTION cases_gate(kind text, asked bigint, body bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE place record; community bigint;
BEGIN
    SELECT u.id, u.level, u.path INTO place
      FROM bodies_body b JOIN territory_unit u ON u.id = b.unit_id WHERE b.id = body;
    IF place.level < 5 THEN
        RETURN;
    END IF;
    community := place.id;
    IF place.level > 5 THEN
        SELECT u.id INTO community FROM territory_unit u
         WHERE u.id = ANY (string_to_array(trim('/' FROM place.path), '/')::bigint[]) AND u.level = 5;
    END IF;
    PERFORM admission_gate(asked, community, kind, NULL, (at AT TIME ZONE 'Asia/Shanghai')::date, at);
END $body$;

CREATE FUNCTION cases_case_pass() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.body_id, OLD.admission_id) IS NOT DISTINCT FROM (NEW.body_id, NEW.admission_id) THEN
        RETURN NEW;
    END IF;
    PERFORM cases_gate(NEW.work, NEW.admission_id, NEW.body_id, NEW.changed_at);
    RETURN NEW;
END $body$;
CREATE TRIGGER cases_case_passes_the_gate BEFORE INSERT OR UPDATE OF body_id, admission_id ON cases_case
    FOR EACH ROW WHEN (NEW.work <> '' AND NEW.body_id IS NOT NULL) EXECUTE FUNCTION cases_case_pass();
CREATE TRIGGER cases_case_keeps_its_work BEFORE UPDATE OF work ON cases_case
    FOR EACH ROW WHEN (OLD.work <> NEW.work) EXECUTE FUNCTION cases_stay();

CREATE FUNCTION cases_beside_pass() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE held record;
BEGIN
    SELECT work, admission_id INTO held FROM cases_case WHERE id = NEW.case_id;
    IF held.work <> '' THEN
        PERFORM cases_gate(held.work, held.admission_id, NEW.body_id,
            coalesce((to_jsonb(NEW) ->> 'joined_at'), (to_jsonb(NEW) ->> 'called_at'))::timestamptz);
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER cases_casepart_passes_the_gate BEFORE INSERT OR UPDATE OF body_id, case_id ON cases_casepart
    FOR EACH ROW WHEN (NEW.body_id IS NOT NULL) EXECUTE FUNCTION cases_beside_pass();
CREATE TRIGGER cases_call_passes_the_gate BEFORE INSERT OR UPDATE OF body_id, case_id ON cases_call
    FOR EACH ROW EXECUTE FUNCTION cases_beside_pass();
"""
BACK = """
DROP TRIGGER cases_call_passes_the_gate ON cases_call;
DROP TRIGGER cases_casepart_passes_the_gate ON cases_casepart;
DROP FUNCTION cases_beside_pass();
DROP TRIGGER cases_case_keeps_its_work ON cases_case;
DROP TRIGGER cases_case_passes_the_gate ON cases_case;
DROP FUNCTION cases_case_pass();
DROP FUNCTION cases_gate(text, bigint, bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_admission"), ("admission", "0002_guards")]

    operations = [migrations.RunSQL(GATE, BACK)]
