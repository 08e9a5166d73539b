"""A title is compared in one spelling: narrow, small, simplified, without signs. Before, traditional characters made
another matter of the same. What was admitted before keeps the key under which it was written.

An admission that is an economic target in this spelling is not active. Those that are stop the upgrade and are named,
since nobody but the joint meeting ends them.
"""

from typing import Any

from django.db import migrations, models

from liren.foundation.admission.migrations._characters_0004 import GROUPS
from liren.foundation.kernel.errors import LirenError

PAIRS = [(variant, group[0]) for group in GROUPS.split() for variant in group[1:]]
MANY, ONE = "".join(many for many, _one in PAIRS), "".join(one for _many, one in PAIRS)
PLAIN = f"""
CREATE FUNCTION admission_plain(title text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
    SELECT lower(translate(
        regexp_replace(normalize(title, NFKC), '[[:space:][:punct:]]', '', 'g'), '{MANY}', '{ONE}'
    ))
$body$;
"""
# The key of a matter out of the spelling that the admission holds: worked out once, and not for each community.
REACHES = """
CREATE OR REPLACE FUNCTION admission_reaches() RETURNS trigger LANGUAGE plpgsql AS $body$
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
        ELSE concat_ws('|', NEW.community_id, granted.sender_id, granted.work_type, {title}) END, 0);
    RETURN NEW;
END $body$;
"""
BEFORE = "lower(regexp_replace(normalize(granted.title_zh, NFKC), '[[:space:][:punct:]]', '', 'g'))"
ECONOMIC = (
    "招商引资|招商任务|引资任务|引税|协税护税|税收任务|财政收入指标|经济指标|经济增长指标|固定资产投资|产值指标|gdp"
)
#: Admissions that are named; of more their number is told.
NAMED = 20


def none_is_in_the_way(apps: Any, schema_editor: Any) -> None:
    """Say which admissions the constraint would refuse, before the database does so without naming any."""
    rows = apps.get_model("admission", "Admission").objects.filter(is_active=True, plain_title__regex=ECONOMIC)
    found = list(rows.order_by("pk").values_list("pk", "title_zh", "sender__name_zh"))
    if not found:
        return
    names = "; ".join(f"no. {pk} “{title}” ({sender})" for pk, title, sender in found[:NAMED])
    more = f", and {len(found) - NAMED} more" if len(found) > NAMED else ""
    raise LirenError(
        f"Economic targets are not asked of communities, but these admissions still are in force: {names}{more}.",
        next_step="With the version that ran until now, end each of them on its page (/gate/admitted/ and its number) "
        "as of today; then run liren migrate again. Nothing was changed.",
    )


class Migration(migrations.Migration):
    dependencies = [("admission", "0003_reports_wait")]

    operations = [
        migrations.RunSQL(PLAIN, "DROP FUNCTION admission_plain(text);"),
        migrations.AddField(
            model_name="admission",
            name="plain_title",
            field=models.GeneratedField(
                expression=models.Func(
                    models.F("title_zh"), function="admission_plain", output_field=models.TextField()
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(REACHES.format(title="granted.plain_title"), REACHES.format(title=BEFORE)),
        migrations.RunPython(none_is_in_the_way, migrations.RunPython.noop),
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
