"""A title is compared in one spelling: narrow, small, simplified, without signs. Before, traditional characters made
another matter of the same. What was admitted before keeps the key under which it was written."""

from django.db import migrations, models

from liren.foundation.admission.engine.variants import SIMPLIFIED

MANY, ONE = "".join(map(chr, SIMPLIFIED)), "".join(SIMPLIFIED.values())
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
        migrations.RemoveConstraint(model_name="admission", name="admission_is_no_economic_target"),
        migrations.AddConstraint(
            model_name="admission",
            constraint=models.CheckConstraint(
                condition=models.Q(("plain_title__regex", ECONOMIC), _negated=True),
                name="admission_is_no_economic_target",
            ),
        ),
    ]
