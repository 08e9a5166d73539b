"""Work that bears the name of something on the negative list is refused, though its admission is for something else.

The list keeps its words in the one spelling in which names are compared; the gate asks for them in the statement that
it asks anyway. What was admitted under such a name itself, before the list forbade it, is left to the committee, which
is warned and may refuse it.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from liren.foundation.admission.migrations._characters_0004 import GROUPS

PAIRS = [(variant, group[0]) for group in GROUPS.split() for variant in group[1:]]
MANY, ONE = "".join(many for many, _one in PAIRS), "".join(one for _many, one in PAIRS)
# The same answers as before; but the long table is gone through only for a name that holds one of its characters, which
# a set of characters tells at once. The gate now spells every name that is not the admission's own.
PLAIN = """
CREATE OR REPLACE FUNCTION admission_plain(title text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $body$
    SELECT lower(CASE WHEN narrow ~ '[{many}]' THEN translate(narrow, '{many}', '{one}') ELSE narrow END)
      FROM (SELECT regexp_replace(normalize(title, NFKC), '[[:space:][:punct:]]', '', 'g') AS narrow) AS spelt
$body$;
""".replace("{many}", MANY).replace("{one}", ONE)
# A generated column calls this also while a database is restored, when nothing is found by its bare name.
WORDS = """
CREATE FUNCTION admission_plain_words(name text, words text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
    SELECT coalesce(array_agg(DISTINCT spelt), '{}') FROM (
        SELECT admission_plain(word) FROM unnest(name || words) AS word
    ) AS known (spelt) WHERE spelt <> ''
$body$;
DO $body$ BEGIN
    EXECUTE format('ALTER FUNCTION admission_plain_words(text, text[]) SET search_path = %I', current_schema());
END $body$;
"""
# The gate as migration 0002 made it, with one more column in its one statement. Written out, since what an old
# migration did must not change.
GATE = """
DROP FUNCTION admission_gate({before});
CREATE FUNCTION admission_gate(
    asked bigint, community bigint, kind text, body bigint, day date, recorded timestamptz{title}
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
           u.level, u.opened_on, u.closed_on{listed} INTO found
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
{refused}
    END IF;
END $body$;
"""
OLD, NEW = "bigint, bigint, text, bigint, date, timestamptz", "bigint, bigint, text, bigint, date, timestamptz, text"
# The name is spelt out once, and only where it is not the admission's own; the list is some hundred rows.
LISTED = """,
           (SELECT i.id
              FROM (SELECT admission_plain(title) AS plain WHERE title <> a.title_zh OFFSET 0) named,
                   admission_listitem i
             WHERE i.kind = 'negative' AND i.during @> day AND i.work_type IN ('', admission_gate.kind)
               AND i.unit_id = ANY (string_to_array(trim('/' FROM u.path), '/')::bigint[])
               AND EXISTS (SELECT FROM unnest(i.plain_words) word
                            WHERE strpos(named.plain, word) > 0 AND strpos(a.plain_title, word) = 0)
             LIMIT 1) AS listed"""
REFUSED = """\
    ELSIF found.listed IS NOT NULL THEN
        PERFORM admission_refuses('gate_work_is_not_on_the_negative_list', 'its name is on the negative list.');"""
NAMED = """
CREATE OR REPLACE FUNCTION admission_pass() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE title text;
BEGIN
    IF NEW.origin <> 'resident' THEN
        IF TG_TABLE_NAME = 'admission_ledger' THEN title := NEW.name_zh; ELSE title := NEW.title_zh; END IF;
        PERFORM admission_gate(
            NEW.admission_id, NEW.community_id, NEW.work_type, NEW.sender_id, NEW.given_on, NEW.recorded_at, title
        );
    END IF;
    RETURN NEW;
END $body$;
"""
UNNAMED = """
CREATE OR REPLACE FUNCTION admission_pass() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.origin <> 'resident' THEN
        PERFORM admission_gate(
            NEW.admission_id, NEW.community_id, NEW.work_type, NEW.sender_id, NEW.given_on, NEW.recorded_at
        );
    END IF;
    RETURN NEW;
END $body$;
"""
ECONOMIC = (
    "招商引资|招商任务|引资任务|引税|协税护税|税收任务|财政收入指标|经济指标|经济增长指标|固定资产投资|产值指标|gdp"
)


class Migration(migrations.Migration):
    dependencies = [("admission", "0004_one_spelling")]

    operations = [
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, "DROP FUNCTION admission_plain_words(text, text[]);"),
        migrations.AddField(
            model_name="listitem",
            name="plain_words",
            field=models.GeneratedField(
                expression=models.Func(
                    models.F("name_zh"),
                    models.F("words"),
                    function="admission_plain_words",
                    output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                ),
                output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(
            GATE.format(before=OLD, title=", title text DEFAULT NULL", listed=LISTED, refused=REFUSED),
            GATE.format(before=NEW, title="", listed="", refused=""),
        ),
        migrations.RunSQL(NAMED, UNNAMED),
        # Migration 0004 once refused those that had ended as well; where it did, this makes it the same everywhere.
        migrations.RemoveConstraint(model_name="admission", name="admission_is_no_economic_target"),
        migrations.AddConstraint(
            model_name="admission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_active", False), models.Q(("plain_title__regex", ECONOMIC), _negated=True), _connector="OR"
                ),
                name="admission_is_no_economic_target",
            ),
        ),
    ]
