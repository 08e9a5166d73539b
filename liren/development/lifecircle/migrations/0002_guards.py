"""What a single-row check can't hold: what was recorded and found stays as it is, and a run ends once."""

from django.db import migrations

from liren.foundation.kernel.history import (
    allow_change_sql,
    allow_column_change_sql,
    refuse_change_sql,
    refuse_column_change_sql,
)

APPENDED = ("streetnetwork", "placetable", "place", "runevent", "circlerow", "gap", "proposal")
ASKED = ("city_id", "number", "day", "group", "standard_id", "network_id", "cycle_network_id", "places_id", "asked_at")

ENDED = """
CREATE FUNCTION lifecircle_run_stays_ended() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'Run % is %: it is never changed again.', OLD.id, OLD.state
        USING ERRCODE = 'restrict_violation', HINT = 'Ask for another run.', TABLE = TG_TABLE_NAME;
END $body$;
CREATE TRIGGER lifecircle_run_stays_ended BEFORE UPDATE ON lifecircle_run
    FOR EACH ROW WHEN (OLD.state IN ('done', 'failed')) EXECUTE FUNCTION lifecircle_run_stays_ended();
"""
NOT_ENDED = """
DROP TRIGGER lifecircle_run_stays_ended ON lifecircle_run;
DROP FUNCTION lifecircle_run_stays_ended();
"""
# "group" is a word of SQL itself.
QUOTED = tuple(f'"{column}"' for column in ASKED)


class Migration(migrations.Migration):
    dependencies = [("lifecircle", "0001_circles"), ("kernel", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(refuse_change_sql(f"lifecircle_{table}"), allow_change_sql(f"lifecircle_{table}"))
            for table in APPENDED
        ),
        migrations.RunSQL(
            refuse_column_change_sql("lifecircle_run", *QUOTED), allow_column_change_sql("lifecircle_run")
        ),
        migrations.RunSQL(ENDED, NOT_ENDED),
    ]
