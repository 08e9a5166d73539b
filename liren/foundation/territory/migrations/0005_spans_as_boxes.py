"""The two rules that no spans overlap, as boxes: cheaper to ask again for every row when a country has been loaded."""

import django.contrib.postgres.constraints
from django.db import migrations, models

# A code as one number by days: its first twelve digits go along, what follows them (compounds, grids) and the days up.
CODE_AS_BOXES = """
ALTER TABLE territory_unitspan DROP CONSTRAINT span_code_belongs_to_one_unit_at_a_time;
ALTER TABLE territory_unitspan ADD CONSTRAINT span_code_belongs_to_one_unit_at_a_time EXCLUDE USING gist (box(
    point(left(code, 12)::bigint,
          CASE WHEN length(code) > 12 THEN translate(substr(code, 14), 'XG', '12')::bigint ELSE 0 END * 10000000.0
          + (lower(during) - '1900-01-01'::date)),
    point(left(code, 12)::bigint,
          CASE WHEN length(code) > 12 THEN translate(substr(code, 14), 'XG', '12')::bigint ELSE 0 END * 10000000.0
          + coalesce(upper(during) - '1900-01-01'::date, 9999999) - 0.5)
    ) WITH &&);
"""
CODE_AS_RANGES = """
ALTER TABLE territory_unitspan DROP CONSTRAINT span_code_belongs_to_one_unit_at_a_time;
ALTER TABLE territory_unitspan ADD CONSTRAINT span_code_belongs_to_one_unit_at_a_time EXCLUDE USING gist (
    int8range(translate(code, '-XG', '901')::bigint, translate(code, '-XG', '901')::bigint, '[]') WITH &&,
    during WITH &&);
"""
FIRST = models.Func(models.F("during"), template="(lower(%(expressions)s) - '1900-01-01'::date)")
LAST = models.Func(
    models.F("during"), template="(coalesce(upper(%(expressions)s) - '1900-01-01'::date, 9999999) - 0.5)"
)
BOX = models.Func(
    models.Func(models.F("unit"), FIRST, function="point"),
    models.Func(models.F("unit"), LAST, function="point"),
    function="box",
)


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_one_band_in_force")]

    operations = [
        migrations.RemoveConstraint(model_name="unitspan", name="span_of_a_unit_never_overlaps"),
        migrations.AddConstraint(
            model_name="unitspan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                name="span_of_a_unit_never_overlaps", expressions=[(BOX, "&&")]
            ),
        ),
        migrations.RunSQL(CODE_AS_BOXES, CODE_AS_RANGES),
    ]
