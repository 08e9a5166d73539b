"""What a single-row check can't hold. The gate itself: work reaches a community only under an admission that holds.

``admission_gate`` asks all of it in one look-up by keys. Tables of this room and of rooms above make a trigger that
calls it; whatever way a row comes in (page, API, job, import, hand-written SQL), it passes here or is refused.
"""

from django.db import migrations

from liren.foundation.kernel.history import (
    allow_change_sql,
    allow_column_change_sql,
    refuse_change_sql,
    refuse_column_change_sql,
)

APPENDED = [
    "listchange", "listcomment", "hearing", "formfield", "ledgerentry", "refusal", "notice", "burdenchange",
    "diarysheet", "agreedmatter", "mutualappraisal",
]  # fmt: skip
KEPT = {
    "listitem": ["kind", "unit_id", "code", "name_zh", "basis", "work_type", "added_by_id"],
    "application": ["work_type", "title_zh", "sender_id", "unit_id", "during", "case_id", "recorded_by", "recorded_at"],
    "admission": [
        "work_type", "title_zh", "sender_id", "basis", "minutes_a_month", "is_assistance", "is_comprehensive",
        "application_id", "item_id", "session", "is_simulated", "recorded_by", "recorded_at", "written_at",
    ],
    "reach": ["admission_id", "community_id", "work_type", "matter"],
    "assignment": [
        "admission_id", "community_id", "work_type", "origin", "sender_id", "given_on", "title_zh", "recorded_by",
        "recorded_at",
    ],
    "ledger": [
        "admission_id", "community_id", "work_type", "origin", "sender_id", "given_on", "name_zh", "stock_id",
        "recorded_by", "recorded_at",
    ],
    "outsidereport": ["community_id", "sender_id", "work_type", "happened_on", "text", "recorded_by", "recorded_at"],
    "burden": ["stock", "unit_id", "name_zh", "counted_on", "recorded_by", "recorded_at"],
    "agreement": ["street_id", "community_id", "office_id", "committee_id", "during", "signed_on", "instrument"],
}  # fmt: skip

GATE = """
CREATE FUNCTION admission_refuses(name text, detail text) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'The gate refuses: %', detail USING ERRCODE = 'check_violation', CONSTRAINT = name;
END $body$;

CREATE FUNCTION admission_gate(
    asked bigint, community bigint, kind text, body bigint, day date, recorded timestamptz
) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE found record;
BEGIN
    IF asked IS NULL THEN
        PERFORM admission_refuses('gate_needs_an_admission', 'work of an office without an admission.');
    END IF;
    IF day < (recorded AT TIME ZONE 'Asia/Shanghai')::date THEN
        PERFORM admission_refuses('gate_work_is_not_backdated', 'work recorded after the day on which it begins.');
    END IF;
    SELECT a.id AS admission, a.work_type, a.sender_id, a.is_active, a.recorded_at, r.id AS reach, r.during,
           u.level, u.opened_on, u.closed_on INTO found
      FROM territory_unit u
      LEFT JOIN admission_admission a ON a.id = asked
      LEFT JOIN admission_reach r ON r.admission_id = a.id AND r.community_id = u.id
     WHERE u.id = community;
    IF found.level IS DISTINCT FROM 5 OR found.opened_on > day OR found.closed_on <= day THEN
        PERFORM admission_refuses('gate_community_exists_on_the_day', 'no such community on that day.');
    ELSIF found.admission IS NULL THEN
        PERFORM admission_refuses('gate_needs_an_admission', 'no such admission.');
    ELSIF found.work_type IS DISTINCT FROM kind THEN
        PERFORM admission_refuses('gate_admission_is_of_this_kind', 'admitted was another kind of work.');
    ELSIF body IS NOT NULL AND found.sender_id <> body THEN
        PERFORM admission_refuses('gate_admission_is_of_this_sender', 'admitted was the matter of another body.');
    ELSIF found.reach IS NULL THEN
        PERFORM admission_refuses('gate_admission_reaches_this_community', 'admitted for other communities.');
    ELSIF NOT found.is_active THEN
        PERFORM admission_refuses('gate_admission_is_active', 'its supports are missing, or it was ended.');
    ELSIF NOT found.during @> day THEN
        PERFORM admission_refuses('gate_admission_holds_on_the_day', 'admitted for other days.');
    ELSIF day < (found.recorded_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        PERFORM admission_refuses('gate_admission_was_there_before_the_work', 'admitted after the work began.');
    END IF;
END $body$;

CREATE FUNCTION admission_pass() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.origin <> 'resident' THEN
        PERFORM admission_gate(
            NEW.admission_id, NEW.community_id, NEW.work_type, NEW.sender_id, NEW.given_on, NEW.recorded_at
        );
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER admission_assignment_passes_the_gate BEFORE INSERT ON admission_assignment
    FOR EACH ROW EXECUTE FUNCTION admission_pass();
CREATE TRIGGER admission_ledger_passes_the_gate BEFORE INSERT ON admission_ledger
    FOR EACH ROW EXECUTE FUNCTION admission_pass();
"""
GATE_BACK = """
DROP TRIGGER admission_ledger_passes_the_gate ON admission_ledger;
DROP TRIGGER admission_assignment_passes_the_gate ON admission_assignment;
DROP FUNCTION admission_pass();
DROP FUNCTION admission_gate(bigint, bigint, text, bigint, date, timestamptz);
DROP FUNCTION admission_refuses(text, text);
"""

# An admission begins no earlier than it is recorded, is never prolonged, and its communities follow its days.
ADMISSIONS = """
CREATE FUNCTION admission_is_written() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.written_at := clock_timestamp();
    IF lower(NEW.during) < (NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date THEN
        PERFORM admission_refuses('admission_is_not_backdated', 'it begins on the day of its record or later.');
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER admission_is_not_backdated BEFORE INSERT ON admission_admission
    FOR EACH ROW EXECUTE FUNCTION admission_is_written();

CREATE FUNCTION admission_days_shrink() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF lower(NEW.during) <> lower(OLD.during) OR NOT NEW.during <@ OLD.during THEN
        PERFORM admission_refuses('admission_is_never_prolonged', 'a longer time needs an application of its own.');
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER admission_is_never_prolonged BEFORE UPDATE OF during ON admission_admission
    FOR EACH ROW EXECUTE FUNCTION admission_days_shrink();
CREATE TRIGGER reach_is_never_prolonged BEFORE UPDATE OF during ON admission_reach
    FOR EACH ROW EXECUTE FUNCTION admission_days_shrink();

CREATE FUNCTION admission_ended() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE admission_reach SET during = during * NEW.during
     WHERE admission_id = NEW.id AND NOT during <@ NEW.during AND NOT isempty(during * NEW.during);
    IF NEW.ended_on IS NOT NULL AND OLD.ended_on IS NULL THEN
        UPDATE admission_ledger SET closed_on = NEW.ended_on, closed_why = NEW.end_reason
         WHERE admission_id = NEW.id AND closed_on IS NULL;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER admission_ended AFTER UPDATE OF during, ended_on ON admission_admission
    FOR EACH ROW EXECUTE FUNCTION admission_ended();

CREATE FUNCTION admission_reaches() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE granted record; place record;
BEGIN
    SELECT * INTO granted FROM admission_admission WHERE id = NEW.admission_id;
    SELECT level, opened_on, closed_on INTO place FROM territory_unit WHERE id = NEW.community_id;
    IF place.level IS DISTINCT FROM 5 OR place.opened_on > lower(granted.during)
       OR place.closed_on <= lower(granted.during) THEN
        PERFORM admission_refuses('reach_is_of_a_living_community', 'no such community on the first day.');
    END IF;
    NEW.work_type := granted.work_type;
    NEW.during := granted.during;
    NEW.matter := 9007199254740991 & hashtextextended(
        CASE granted.work_type WHEN 'award' THEN concat_ws('|', NEW.community_id, 'award')
        ELSE concat_ws('|', NEW.community_id, granted.sender_id, granted.work_type,
            lower(regexp_replace(normalize(granted.title_zh, NFKC), '[[:space:][:punct:]]', '', 'g'))) END, 0);
    RETURN NEW;
END $body$;
CREATE TRIGGER reach_is_of_a_living_community BEFORE INSERT ON admission_reach
    FOR EACH ROW EXECUTE FUNCTION admission_reaches();
"""
ADMISSIONS_BACK = """
DROP TRIGGER reach_is_of_a_living_community ON admission_reach;
DROP FUNCTION admission_reaches();
DROP TRIGGER admission_ended ON admission_admission;
DROP FUNCTION admission_ended();
DROP TRIGGER reach_is_never_prolonged ON admission_reach;
DROP TRIGGER admission_is_never_prolonged ON admission_admission;
DROP FUNCTION admission_days_shrink();
DROP TRIGGER admission_is_not_backdated ON admission_admission;
DROP FUNCTION admission_is_written();
"""

# A list changes only by a version that is drafted, is commented on while it is open, and stays as it was published.
LISTS = """
CREATE FUNCTION admission_list_follows() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE stands text;
BEGIN
    IF TG_TABLE_NAME = 'admission_listrevision' THEN
        IF OLD.state IN ('published', 'dropped')
           OR (OLD.state, NEW.state) NOT IN (('draft', 'draft'), ('draft', 'comments'), ('draft', 'dropped'),
              ('comments', 'comments'), ('comments', 'published'), ('comments', 'dropped')) THEN
            PERFORM admission_refuses('list_stays_as_it_was_published', 'write a new version.');
        END IF;
        RETURN NEW;
    END IF;
    SELECT state INTO stands FROM admission_listrevision WHERE id = NEW.revision_id;
    IF TG_TABLE_NAME = 'admission_listchange' AND stands <> 'draft' THEN
        PERFORM admission_refuses('list_is_changed_only_as_a_draft', 'this version is open for comments or over.');
    ELSIF TG_TABLE_NAME = 'admission_listcomment' AND stands <> 'comments' THEN
        PERFORM admission_refuses('list_is_commented_on_while_it_is_open', 'this version is not open for comments.');
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER list_stays_as_it_was_published BEFORE UPDATE ON admission_listrevision
    FOR EACH ROW EXECUTE FUNCTION admission_list_follows();
CREATE TRIGGER list_is_changed_only_as_a_draft BEFORE INSERT ON admission_listchange
    FOR EACH ROW EXECUTE FUNCTION admission_list_follows();
CREATE TRIGGER list_is_commented_on_while_it_is_open BEFORE INSERT ON admission_listcomment
    FOR EACH ROW EXECUTE FUNCTION admission_list_follows();
"""
LISTS_BACK = """
DROP TRIGGER list_is_commented_on_while_it_is_open ON admission_listcomment;
DROP TRIGGER list_is_changed_only_as_a_draft ON admission_listchange;
DROP TRIGGER list_stays_as_it_was_published ON admission_listrevision;
DROP FUNCTION admission_list_follows();
"""

# What is cancelled has its ledgers closed the same day and takes no entry any more (R360).
LEDGERS = """
CREATE FUNCTION admission_burden_cancelled() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE admission_ledger SET closed_on = NEW.fate_on, closed_why = NEW.name_zh
     WHERE stock_id = NEW.id AND closed_on IS NULL;
    RETURN NULL;
END $body$;
CREATE TRIGGER burden_cancelled_closes_its_ledgers AFTER UPDATE OF fate ON admission_burden
    FOR EACH ROW WHEN (NEW.fate IN ('stopped', 'cut')) EXECUTE FUNCTION admission_burden_cancelled();

CREATE FUNCTION admission_ledger_is_open() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_TABLE_NAME = 'admission_ledger' THEN
        IF EXISTS (SELECT FROM admission_burden WHERE id = NEW.stock_id AND fate IN ('stopped', 'cut')) THEN
            PERFORM admission_refuses('ledger_of_what_is_cancelled_stays_closed', 'it was cancelled.');
        END IF;
    ELSIF EXISTS (
        SELECT FROM admission_ledger WHERE id = NEW.ledger_id
           AND closed_on <= greatest(NEW.entered_on, (NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date)
    ) THEN
        PERFORM admission_refuses('ledger_closed_takes_no_entry', 'this ledger is closed.');
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER ledger_of_what_is_cancelled_stays_closed BEFORE INSERT ON admission_ledger
    FOR EACH ROW WHEN (NEW.stock_id IS NOT NULL) EXECUTE FUNCTION admission_ledger_is_open();
CREATE TRIGGER ledger_closed_takes_no_entry BEFORE INSERT ON admission_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION admission_ledger_is_open();
CREATE FUNCTION admission_ledger_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM admission_refuses('ledger_stays_closed', 'a closed ledger is not opened again.');
    RETURN NULL;
END $body$;
CREATE TRIGGER ledger_stays_closed BEFORE UPDATE OF closed_on ON admission_ledger
    FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on)
    EXECUTE FUNCTION admission_ledger_stays_closed();
"""
LEDGERS_BACK = """
DROP TRIGGER ledger_stays_closed ON admission_ledger;
DROP FUNCTION admission_ledger_stays_closed();
DROP TRIGGER ledger_closed_takes_no_entry ON admission_ledgerentry;
DROP TRIGGER ledger_of_what_is_cancelled_stays_closed ON admission_ledger;
DROP FUNCTION admission_ledger_is_open();
DROP TRIGGER burden_cancelled_closes_its_ledgers ON admission_burden;
DROP FUNCTION admission_burden_cancelled();
"""


class Migration(migrations.Migration):
    dependencies = [("admission", "0001_admission"), ("kernel", "0001_initial"), ("territory", "0001_units")]

    operations = [
        *[migrations.RunSQL(refuse_change_sql(f"admission_{t}"), allow_change_sql(f"admission_{t}")) for t in APPENDED],
        *[
            migrations.RunSQL(
                refuse_column_change_sql(f"admission_{table}", *columns), allow_column_change_sql(f"admission_{table}")
            )
            for table, columns in KEPT.items()
        ],
        migrations.RunSQL(GATE, GATE_BACK),
        migrations.RunSQL(ADMISSIONS, ADMISSIONS_BACK),
        migrations.RunSQL(LISTS, LISTS_BACK),
        migrations.RunSQL(LEDGERS, LEDGERS_BACK),
    ]
