"""PostgreSQL does the refusing: every constraint of territory is broken once, by a statement that no service stops."""

import re
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.territory import services
from liren.foundation.territory.models import (
    Boundary,
    BoundaryCell,
    Descent,
    FormationProposal,
    GridProfile,
    Level,
    Management,
    Occupancy,
    Population,
    ServiceContact,
    Street,
    StreetChief,
    Unit,
    UnitChange,
    UnitSpan,
)
from tests.make import standing
from tests.make import territory as make

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R023")]
FOREVER = DateRange(make.LONG_AGO)
EMPTY = DateRange(date(2020, 1, 1), date(2020, 1, 1))
BEGINNINGLESS = DateRange(None, date(2020, 1, 1))
PAPERS = {"by": make.SYSTEM, "at": make.NOW}


class World:
    """One row of every table, made by services where there is one."""

    def __init__(self) -> None:
        self.town = t = make.small_town()
        on = {"effective_on": make.LONG_AGO, **PAPERS}
        self.population = make.population(t.willow, residents=300, urban_residents=200, households=100)
        self.band = services.set_size_band(t.city.pk, measure="households", low=1, high=9, source="规划", **on)
        services.set_size_band(t.city.pk, measure="occupancy_percent", low=60, source="规划", **on)
        self.boundary = self._boundary(unit=t.willow)
        self.zone = services.create_zone(
            slug="east-park", kind="industrial", name_zh="东部产业园", managing_body="管委会", **on
        )
        self.zone_boundary = self._boundary(zone=self.zone)
        self.cell = BoundaryCell.objects.create(boundary=self.boundary, cell=0x8C2830828283FFF, whole=True)
        self.zone_unit = services.put_in_zone(self.zone.pk, t.willow.pk, **on)
        self.profile = services.describe_grid(t.grid.pk, systems=["网格通"], rules="网格管理办法", **on)
        self.subject = services.register_service_subject(t.willow.pk, kind="building", name_zh="1 栋", **on)
        self.contact = services.name_service_contact(unit_id=t.grid.pk, post="网格员", name="甲", **on)
        self.subject_contact = services.name_service_contact(subject_id=self.subject.pk, post="楼栋长", name="乙", **on)
        self.management = services.record_management(t.compound.pk, form="firm", manager="物业", source="合同", **on)
        self.street = services.register_street(
            t.willow.pk, name_zh="柳巷", length_m=100, opened_on=make.LONG_AGO, **PAPERS
        )
        self.chief = services.appoint_street_chief(
            self.street.pk, post="街长", name="丙", telephone="12345", duties="巡查", **on
        )
        self.occupancy = services.record_occupancy(
            t.compound.pk, measured_on=make.TODAY, homes_planned=10, homes_occupied=9, source="台账", **PAPERS
        )
        self.proposal = FormationProposal.objects.get()
        self.event = self.proposal.events.get()
        self.change = UnitChange.objects.order_by("id").first()
        self.span = t.willow.spans.get()
        self.unit = t.willow
        self.descent = Descent(change=self.change, source=t.plum, target=t.willow, share=1)
        self.descent.save()

    @staticmethod
    def _boundary(**owner):
        box = {"west": 103.0, "south": 30.0, "east": 103.1, "north": 30.1}
        facts = {"wkb": b"\x01", "area_m2": 5.0, "source": "测绘", "source_crs": "wgs84", "recorded_by": "system:test"}
        return Boundary.objects.create(during=FOREVER, recorded_at=make.NOW, **box, **facts, **owner)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once and rolled back at the end; each test works in a savepoint of its own."""
    with standing(django_db_blocker, World) as made:
        yield made


@contextmanager
def checked_at_once():
    """What would be checked at commit is checked at the end of the block."""
    yield
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def refused(constraint: str):
    """The statement, or the end of its transaction, is refused by the constraint of this name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), checked_at_once():
        yield
    assert re.fullmatch(constraint, error.value.__cause__.diag.constraint_name)


def again(row, **changes):
    """The same row a second time."""
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    fields.pop("search", None)
    return type(row).objects.create(**{**fields, **changes})


# constraint name -> what breaks it; {...} are columns set by UPDATE on the row of that name
UPDATES = {
    "unit_code_fits_its_level": ("unit", {"code": "510107"}),
    "unit_kind_fits_its_level": ("unit", {"kind": "street"}),
    "unit_parent_stands_above_it": ("unit", {"parent": None, "parent_level": None}),
    "unit_character_is_of_communities": ("unit", {"character": "pretty"}),
    "unit_has_a_chinese_name": ("unit", {"name_zh": " \u3000"}),
    "unit_closes_after_it_opened": ("unit", {"closed_on": make.LONG_AGO}),
    "unit_path_is_a_path": ("unit", {"path": "1/2"}),
    "unit_life_holds_its_spans": ("unit", {"closed_on": make.TODAY}),
    "span_code_fits_its_level": ("span", {"code": "510107001000-X01"}),
    "span_kind_fits_its_level": ("span", {"kind": "grid"}),
    "span_parent_stands_above_it": ("span", {"parent_level": 5}),
    "span_character_is_of_communities": ("span", {"character": "x"}),
    "span_has_a_chinese_name": ("span", {"name_zh": ""}),
    "span_has_a_real_period": ("span", {"during": BEGINNINGLESS}),
    "span_search_text_is_tokens": ("span", {"search_text": "a\tb"}),
    "span_with_an_end_says_which_change_ended_it": ("span", {"during": DateRange(make.LONG_AGO, make.TODAY)}),
    "span_lies_in_the_life_of_its_unit": ("span", {"during": DateRange(date(1990, 1, 1))}),
    "street_has_a_chinese_name": ("street", {"name_zh": ""}),
    "street_length_is_plausible": ("street", {"length_m": 0}),
    "street_closes_after_it_opened": ("street", {"closed_on": make.LONG_AGO}),
    "band_has_a_real_period": ("band", {"during": EMPTY}),
    "band_measure_is_known": ("band", {"measure": "beauty"}),
    "band_has_an_edge": ("band", {"low": 10}),
    "band_of_occupancy_is_a_percentage": ("band", {"measure": "occupancy_percent"}),
    "band_names_its_source": ("band", {"source": " "}),
    "service_subject_has_a_real_period": ("subject", {"during": EMPTY}),
    "service_subject_kind_is_known": ("subject", {"kind": "person"}),
    "service_subject_has_a_name": ("subject", {"name_zh": ""}),
    "service_contact_has_a_real_period": ("contact", {"during": EMPTY}),
    "service_contact_is_for_a_unit_or_a_subject": ("contact", {"unit": None}),
    "service_contact_has_a_name": ("contact", {"name": ""}),
    "service_contact_has_a_post": ("contact", {"post": ""}),
    "management_has_a_real_period": ("management", {"during": EMPTY}),
    "management_is_of_compounds": ("management", {"level": 5}),
    "management_form_is_known": ("management", {"form": "magic"}),
    "management_by_a_firm_names_the_firm": ("management", {"manager": ""}),
    "management_names_its_source": ("management", {"source": ""}),
    "grid_profile_has_a_real_period": ("profile", {"during": EMPTY}),
    "grid_profile_is_of_grids": ("profile", {"level": 6}),
    "grid_profile_names_its_rules": ("profile", {"rules": ""}),
    "proposal_is_for_compounds": ("proposal", {"level": 5}),
    "proposal_state_is_known": ("proposal", {"state": "forgotten"}),
    "proposal_threshold_is_a_percentage": ("proposal", {"threshold_percent": 101}),
    "proposal_formed_names_the_new_community": ("proposal", {"state": "formed"}),
    "street_chief_has_a_real_period": ("chief", {"during": EMPTY}),
    "street_chief_has_a_post": ("chief", {"post": ""}),
    "street_chief_has_a_name": ("chief", {"name": ""}),
    "street_chief_has_a_telephone": ("chief", {"telephone": ""}),
    "street_chief_has_duties": ("chief", {"duties": " "}),
    "boundary_has_a_real_period": ("boundary", {"during": EMPTY}),
    "boundary_is_of_a_unit_or_a_zone": ("boundary", {"unit": None}),
    "boundary_has_an_area": ("boundary", {"area_m2": 0}),
    "boundary_box_lies_on_earth": ("boundary", {"west": 104.0}),
    "boundary_names_its_source": ("boundary", {"source": ""}),
    "boundary_cell_is_an_h3_index": ("cell", {"cell": -1}),
    "zone_has_a_real_period": ("zone", {"during": EMPTY}),
    "zone_kind_is_known": ("zone", {"kind": "secret"}),
    "zone_slug_is_a_slug": ("zone", {"slug": "Ost Park"}),
    "zone_has_a_chinese_name": ("zone", {"name_zh": ""}),
    "zone_names_its_managing_body": ("zone", {"managing_body": ""}),
    "zone_unit_has_a_real_period": ("zone_unit", {"during": EMPTY}),
}
# constraint name -> (row, changes) written a second time; for appended tables and for what two rows may not share
INSERTS = {
    "span_of_a_unit_never_overlaps": ("span", {"code": "987654321012"}),
    "unit_id_with_level_is_unique": ("unit", {"id": "willow", "code": "987654321012"}),
    "street_name_is_unique_in_its_unit": ("street", {}),
    "band_in_force_is_the_only_one_of_its_kind": ("band", {}),
    "service_contact_of_a_unit_never_overlaps": ("contact", {}),
    "service_contact_of_a_subject_never_overlaps": ("subject_contact", {}),
    "management_never_overlaps": ("management", {}),
    "grid_profile_never_overlaps": ("profile", {}),
    "proposal_under_way_is_the_only_one_of_its_compound": ("proposal", {}),
    "street_has_one_chief_at_a_time": ("chief", {}),
    "boundary_of_a_unit_never_overlaps_in_time": ("boundary", {}),
    "boundary_of_a_zone_never_overlaps_in_time": ("zone_boundary", {}),
    "boundary_cell_is_said_once": ("cell", {}),
    "unit_is_put_in_a_zone_once_at_a_time": ("zone_unit", {}),
    "population_revision_is_said_once": ("population", {}),
    "population_year_is_plausible": ("population", {"year": 1492}),
    "population_revision_starts_at_one": ("population", {"revision": 0}),
    "population_says_something": (
        "population",
        {"revision": 2, "households": None, "residents": None, "urban_residents": None},
    ),
    "population_counts_are_plausible": ("population", {"revision": 2, "households": -1}),
    "population_urban_is_part_of_all": ("population", {"revision": 2, "urban_residents": 301}),
    "population_names_its_source": ("population", {"revision": 2, "source": ""}),
    "occupancy_is_of_compounds": ("occupancy", {"level": 5}),
    "occupancy_is_part_of_what_is_planned": ("occupancy", {"homes_occupied": 11}),
    "occupancy_names_its_source": ("occupancy", {"source": ""}),
    "change_operation_is_known": ("change", {"op": "sell"}),
    "change_names_its_document": ("change", {"instrument": " "}),
    "change_names_its_actor": ("change", {"actor": ""}),
    "change_corrects_only_by_correction": ("change", {"corrects_id": "change"}),
    "descent_is_said_once": ("descent", {}),
    "descent_share_is_between_0_and_1": ("descent", {"share": 0, "target_id": "bridge"}),
    "formation_event_state_is_known": ("event", {"to_state": "lost"}),
}


def named(world, value):
    """A column value that names another row of the world."""
    if not isinstance(value, str) or not (hasattr(world.town, value) or value == "change"):
        return value
    return world.change.pk if value == "change" else getattr(world.town, value).pk


@pytest.mark.parametrize("constraint", UPDATES)
def test_the_database_refuses_impossible_rows(world, constraint):
    name, changes = UPDATES[constraint]
    row = getattr(world, name)
    with refused(constraint):
        type(row).objects.filter(pk=row.pk).update(**changes)


@pytest.mark.parametrize("constraint", INSERTS)
def test_the_database_refuses_impossible_additions(world, constraint):
    name, changes = INSERTS[constraint]
    row = getattr(world, name)
    with refused(f"{constraint}|territory_unit_pkey" if "id" in changes else constraint):
        again(row, **{column: named(world, value) for column, value in changes.items()})


def test_a_code_belongs_to_one_unit_at_a_time(world):
    with refused("span_code_belongs_to_one_unit_at_a_time"):
        world.unit.spans.update(code=world.town.plum.code)


def test_every_constraint_of_the_tables_is_broken_here():
    declared = {c.name for model in apps.get_app_config("territory").get_models() for c in model._meta.constraints}
    assert declared - UPDATES.keys() - INSERTS.keys() == set()


def test_the_code_of_a_unit_is_unique(world):
    with refused("territory_unit_code_.*"):
        Unit.objects.filter(pk=world.town.plum.pk).update(code=world.unit.code)


@pytest.mark.parametrize(
    ("row", "column"),
    [("span", "unit_id"), ("profile", "unit_id"), ("management", "unit_id"), ("occupancy", "unit_id")],
)
def test_tables_of_one_level_hold_units_of_that_level(world, row, column):
    subject = getattr(world, row)
    facts = {"level": Level.CITY, "kind": "city", "code": make.code(Level.CITY), "name_zh": "空城", "path": "/1/"}
    bare = Unit.objects.create(opened_on=make.LONG_AGO, **facts)
    with refused("territory_.*_stands_at_its_level"):
        if row == "occupancy":
            again(subject, **{column: bare.pk})
        else:
            type(subject).objects.filter(pk=subject.pk).update(**{column: bare.pk})


@pytest.mark.parametrize("table", [Unit, UnitSpan])
@pytest.mark.parametrize("level", [Level.COMMUNITY, Level.GRID])
def test_no_parent_stands_beside_or_below(world, table, level):
    wrong = {Level.COMMUNITY: world.town.plum, Level.GRID: world.town.grid}[level]
    key = {"pk": world.unit.pk} if table is Unit else {"unit": world.unit}
    with refused("(unit|span)_parent_stands_above_it"):
        table.objects.filter(**key).update(parent=wrong, parent_level=level)
    with refused("territory_.*_parent_id_stands_at_its_level"):
        table.objects.filter(**key).update(parent=wrong, parent_level=Level.CITY)


def test_a_unit_is_not_its_own_parent(world):
    with refused("unit_parent_stands_above_it"):
        Unit.objects.filter(pk=world.unit.pk).update(parent=world.unit, parent_level=Level.COMMUNITY)


def test_a_level_is_for_life(world):
    with refused("territory_.*_stands_at_its_level"):
        Unit.objects.filter(pk=world.town.grid.pk).update(level=Level.COMPOUND, kind="estate", code="987654321012-X001")


def test_a_span_does_not_outlast_its_parent(world):
    ended = make.unit(Level.STREET, world.town.district)
    services.abolish_unit(ended.pk, **make.papers())
    with refused("span_lies_in_the_life_of_its_parent"):
        UnitSpan.objects.filter(pk=world.span.pk).update(parent=ended)


def test_spans_leave_no_gap_in_a_life(world):
    services.rename_unit(world.unit.pk, name_zh="新名", **make.papers(date(2010, 1, 1)))
    with refused("spans_fill_the_life_of_their_unit"):
        world.unit.spans.order_by("during").first().delete()


def test_a_life_is_not_longer_than_its_spans(world):
    with refused("spans_fill_the_life_of_their_unit"):
        Unit.objects.filter(pk=world.unit.pk).update(opened_on=date(1999, 1, 1))


@pytest.mark.parametrize("shares", [["0.5"], ["0.5", "0.4"], ["0.7", "0.7"]])
def test_shares_of_a_source_add_up_to_one(world, shares):
    targets = [world.town.willow, world.town.bridge]
    source = make.unit(Level.COMMUNITY, world.town.east)
    with refused("descent_shares_add_up_to_1"):
        Descent.objects.bulk_create(
            Descent(change=world.change, source=source, target=target, share=Decimal(share))
            for target, share in zip(targets, shares, strict=False)
        )


@pytest.mark.parametrize("name", ["change", "descent", "population", "occupancy", "event"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_appended_is_never_changed(world, name, attack):
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    table = getattr(world, name)._meta.db_table
    with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
        connection.cursor().execute(attack.format(table))


@pytest.mark.parametrize("model", [Population, Occupancy, GridProfile, ServiceContact, Management, StreetChief, Street])
@pytest.mark.requirement("R028", "R033", "R035")
def test_no_table_of_territory_can_hold_a_household_or_a_person(model):
    targets = {f.related_model._meta.label for f in model._meta.get_fields() if f.is_relation and f.many_to_one}
    assert {label.split(".")[0] for label in targets} <= {"territory"}
    forbidden = ("resident_name", "id_number", "household_id", "account", "ethnic", "belief", "party")
    assert [f.name for f in model._meta.get_fields() if any(word in f.name for word in forbidden)] == []
