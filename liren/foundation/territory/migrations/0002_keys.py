"""Composite keys: a parent stands above its child, and tables for one level hold units of that level only."""

from django.db import migrations

# (table, column of the unit, column of its level)
KEYS = [
    ("territory_unit", "parent_id", "parent_level"),
    ("territory_unitspan", "parent_id", "parent_level"),
    ("territory_unitspan", "unit_id", "level"),
    ("territory_gridprofile", "unit_id", "level"),
    ("territory_management", "unit_id", "level"),
    ("territory_occupancy", "unit_id", "level"),
    ("territory_formationproposal", "compound_id", "level"),
]
# A code belongs to one unit at a time. As a number it fits the core gist range: the separator and the letter of
# compounds and grids become digits. Units without an end share the longest reach.
CODE_IS_UNIQUE = """
ALTER TABLE territory_unitspan ADD CONSTRAINT span_code_belongs_to_one_unit_at_a_time EXCLUDE USING gist (
    int8range(translate(code, '-XG', '901')::bigint, translate(code, '-XG', '901')::bigint, '[]') WITH &&,
    during WITH &&);
"""


def key(table: str, unit: str, level: str) -> migrations.RunSQL:
    name = f"{table}_{unit}_stands_at_its_level"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({unit}, {level}) "
        "REFERENCES territory_unit (id, level) DEFERRABLE INITIALLY DEFERRED;",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_units")]

    operations = [
        *[key(*columns) for columns in KEYS],
        migrations.RunSQL(
            CODE_IS_UNIQUE,
            "ALTER TABLE territory_unitspan DROP CONSTRAINT span_code_belongs_to_one_unit_at_a_time;",
        ),
    ]
