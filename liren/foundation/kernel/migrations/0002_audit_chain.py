"""The chain of the audit log, written by the database at commit.

An entry's deferred trigger only takes a number in ``kernel_audit_turn``; the deferred trigger of that number seals.
So the sealing runs after every other check of the commit (foreign keys lock the rows they point at), and the lock of
the chain is the last lock that a transaction takes: two commits can wait for each other, but never in a circle.
"""

from django.db import migrations

from liren.foundation.kernel.history import allow_change_sql, refuse_change_sql

TURN = """
CREATE UNLOGGED TABLE kernel_audit_turn (entry_id bigint PRIMARY KEY);
COMMENT ON TABLE kernel_audit_turn IS 'Entries that the present transactions will seal at their commit; empty at rest.';
"""

FUNCTIONS = """
CREATE FUNCTION liren_refuse_strangers() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RAISE EXCEPTION '% is written by the database alone.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;

CREATE FUNCTION liren_audit_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    INSERT INTO kernel_audit_turn (entry_id) VALUES (NEW.id);
    RETURN NULL;
END $body$;

-- The text under the hash: each field as <octets>:<text>, and - for none; the stand-alone verifier builds the same.
CREATE FUNCTION liren_audit_hash(place bigint, previous bytea, entry kernel_audit_entry) RETURNS bytea
LANGUAGE sql STABLE AS $body$
    SELECT sha256(convert_to(
        string_agg(coalesce(octet_length(field) || ':' || field, '-') || ',', '' ORDER BY nr), 'UTF8'))
    FROM unnest(ARRAY[
        'liren-audit-1', place::text, encode(previous, 'hex'), entry.id::text,
        to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        entry.actor, entry.action, entry.object_type, entry.object_id, entry.unit_id::text, entry.facts::text
    ]) WITH ORDINALITY AS fields(field, nr)
$body$;

CREATE FUNCTION liren_audit_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    entry kernel_audit_entry;
    head kernel_audit_seal;
    place bigint;
    before bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.kernel_audit_seal', 0));
    SELECT * INTO head FROM kernel_audit_seal ORDER BY position DESC LIMIT 1;
    SELECT * INTO STRICT entry FROM kernel_audit_entry WHERE id = NEW.entry_id;
    place := coalesce(head.position, 0) + 1;
    before := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
    INSERT INTO kernel_audit_seal (entry_id, position, previous, hash)
        VALUES (entry.id, place, before, liren_audit_hash(place, before, entry));
    DELETE FROM kernel_audit_turn WHERE entry_id = NEW.entry_id;
    RETURN NULL;
END $body$;

-- Functions with their owner's rights look only in their own schema, so that no temporary table can stand in.
DO $body$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['liren_audit_queue()', 'liren_audit_seal()'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
END $body$;

-- Plans are made once per connection, perhaps while the tables are all but empty: never by reading them through.
ALTER FUNCTION liren_audit_seal() SET enable_seqscan = off;

CREATE CONSTRAINT TRIGGER audit_entry_takes_its_turn AFTER INSERT ON kernel_audit_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION liren_audit_queue();
CREATE CONSTRAINT TRIGGER audit_turn_is_sealed AFTER INSERT ON kernel_audit_turn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION liren_audit_seal();
CREATE TRIGGER audit_turn_is_for_the_database BEFORE INSERT OR UPDATE OR DELETE ON kernel_audit_turn
    FOR EACH ROW EXECUTE FUNCTION liren_refuse_strangers();
CREATE TRIGGER audit_seal_is_for_the_database BEFORE INSERT ON kernel_audit_seal
    FOR EACH ROW EXECUTE FUNCTION liren_refuse_strangers();
"""

BACK = """
DROP TABLE kernel_audit_turn;
DROP TRIGGER audit_entry_takes_its_turn ON kernel_audit_entry;
DROP TRIGGER audit_seal_is_for_the_database ON kernel_audit_seal;
DROP FUNCTION liren_audit_seal(), liren_audit_queue(), liren_refuse_strangers();
DROP FUNCTION liren_audit_hash(bigint, bytea, kernel_audit_entry);
"""

KEPT = ["kernel_audit_entry", "kernel_audit_seal", "kernel_calendar_notice", "kernel_calendar_day"]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(TURN + FUNCTIONS, BACK),
        *[migrations.RunSQL(refuse_change_sql(table), allow_change_sql(table)) for table in KEPT],
    ]
