"""Units, their history, counts, outlines, zones, grids, compounds, streets."""

from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from liren.foundation.kernel.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Unit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (1, "Province"),
                                    (2, "City"),
                                    (3, "District or county"),
                                    (4, "Street or town"),
                                    (5, "Community or village"),
                                    (6, "Compound"),
                                    (7, "Grid"),
                                ],
                                verbose_name="level",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("province", "Province"),
                                    ("municipality", "Municipality"),
                                    ("region", "Region"),
                                    ("city", "City"),
                                    ("prefecture", "Prefecture"),
                                    ("district", "District"),
                                    ("county", "County"),
                                    ("county_city", "County-level city"),
                                    ("banner", "Banner"),
                                    ("suburban_office", "Suburban office"),
                                    ("zone", "Development zone"),
                                    ("street", "Street"),
                                    ("town", "Town"),
                                    ("township", "Township"),
                                    ("sumu", "Sumu"),
                                    ("street_like", "Like a street or town"),
                                    ("community", "Community"),
                                    ("village", "Village"),
                                    ("community_like", "Like a community or village"),
                                    ("estate", "Commercial estate"),
                                    ("old_courtyard", "Old courtyard"),
                                    ("rural_cluster", "Concentrated rural housing"),
                                    ("rural_scattered", "Scattered rural courtyard"),
                                    ("shanty", "Shanty area"),
                                    ("urban_village", "Village in the city"),
                                    ("grid", "Grid"),
                                ],
                                max_length=20,
                                verbose_name="legal form",
                            ),
                        ),
                        (
                            "character",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("urban", "Urban"),
                                    ("rural", "Rural"),
                                    ("fringe", "Urban–rural fringe"),
                                    ("new", "New"),
                                    ("industrial", "Industrial"),
                                    ("international", "International"),
                                    ("park", "Park"),
                                ],
                                max_length=20,
                                verbose_name="type of community",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=100, verbose_name="Chinese name")),
                        ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                        ("parent_level", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="division code")),
                        ("pinyin", models.CharField(blank=True, editable=False, max_length=200)),
                        ("path", models.CharField(editable=False, max_length=120)),
                        (
                            "opened_on",
                            models.DateField(
                                help_text="First day known to this register.", verbose_name="exists since"
                            ),
                        ),
                        (
                            "closed_on",
                            models.DateField(
                                blank=True,
                                help_text="First day without the unit.",
                                null=True,
                                verbose_name="exists until",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["level", "pinyin", "id"],
                        "base_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pk__isnull", True),
                                    models.Q(("code__regex", "^[1-9][0-9]0{10}$"), ("level", 1)),
                                    models.Q(("code__regex", "^[1-9][0-9](?!00)[0-9]{2}0{8}$"), ("level", 2)),
                                    models.Q(("code__regex", "^[1-9][0-9]{3}(?!00)[0-9]{2}0{6}$"), ("level", 3)),
                                    models.Q(("code__regex", "^[1-9][0-9]{5}(?!000)[0-9]{3}000$"), ("level", 4)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}$"), ("level", 5)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}-X[0-9]{3,4}$"), ("level", 6)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}-G[0-9]{3,4}$"), ("level", 7)),
                                    _connector="OR",
                                ),
                                name="unit_code_fits_its_level",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pk__isnull", True),
                                    models.Q(("kind__in", ["province", "municipality", "region"]), ("level", 1)),
                                    models.Q(("kind__in", ["city", "prefecture"]), ("level", 2)),
                                    models.Q(
                                        (
                                            "kind__in",
                                            ["district", "county", "county_city", "banner", "suburban_office", "zone"],
                                        ),
                                        ("level", 3),
                                    ),
                                    models.Q(
                                        ("kind__in", ["street", "town", "township", "sumu", "street_like"]),
                                        ("level", 4),
                                    ),
                                    models.Q(("kind__in", ["community", "village", "community_like"]), ("level", 5)),
                                    models.Q(
                                        (
                                            "kind__in",
                                            [
                                                "estate",
                                                "old_courtyard",
                                                "rural_cluster",
                                                "rural_scattered",
                                                "shanty",
                                                "urban_village",
                                            ],
                                        ),
                                        ("level", 6),
                                    ),
                                    models.Q(("kind__in", ["grid"]), ("level", 7)),
                                    _connector="OR",
                                ),
                                name="unit_kind_fits_its_level",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("level__lte", 2), ("parent__isnull", True), ("parent_level__isnull", True)
                                    ),
                                    models.Q(
                                        ("parent__isnull", False),
                                        ("parent_level__isnull", False),
                                        ("parent_level__lt", models.F("level")),
                                    ),
                                    _connector="OR",
                                ),
                                name="unit_parent_stands_above_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("character", ""),
                                    models.Q(
                                        (
                                            "character__in",
                                            ["urban", "rural", "fringe", "new", "industrial", "international", "park"],
                                        ),
                                        ("level", 5),
                                    ),
                                    _connector="OR",
                                ),
                                name="unit_character_is_of_communities",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_zh__regex", "\\S")), name="unit_has_a_chinese_name"
                            ),
                            models.UniqueConstraint(fields=("id", "level"), name="unit_id_with_level_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_on__isnull", True),
                                    ("closed_on__gt", models.F("opened_on")),
                                    _connector="OR",
                                ),
                                name="unit_closes_after_it_opened",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("path__regex", "^/([1-9][0-9]*/)+$")), name="unit_path_is_a_path"
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["parent", "pinyin", "id"], name="unit_children"),
                            models.Index(fields=["path"], name="unit_subtree", opclasses=["varchar_pattern_ops"]),
                            models.Index(fields=["level", "pinyin", "id"], name="unit_by_level"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Street",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=100, verbose_name="Chinese name")),
                        ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                        ("pinyin", models.CharField(blank=True, editable=False, max_length=200)),
                        ("start", models.CharField(blank=True, max_length=200, verbose_name="starts at")),
                        ("end", models.CharField(blank=True, max_length=200, verbose_name="ends at")),
                        ("length_m", models.PositiveIntegerField(verbose_name="length in metres")),
                        ("opened_on", models.DateField(verbose_name="exists since")),
                        ("closed_on", models.DateField(blank=True, null=True, verbose_name="exists until")),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="streets", to="territory.unit"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pinyin", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name_zh__regex", "\\S")), name="street_has_a_chinese_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("length_m__range", (1, 500000))), name="street_length_is_plausible"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_on__isnull", True),
                                    ("closed_on__gt", models.F("opened_on")),
                                    _connector="OR",
                                ),
                                name="street_closes_after_it_opened",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("closed_on__isnull", True)),
                                fields=("unit", "name_zh"),
                                name="street_name_is_unique_in_its_unit",
                            ),
                        ],
                        "indexes": [models.Index(fields=["unit", "pinyin", "id"], name="street_of_unit")],
                    },
                ),
                migrations.CreateModel(
                    name="SizeBand",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "measure",
                            models.CharField(
                                choices=[
                                    ("households", "Households"),
                                    ("area_m2", "Area in square metres"),
                                    ("occupancy_percent", "Occupancy in percent"),
                                ],
                                max_length=20,
                                verbose_name="measure",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("province", "Province"),
                                    ("municipality", "Municipality"),
                                    ("region", "Region"),
                                    ("city", "City"),
                                    ("prefecture", "Prefecture"),
                                    ("district", "District"),
                                    ("county", "County"),
                                    ("county_city", "County-level city"),
                                    ("banner", "Banner"),
                                    ("suburban_office", "Suburban office"),
                                    ("zone", "Development zone"),
                                    ("street", "Street"),
                                    ("town", "Town"),
                                    ("township", "Township"),
                                    ("sumu", "Sumu"),
                                    ("street_like", "Like a street or town"),
                                    ("community", "Community"),
                                    ("village", "Village"),
                                    ("community_like", "Like a community or village"),
                                    ("estate", "Commercial estate"),
                                    ("old_courtyard", "Old courtyard"),
                                    ("rural_cluster", "Concentrated rural housing"),
                                    ("rural_scattered", "Scattered rural courtyard"),
                                    ("shanty", "Shanty area"),
                                    ("urban_village", "Village in the city"),
                                    ("grid", "Grid"),
                                ],
                                max_length=20,
                                verbose_name="legal form",
                            ),
                        ),
                        (
                            "character",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("urban", "Urban"),
                                    ("rural", "Rural"),
                                    ("fringe", "Urban–rural fringe"),
                                    ("new", "New"),
                                    ("industrial", "Industrial"),
                                    ("international", "International"),
                                    ("park", "Park"),
                                ],
                                max_length=20,
                                verbose_name="type of community",
                            ),
                        ),
                        ("low", models.BigIntegerField(blank=True, null=True, verbose_name="from")),
                        ("high", models.BigIntegerField(blank=True, null=True, verbose_name="to")),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        (
                            "root",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.unit"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["root_id", "measure", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="band_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("measure__in", ["households", "area_m2", "occupancy_percent"])),
                                name="band_measure_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("low__isnull", False), ("high__isnull", False), _connector="OR"),
                                    models.Q(("low__isnull", True), ("low__gte", 0), _connector="OR"),
                                    models.Q(("high__isnull", True), ("high__gte", 0), _connector="OR"),
                                    models.Q(
                                        ("low__isnull", True),
                                        ("high__isnull", True),
                                        ("low__lte", models.F("high")),
                                        _connector="OR",
                                    ),
                                ),
                                name="band_has_an_edge",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("measure", "occupancy_percent"), _negated=True),
                                    models.Q(("high__isnull", True), ("low__isnull", False), ("low__lte", 100)),
                                    _connector="OR",
                                ),
                                name="band_of_occupancy_is_a_percentage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__regex", "\\S")), name="band_names_its_source"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceSubject",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("building", "Building"), ("organisation", "Social organisation")],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200, verbose_name="name")),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_subjects",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "kind", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="service_subject_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["building", "organisation"])),
                                name="service_subject_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_zh__regex", "\\S")), name="service_subject_has_a_name"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceContact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("post", models.CharField(max_length=100, verbose_name="post")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("telephone", models.CharField(blank=True, max_length=30, verbose_name="office telephone")),
                        (
                            "subject",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="territory.servicesubject",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_contacts",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="service_contact_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("subject__isnull", True), ("unit__isnull", False)),
                                    models.Q(("subject__isnull", False), ("unit__isnull", True)),
                                    _connector="OR",
                                ),
                                name="service_contact_is_for_a_unit_or_a_subject",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("unit__isnull", False)),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="service_contact_of_a_unit_never_overlaps",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("subject__isnull", False)),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("subject"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("subject"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="service_contact_of_a_subject_never_overlaps",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name__regex", "\\S")), name="service_contact_has_a_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("post__regex", "\\S")), name="service_contact_has_a_post"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Population",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("revision", models.PositiveSmallIntegerField(default=1, verbose_name="revision")),
                        (
                            "households",
                            models.BigIntegerField(blank=True, null=True, verbose_name="permanent households"),
                        ),
                        (
                            "residents",
                            models.BigIntegerField(blank=True, null=True, verbose_name="permanent residents"),
                        ),
                        (
                            "urban_residents",
                            models.BigIntegerField(blank=True, null=True, verbose_name="urban permanent residents"),
                        ),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        ("published_on", models.DateField(verbose_name="published on")),
                        ("recorded_by", models.CharField(max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="populations",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "year", "revision"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "year", "revision"), name="population_revision_is_said_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("year__gte", 1900), ("year__lte", 2200)),
                                name="population_year_is_plausible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("revision__gte", 1)), name="population_revision_starts_at_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("households__isnull", False),
                                    ("residents__isnull", False),
                                    ("urban_residents__isnull", False),
                                    _connector="OR",
                                ),
                                name="population_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("households__isnull", True),
                                        ("households__range", (0, 2000000000)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("residents__isnull", True),
                                        ("residents__range", (0, 2000000000)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("urban_residents__isnull", True),
                                        ("urban_residents__range", (0, 2000000000)),
                                        _connector="OR",
                                    ),
                                ),
                                name="population_counts_are_plausible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("urban_residents__isnull", True),
                                    ("residents__isnull", True),
                                    ("urban_residents__lte", models.F("residents")),
                                    _connector="OR",
                                ),
                                name="population_urban_is_part_of_all",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__regex", "\\S")), name="population_names_its_source"
                            ),
                        ],
                        "indexes": [models.Index(fields=["year", "unit"], name="population_of_year")],
                    },
                ),
                migrations.CreateModel(
                    name="Occupancy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=6, editable=False)),
                        ("measured_on", models.DateField(verbose_name="measured on")),
                        ("homes_planned", models.PositiveIntegerField(verbose_name="homes planned")),
                        ("homes_occupied", models.PositiveIntegerField(verbose_name="homes lived in")),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        ("recorded_by", models.CharField(max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="occupancies",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "measured_on", "id"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("level", 6)), name="occupancy_is_of_compounds"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("homes_occupied__lte", models.F("homes_planned")), ("homes_planned__gt", 0)
                                ),
                                name="occupancy_is_part_of_what_is_planned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__regex", "\\S")), name="occupancy_names_its_source"
                            ),
                        ],
                        "indexes": [models.Index(fields=["unit", "measured_on"], name="occupancy_of_unit")],
                    },
                ),
                migrations.CreateModel(
                    name="Management",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=6, editable=False)),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "form",
                            models.CharField(
                                choices=[
                                    ("firm", "Property firm"),
                                    ("trust", "Trusteeship"),
                                    ("self", "Managed by the residents"),
                                    ("community", "Looked after by the community"),
                                    ("employer", "Managed by the employer that built it"),
                                    ("none", "No management"),
                                ],
                                max_length=12,
                                verbose_name="form of management",
                            ),
                        ),
                        ("manager", models.CharField(blank=True, max_length=200, verbose_name="managed by")),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="managements",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "during"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="management_has_a_real_period",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="management_never_overlaps",
                            ),
                            models.CheckConstraint(condition=models.Q(("level", 6)), name="management_is_of_compounds"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("form__in", ["firm", "trust", "self", "community", "employer", "none"])
                                ),
                                name="management_form_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("form__in", ["firm", "trust"]), _negated=True),
                                    ("manager__regex", "\\S"),
                                    _connector="OR",
                                ),
                                name="management_by_a_firm_names_the_firm",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__regex", "\\S")), name="management_names_its_source"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GridProfile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=7, editable=False)),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "systems",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100),
                                size=20,
                                verbose_name="information systems used",
                            ),
                        ),
                        (
                            "rules",
                            models.CharField(
                                help_text="Document or address where the rules stand.",
                                max_length=500,
                                verbose_name="rules",
                            ),
                        ),
                        ("rules_url", models.URLField(blank=True, max_length=500, verbose_name="address of the rules")),
                        ("extent", models.TextField(blank=True, verbose_name="extent in words")),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="grid_profiles",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "during"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="grid_profile_has_a_real_period",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="grid_profile_never_overlaps",
                            ),
                            models.CheckConstraint(condition=models.Q(("level", 7)), name="grid_profile_is_of_grids"),
                            models.CheckConstraint(
                                condition=models.Q(("rules__regex", "\\S")), name="grid_profile_names_its_rules"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormationProposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=6, editable=False)),
                        (
                            "threshold_percent",
                            models.PositiveSmallIntegerField(verbose_name="configured rate in percent"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("raised", "Raised"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                    ("formed", "Community founded"),
                                ],
                                default="raised",
                                max_length=12,
                            ),
                        ),
                        ("reason", models.TextField(blank=True, verbose_name="reason")),
                        ("raised_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(verbose_name="to be decided by")),
                        (
                            "occupancy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.occupancy"
                            ),
                        ),
                        (
                            "compound",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="formation_proposals",
                                to="territory.unit",
                            ),
                        ),
                        (
                            "new_unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-raised_at", "id"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("level", 6)), name="proposal_is_for_compounds"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["raised", "accepted", "declined", "withdrawn", "formed"])
                                ),
                                name="proposal_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("threshold_percent__range", (0, 100))),
                                name="proposal_threshold_is_a_percentage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("new_unit__isnull", False), ("state", "formed")),
                                    models.Q(models.Q(("state", "formed"), _negated=True), ("new_unit__isnull", True)),
                                    _connector="OR",
                                ),
                                name="proposal_formed_names_the_new_community",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["raised", "accepted"])),
                                fields=("compound",),
                                name="proposal_under_way_is_the_only_one_of_its_compound",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "op",
                            models.CharField(
                                choices=[
                                    ("create", "Created"),
                                    ("rename", "Renamed"),
                                    ("convert", "Converted"),
                                    ("move", "Moved to another parent"),
                                    ("merge", "Merged"),
                                    ("split", "Split"),
                                    ("abolish", "Abolished"),
                                    ("undistrict", "Dissolved, its units now answer to the level above"),
                                    ("correct", "Corrected"),
                                    ("import", "Taken from a list"),
                                ],
                                max_length=12,
                                verbose_name="operation",
                            ),
                        ),
                        ("effective_on", models.DateField(verbose_name="effective on")),
                        (
                            "instrument",
                            models.CharField(
                                help_text="The document that ordered the change.",
                                max_length=300,
                                verbose_name="document",
                            ),
                        ),
                        ("reason", models.TextField(blank=True, verbose_name="reason")),
                        ("actor", models.CharField(max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        ("was", models.JSONField(blank=True, default=dict)),
                        ("became", models.JSONField(blank=True, default=dict)),
                        (
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="territory.unitchange",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                help_text="Whom it is about.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["effective_on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "op__in",
                                        [
                                            "create",
                                            "rename",
                                            "convert",
                                            "move",
                                            "merge",
                                            "split",
                                            "abolish",
                                            "undistrict",
                                            "correct",
                                            "import",
                                        ],
                                    )
                                ),
                                name="change_operation_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("instrument__regex", "\\S")), name="change_names_its_document"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("actor__regex", "\\S")), name="change_names_its_actor"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("corrects__isnull", True), ("op", "correct"), _connector="OR"),
                                name="change_corrects_only_by_correction",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["unit", "effective_on"], name="change_of_unit"),
                            models.Index(fields=["effective_on", "id"], name="change_by_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Descent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("share", models.DecimalField(decimal_places=9, default=Decimal("1"), max_digits=10)),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.unit"
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.unit"
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="descents",
                                to="territory.unitchange",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["change_id", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("change", "source", "target"), name="descent_is_said_once"),
                            models.CheckConstraint(
                                condition=models.Q(("share__gt", 0), ("share__lte", 1)),
                                name="descent_share_is_between_0_and_1",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitSpan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (1, "Province"),
                                    (2, "City"),
                                    (3, "District or county"),
                                    (4, "Street or town"),
                                    (5, "Community or village"),
                                    (6, "Compound"),
                                    (7, "Grid"),
                                ],
                                verbose_name="level",
                            ),
                        ),
                        ("code", models.CharField(max_length=20, verbose_name="division code")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("province", "Province"),
                                    ("municipality", "Municipality"),
                                    ("region", "Region"),
                                    ("city", "City"),
                                    ("prefecture", "Prefecture"),
                                    ("district", "District"),
                                    ("county", "County"),
                                    ("county_city", "County-level city"),
                                    ("banner", "Banner"),
                                    ("suburban_office", "Suburban office"),
                                    ("zone", "Development zone"),
                                    ("street", "Street"),
                                    ("town", "Town"),
                                    ("township", "Township"),
                                    ("sumu", "Sumu"),
                                    ("street_like", "Like a street or town"),
                                    ("community", "Community"),
                                    ("village", "Village"),
                                    ("community_like", "Like a community or village"),
                                    ("estate", "Commercial estate"),
                                    ("old_courtyard", "Old courtyard"),
                                    ("rural_cluster", "Concentrated rural housing"),
                                    ("rural_scattered", "Scattered rural courtyard"),
                                    ("shanty", "Shanty area"),
                                    ("urban_village", "Village in the city"),
                                    ("grid", "Grid"),
                                ],
                                max_length=20,
                                verbose_name="legal form",
                            ),
                        ),
                        (
                            "character",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("urban", "Urban"),
                                    ("rural", "Rural"),
                                    ("fringe", "Urban–rural fringe"),
                                    ("new", "New"),
                                    ("industrial", "Industrial"),
                                    ("international", "International"),
                                    ("park", "Park"),
                                ],
                                max_length=20,
                                verbose_name="type of community",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=100, verbose_name="Chinese name")),
                        ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                        ("parent_level", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("search_text", models.TextField(editable=False)),
                        (
                            "search",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("search_text"),
                                    output_field=django.contrib.postgres.search.SearchVectorField(),
                                    template="array_to_tsvector(string_to_array(%(expressions)s, ' '))",
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="territory.unitchange",
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.unitchange"
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="territory.unit",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="spans",
                                to="territory.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit_id", "during"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pk__isnull", True),
                                    models.Q(("code__regex", "^[1-9][0-9]0{10}$"), ("level", 1)),
                                    models.Q(("code__regex", "^[1-9][0-9](?!00)[0-9]{2}0{8}$"), ("level", 2)),
                                    models.Q(("code__regex", "^[1-9][0-9]{3}(?!00)[0-9]{2}0{6}$"), ("level", 3)),
                                    models.Q(("code__regex", "^[1-9][0-9]{5}(?!000)[0-9]{3}000$"), ("level", 4)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}$"), ("level", 5)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}-X[0-9]{3,4}$"), ("level", 6)),
                                    models.Q(("code__regex", "^[1-9][0-9]{11}-G[0-9]{3,4}$"), ("level", 7)),
                                    _connector="OR",
                                ),
                                name="span_code_fits_its_level",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("pk__isnull", True),
                                    models.Q(("kind__in", ["province", "municipality", "region"]), ("level", 1)),
                                    models.Q(("kind__in", ["city", "prefecture"]), ("level", 2)),
                                    models.Q(
                                        (
                                            "kind__in",
                                            ["district", "county", "county_city", "banner", "suburban_office", "zone"],
                                        ),
                                        ("level", 3),
                                    ),
                                    models.Q(
                                        ("kind__in", ["street", "town", "township", "sumu", "street_like"]),
                                        ("level", 4),
                                    ),
                                    models.Q(("kind__in", ["community", "village", "community_like"]), ("level", 5)),
                                    models.Q(
                                        (
                                            "kind__in",
                                            [
                                                "estate",
                                                "old_courtyard",
                                                "rural_cluster",
                                                "rural_scattered",
                                                "shanty",
                                                "urban_village",
                                            ],
                                        ),
                                        ("level", 6),
                                    ),
                                    models.Q(("kind__in", ["grid"]), ("level", 7)),
                                    _connector="OR",
                                ),
                                name="span_kind_fits_its_level",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("level__lte", 2), ("parent__isnull", True), ("parent_level__isnull", True)
                                    ),
                                    models.Q(
                                        ("parent__isnull", False),
                                        ("parent_level__isnull", False),
                                        ("parent_level__lt", models.F("level")),
                                    ),
                                    _connector="OR",
                                ),
                                name="span_parent_stands_above_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("character", ""),
                                    models.Q(
                                        (
                                            "character__in",
                                            ["urban", "rural", "fringe", "new", "industrial", "international", "park"],
                                        ),
                                        ("level", 5),
                                    ),
                                    _connector="OR",
                                ),
                                name="span_character_is_of_communities",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_zh__regex", "\\S")), name="span_has_a_chinese_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="span_has_a_real_period",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="span_of_a_unit_never_overlaps",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("search_text__regex", "^(\\S+( \\S+)*)?$")),
                                name="span_search_text_is_tokens",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_by__isnull", True), ("during__upper_inf", True)),
                                    models.Q(("closed_by__isnull", False), ("during__upper_inf", False)),
                                    _connector="OR",
                                ),
                                name="span_with_an_end_says_which_change_ended_it",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["parent", "unit"], name="span_children"),
                            models.Index(fields=["code"], name="span_code", opclasses=["varchar_pattern_ops"]),
                            models.Index(fields=["name_zh"], name="span_name", opclasses=["varchar_pattern_ops"]),
                            django.contrib.postgres.indexes.GinIndex(fields=["search"], name="span_search"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Zone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True, verbose_name="short name in addresses")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("industrial", "Industrial functional zone"),
                                    ("business", "Business district"),
                                    ("scenic", "Park or scenic area"),
                                    ("campus", "Campus"),
                                    ("other", "Other zone"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=100, verbose_name="Chinese name")),
                        ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                        ("managing_body", models.CharField(max_length=200, verbose_name="managing body")),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                    ],
                    options={
                        "ordering": ["slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="zone_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["industrial", "business", "scenic", "campus", "other"])
                                ),
                                name="zone_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("slug__regex", "^[a-z0-9][a-z0-9-]*$")), name="zone_slug_is_a_slug"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name_zh__regex", "\\S")), name="zone_has_a_chinese_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("managing_body__regex", "\\S")), name="zone_names_its_managing_body"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Boundary",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("wkb", models.BinaryField()),
                        ("area_m2", models.FloatField(verbose_name="area in square metres")),
                        ("west", models.FloatField()),
                        ("south", models.FloatField()),
                        ("east", models.FloatField()),
                        ("north", models.FloatField()),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        ("source_crs", models.CharField(max_length=40, verbose_name="coordinate system of the source")),
                        ("recorded_by", models.CharField(max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="boundaries",
                                to="territory.unit",
                            ),
                        ),
                        (
                            "zone",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="boundaries",
                                to="territory.zone",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "boundaries",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="boundary_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("unit__isnull", False), ("zone__isnull", True)),
                                    models.Q(("unit__isnull", True), ("zone__isnull", False)),
                                    _connector="OR",
                                ),
                                name="boundary_is_of_a_unit_or_a_zone",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("unit__isnull", False)),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="boundary_of_a_unit_never_overlaps_in_time",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("zone__isnull", False)),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("zone"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("zone"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="boundary_of_a_zone_never_overlaps_in_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("area_m2__gt", 0), ("area_m2__lt", 100000000000000.0)),
                                name="boundary_has_an_area",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("east__lte", 180),
                                    ("north__lte", 90),
                                    ("south__gte", -90),
                                    ("west__gte", -180),
                                    ("south__lt", models.F("north")),
                                    ("west__lt", models.F("east")),
                                ),
                                name="boundary_box_lies_on_earth",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__regex", "\\S")), name="boundary_names_its_source"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ZoneUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("whole", models.BooleanField(default=True, verbose_name="lies wholly inside")),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="zone_memberships",
                                to="territory.unit",
                            ),
                        ),
                        (
                            "zone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="territory.zone",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["zone_id", "unit_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="zone_unit_has_a_real_period",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("zone"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("zone"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("unit"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="unit_is_put_in_a_zone_once_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoundaryCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("cell", models.BigIntegerField()),
                        ("whole", models.BooleanField()),
                        (
                            "boundary",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cells",
                                to="territory.boundary",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("cell", "boundary"), name="boundary_cell_is_said_once"),
                            models.CheckConstraint(
                                condition=models.Q(("cell__gt", 0)), name="boundary_cell_is_an_h3_index"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormationEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("move", models.CharField(max_length=12)),
                        ("from_state", models.CharField(blank=True, max_length=12)),
                        (
                            "to_state",
                            models.CharField(
                                choices=[
                                    ("raised", "Raised"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                    ("formed", "Community founded"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("actor", models.CharField(max_length=100)),
                        ("at", models.DateTimeField()),
                        ("note", models.TextField(blank=True)),
                        (
                            "proposal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="territory.formationproposal",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["proposal_id", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("to_state__in", ["raised", "accepted", "declined", "withdrawn", "formed"])
                                ),
                                name="formation_event_state_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StreetChief",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("post", models.CharField(max_length=100, verbose_name="post")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("telephone", models.CharField(max_length=30, verbose_name="office telephone")),
                        ("duties", models.TextField(verbose_name="duties")),
                        (
                            "sign_place",
                            models.CharField(blank=True, max_length=200, verbose_name="where the sign stands"),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="chiefs",
                                to="territory.street",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["street_id", "during"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="street_chief_has_a_real_period",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("street"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("street"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="street_has_one_chief_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("post__regex", "\\S")), name="street_chief_has_a_post"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name__regex", "\\S")), name="street_chief_has_a_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("telephone__regex", "\\S")), name="street_chief_has_a_telephone"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("duties__regex", "\\S")), name="street_chief_has_duties"
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
