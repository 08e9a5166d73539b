"""What a single-row check can't hold: history that stays, lives that hold each other, seats, parents, parts apart."""

from django.db import migrations

from liren.foundation.kernel.history import (
    allow_change_sql,
    allow_column_change_sql,
    refuse_change_sql,
    refuse_column_change_sql,
)

APPENDED = ["bodychange", "delivery", "figure", "entry", "activity", "reception"]
# Rows that end and are never deleted, with the columns that stay as they were written.
KEPT = {
    "body": ["instrument", "is_simulated"],
    "post": ["body_id", "instrument"],
    "officeholding": ["post_id", "seat", "by_post_id", "how", "sent_by_id", "instrument"],
    "membershipofbody": ["whole_id", "member_id", "role", "instrument"],
    "duty": ["body_id", "post_id", "kind", "text_zh", "basis"],
    "pairing": ["body_id", "unit_id", "agreed_zh", "instrument"],
    "liaison": ["body_id", "unit_id"],
    "authority": ["unit_id", "power", "from_body_id", "instrument"],
    "strand": ["unit_id", "line", "place", "lead_id"],
    "contactarrangement": ["unit_id", "kind", "level", "instrument"],
}
# (table, column, table it points to): the row's days lie within the days of what it hangs on.
HANGS_ON = [
    ("post", "body_id", "body"),
    ("officeholding", "post_id", "post"),
    ("membershipofbody", "whole_id", "body"),
    ("membershipofbody", "member_id", "body"),
    ("duty", "body_id", "body"),
    ("duty", "post_id", "post"),
    ("pairing", "body_id", "body"),
    ("liaison", "body_id", "body"),
    ("strand", "lead_id", "body"),
]

# The row that is hung on is locked against a change of its days until this transaction ends.
LIVES = """
CREATE FUNCTION bodies_lies_in_life() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE above bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
DECLARE life daterange;
BEGIN
    IF above IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT during FROM bodies_%s WHERE id = $1 FOR SHARE', TG_ARGV[1]) INTO life USING above;
    IF NOT life @> NEW.during THEN
        RAISE EXCEPTION 'The days of a % lie outside those of its %.', TG_TABLE_NAME, TG_ARGV[1]
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE FUNCTION bodies_life_holds() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE is_outside boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM bodies_%s WHERE %I = $1 AND NOT $2 @> during)', TG_ARGV[0], TG_ARGV[1])
        INTO is_outside USING NEW.id, NEW.during;
    IF is_outside THEN
        RAISE EXCEPTION 'A % would outlast its %.', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
"""
LIVES_BACK = "DROP FUNCTION bodies_life_holds(); DROP FUNCTION bodies_lies_in_life();"


def hang(table: str, column: str, above: str) -> migrations.RunSQL:
    """Both halves of one rule: what is added or moved is asked, and what is hung on when its days change."""
    words = column.removesuffix("_id")
    down, up = f"{table}_lies_in_the_days_of_its_{words}", f"{above}_holds_each_{table}_by_{words}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {down} AFTER INSERT OR UPDATE OF during ON bodies_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION bodies_lies_in_life('{column}', '{above}');"
        f" CREATE TRIGGER {up} AFTER UPDATE OF during ON bodies_{above} FOR EACH ROW"
        f" WHEN (OLD.during <> NEW.during) EXECUTE FUNCTION bodies_life_holds('{table}', '{column}');",
        f"DROP TRIGGER {up} ON bodies_{above}; DROP TRIGGER {down} ON bodies_{table};",
    )


SEATS = """
CREATE FUNCTION bodies_seat_is_of_post() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE most int;
BEGIN
    SELECT seats INTO most FROM bodies_post WHERE id = NEW.post_id FOR SHARE;
    IF NEW.seat > most THEN
        RAISE EXCEPTION 'Post % has % seats, and no seat %.', NEW.post_id, most, NEW.seat
            USING ERRCODE = 'check_violation', CONSTRAINT = 'holding_has_a_seat_of_its_post', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER holding_has_a_seat_of_its_post AFTER INSERT ON bodies_officeholding
    FOR EACH ROW EXECUTE FUNCTION bodies_seat_is_of_post();
CREATE FUNCTION bodies_post_keeps_seats() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM bodies_officeholding WHERE post_id = NEW.id AND seat > NEW.seats
               AND during && daterange(CURRENT_DATE, NULL)) THEN
        RAISE EXCEPTION 'Seats of post % that are held would be taken away.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'post_keeps_the_seats_that_are_held', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER post_keeps_the_seats_that_are_held AFTER UPDATE OF seats ON bodies_post
    FOR EACH ROW WHEN (NEW.seats < OLD.seats) EXECUTE FUNCTION bodies_post_keeps_seats();
"""
SEATS_BACK = """
DROP TRIGGER post_keeps_the_seats_that_are_held ON bodies_post;
DROP FUNCTION bodies_post_keeps_seats();
DROP TRIGGER holding_has_a_seat_of_its_post ON bodies_officeholding;
DROP FUNCTION bodies_seat_is_of_post();
"""

# Authority runs down the tree only: a parent acts in the unit of its child or above it; and no body is above itself.
PARENTS = """
CREATE FUNCTION bodies_parent_stands_above() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT FROM bodies_body p JOIN territory_unit pu ON pu.id = p.unit_id
        JOIN territory_unit u ON u.id = NEW.unit_id AND starts_with(u.path, pu.path) WHERE p.id = NEW.parent_id
    ) THEN
        RAISE EXCEPTION 'The parent of body % acts neither in its unit nor above.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'body_parent_acts_in_its_unit_or_above',
                  TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        WITH RECURSIVE up AS (
            SELECT id, parent_id FROM bodies_body WHERE id = NEW.parent_id
            UNION
            SELECT b.id, b.parent_id FROM bodies_body b JOIN up ON b.id = up.parent_id
        ) SELECT FROM up WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'Body % would stand above itself.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'body_never_stands_above_itself', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER body_parent_acts_in_its_unit_or_above AFTER INSERT OR UPDATE OF parent_id, unit_id ON bodies_body
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION bodies_parent_stands_above();
"""
PARENTS_BACK = """
DROP TRIGGER body_parent_acts_in_its_unit_or_above ON bodies_body;
DROP FUNCTION bodies_parent_stands_above();
"""

# No account decides or carries out, and checks, in one unit on one day. The account is locked first, so that two
# offices of one account are always asked one after the other.
PARTS = """
CREATE FUNCTION bodies_account_has_two_parts(who bigint) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (
        SELECT FROM bodies_officeholding h
        JOIN bodies_post p ON p.id = h.post_id JOIN bodies_body b ON b.id = p.body_id AND b.part = 'checks'
        JOIN bodies_officeholding g ON g.account_id = h.account_id AND g.during && h.during
        JOIN bodies_post q ON q.id = g.post_id
        JOIN bodies_body c ON c.id = q.body_id AND c.unit_id = b.unit_id AND c.part IN ('decides', 'carries_out')
        WHERE h.account_id = who
    )
$body$;
CREATE FUNCTION bodies_parts_stay_apart() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE who bigint;
BEGIN
    IF TG_TABLE_NAME = 'bodies_officeholding' THEN
        who := (to_jsonb(NEW) ->> 'account_id')::bigint;
        PERFORM 1 FROM people_account WHERE id = who FOR NO KEY UPDATE;
        IF NOT bodies_account_has_two_parts(who) THEN
            RETURN NULL;
        END IF;
    ELSE
        SELECT h.account_id INTO who FROM bodies_officeholding h JOIN bodies_post p ON p.id = h.post_id
            WHERE p.body_id = NEW.id AND h.account_id IS NOT NULL
              AND bodies_account_has_two_parts(h.account_id) LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'Account % would decide or carry out, and check, in one unit.', who
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'holding_who_decides_does_not_check', TABLE = TG_TABLE_NAME;
END $body$;
CREATE TRIGGER holding_who_decides_does_not_check AFTER INSERT OR UPDATE OF account_id, during ON bodies_officeholding
    FOR EACH ROW WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION bodies_parts_stay_apart();
CREATE TRIGGER body_whose_holders_decide_does_not_check AFTER UPDATE OF part, unit_id ON bodies_body
    FOR EACH ROW WHEN (NEW.part <> '') EXECUTE FUNCTION bodies_parts_stay_apart();
"""
PARTS_BACK = """
DROP TRIGGER body_whose_holders_decide_does_not_check ON bodies_body;
DROP TRIGGER holding_who_decides_does_not_check ON bodies_officeholding;
DROP FUNCTION bodies_parts_stay_apart();
DROP FUNCTION bodies_account_has_two_parts(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0001_bodies"),
        ("kernel", "0001_initial"),
        ("people", "0001_initial"),
        ("territory", "0001_units"),
    ]

    operations = [
        *[migrations.RunSQL(refuse_change_sql(f"bodies_{t}"), allow_change_sql(f"bodies_{t}")) for t in APPENDED],
        *[
            migrations.RunSQL(
                refuse_column_change_sql(f"bodies_{table}", *columns), allow_column_change_sql(f"bodies_{table}")
            )
            for table, columns in KEPT.items()
        ],
        migrations.RunSQL(LIVES, LIVES_BACK),
        *[hang(*rule) for rule in HANGS_ON],
        migrations.RunSQL(SEATS, SEATS_BACK),
        migrations.RunSQL(PARENTS, PARENTS_BACK),
        migrations.RunSQL(PARTS, PARTS_BACK),
    ]
