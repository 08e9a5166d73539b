"""What the past may not lose: appended tables, shares that add up, spans that fill a life and never outlast a parent.

The checks of spans run once per statement over all rows it touched, so that a whole country can be loaded by COPY.
"""

from django.db import migrations

from liren.foundation.kernel.history import allow_change_sql, refuse_change_sql

APPENDED = [
    "territory_unitchange",
    "territory_descent",
    "territory_population",
    "territory_occupancy",
    "territory_formationevent",
]

SHARES = """
CREATE FUNCTION territory_shares_add_up() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE total numeric;
BEGIN
    SELECT sum(share) INTO total FROM territory_descent WHERE change_id = NEW.change_id AND source_id = NEW.source_id;
    IF total <> 1 THEN
        RAISE EXCEPTION 'The shares of unit % in change % add up to %, not to 1.', NEW.source_id, NEW.change_id, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'descent_shares_add_up_to_1', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER descent_shares_add_up_to_1 AFTER INSERT ON territory_descent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_shares_add_up();
"""
SHARES_BACK = """
DROP TRIGGER descent_shares_add_up_to_1 ON territory_descent;
DROP FUNCTION territory_shares_add_up();
"""

LIVES = """
CREATE FUNCTION territory_span_in_life() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE wrong bigint;
BEGIN
    SELECT s.unit_id INTO wrong FROM touched s JOIN territory_unit u ON u.id = s.unit_id
        WHERE NOT daterange(u.opened_on, u.closed_on) @> s.during LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A span of unit % lies outside its life.', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'span_lies_in_the_life_of_its_unit', TABLE = TG_TABLE_NAME;
    END IF;
    SELECT s.unit_id INTO wrong FROM touched s JOIN territory_unit p ON p.id = s.parent_id
        WHERE NOT daterange(p.opened_on, p.closed_on) @> s.during LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A span of unit % outlasts its parent.', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'span_lies_in_the_life_of_its_parent',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER span_lies_in_life_when_added AFTER INSERT ON territory_unitspan
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION territory_span_in_life();
CREATE TRIGGER span_lies_in_life_when_changed AFTER UPDATE ON territory_unitspan
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION territory_span_in_life();

CREATE FUNCTION territory_life_holds_spans() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM territory_unitspan s WHERE (s.unit_id = NEW.id OR s.parent_id = NEW.id)
               AND NOT daterange(NEW.opened_on, NEW.closed_on) @> s.during) THEN
        RAISE EXCEPTION 'The life of unit % would end before a span of its own or of a child.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_life_holds_its_spans', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER unit_life_holds_its_spans AFTER UPDATE OF opened_on, closed_on ON territory_unit
    FOR EACH ROW WHEN ((OLD.opened_on, OLD.closed_on) IS DISTINCT FROM (NEW.opened_on, NEW.closed_on))
    EXECUTE FUNCTION territory_life_holds_spans();
"""
LIVES_BACK = """
DROP TRIGGER unit_life_holds_its_spans ON territory_unit;
DROP FUNCTION territory_life_holds_spans();
DROP TRIGGER span_lies_in_life_when_changed ON territory_unitspan;
DROP TRIGGER span_lies_in_life_when_added ON territory_unitspan;
DROP FUNCTION territory_span_in_life();
"""

# Asked at commit and only where something was changed: additions come in bulk and say their periods in one piece.
GAPS = """
CREATE FUNCTION territory_spans_fill_life() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE id_asked bigint := CASE WHEN TG_TABLE_NAME = 'territory_unit' THEN (to_jsonb(NEW)->>'id')::bigint
                                ELSE (to_jsonb(OLD)->>'unit_id')::bigint END;
DECLARE life daterange;
DECLARE filled datemultirange;
BEGIN
    SELECT daterange(opened_on, closed_on) INTO life FROM territory_unit WHERE id = id_asked;
    SELECT range_agg(during) INTO filled FROM territory_unitspan WHERE unit_id = id_asked;
    IF life IS NOT NULL AND filled IS DISTINCT FROM datemultirange(life) THEN
        RAISE EXCEPTION 'The spans of unit % (%) do not fill its life (%).', id_asked, filled, life
            USING ERRCODE = 'check_violation', CONSTRAINT = 'spans_fill_the_life_of_their_unit', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER spans_fill_the_life_of_their_unit AFTER UPDATE OR DELETE ON territory_unitspan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_spans_fill_life();
CREATE CONSTRAINT TRIGGER life_is_filled_by_spans AFTER UPDATE OF opened_on, closed_on ON territory_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_spans_fill_life();
"""
GAPS_BACK = """
DROP TRIGGER life_is_filled_by_spans ON territory_unit;
DROP TRIGGER spans_fill_the_life_of_their_unit ON territory_unitspan;
DROP FUNCTION territory_spans_fill_life();
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0002_keys"), ("kernel", "0001_initial")]

    operations = [
        *[migrations.RunSQL(refuse_change_sql(table), allow_change_sql(table)) for table in APPENDED],
        migrations.RunSQL(SHARES, SHARES_BACK),
        migrations.RunSQL(LIVES, LIVES_BACK),
        migrations.RunSQL(GAPS, GAPS_BACK),
    ]
