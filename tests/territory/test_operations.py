"""Operations on the tree: what each does, on which levels, on which days, and what it refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import KINDS, Descent, Level, Op, Street, Unit, UnitChange, UnitSpan
from liren.foundation.territory.services import NewUnit, Part
from tests.make import territory as make
from tests.make.kernel import chained

pytestmark = pytest.mark.django_db
D2010, D2015, D2020 = date(2010, 1, 1), date(2015, 7, 1), date(2020, 1, 1)


def names_on(day: date) -> dict[str, str | None]:
    """Every unit of the day with its parent's name then."""
    spans = {span.unit_id: span for span in queries.units_on(day)}
    return {s.name_zh: spans[s.parent_id].name_zh if s.parent_id else None for s in spans.values()}


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


@pytest.mark.requirement("R005", "R023")
@pytest.mark.parametrize(
    "levels",
    [
        (Level.CITY, Level.STREET, Level.COMMUNITY),
        (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY),
        (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.COMPOUND),
        (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.GRID),
        (Level.CITY, Level.STREET, Level.COMMUNITY, Level.COMPOUND, Level.GRID),
    ],
)
def test_chains_of_any_length_stand_in_one_tree(levels):
    above = None
    for level in levels:
        above = make.unit(level, above)
    assert [step.level for step in queries.chain(above)] == list(levels)
    assert [step.level for step in queries.chain(above, make.TODAY)] == list(levels)


@pytest.mark.requirement("R023")
def test_the_rural_chain_passes_through_a_suburban_office():
    city = make.unit(Level.CITY)
    office = make.unit(Level.DISTRICT, city, kind="suburban_office")
    town = make.unit(Level.STREET, office, kind="town")
    village = make.unit(Level.COMMUNITY, town, kind="village")
    assert [step.kind for step in queries.chain(village)] == ["city", "suburban_office", "town", "village"]


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("parent_level", list(Level))
def test_a_parent_always_stands_above(level, parent_level):
    parent = make.unit(parent_level)
    if parent_level < level:
        assert make.unit(level, parent).path.startswith(parent.path)
    else:
        with pytest.raises(BadInput):
            make.unit(level, parent)


@pytest.mark.parametrize("level", [level for level in Level if level > Level.CITY])
def test_only_provinces_and_cities_are_roots(level):
    with pytest.raises(BadInput):
        make.unit(level, make.unit(Level.CITY), parent_id=None)


@pytest.mark.parametrize("level", list(Level))
def test_a_renamed_unit_answers_to_both_names_each_on_its_days(level):
    unit = make.unit(level, name_zh="旧名")
    services.rename_unit(unit.pk, name_zh="新名", **make.papers(D2010))
    assert queries.span_on(unit, D2010 - timedelta(days=1)).name_zh == "旧名"
    assert queries.span_on(unit, D2010).name_zh == "新名"
    assert fresh(unit).name_zh == "新名"
    assert fresh(unit).pinyin == "xin ming"


@pytest.mark.requirement("R024")
@pytest.mark.parametrize(
    ("level", "old", "new"),
    [
        (Level.STREET, "township", "town"),
        (Level.STREET, "town", "street"),
        (Level.STREET, "street", "town"),
        (Level.COMMUNITY, "village", "community"),
        (Level.DISTRICT, "county", "district"),
    ],
)
def test_conversions_keep_the_unit_and_its_records(level, old, new):
    unit = make.unit(level, kind=old, name_zh="从前")
    code = make.code(level)
    services.convert_unit(unit.pk, kind=new, code=code, name_zh="如今", **make.papers(D2010))
    assert [(s.kind, s.name_zh, s.code) for s in unit.spans.order_by("during")] == [
        (old, "从前", unit.code),
        (new, "如今", code),
    ]
    assert (fresh(unit).kind, fresh(unit).code) == (new, code)


@pytest.mark.parametrize("level", list(Level))
def test_no_unit_takes_a_legal_form_of_another_level(level):
    unit = make.unit(level)
    foreign = next(kind for other, kinds in KINDS.items() if other != level for kind in kinds)
    with pytest.raises(BadInput):
        services.convert_unit(unit.pk, kind=foreign, **make.papers())


@pytest.mark.requirement("R030")
def test_a_community_changes_its_type_from_a_day_on(town):
    services.convert_unit(town.willow.pk, character="park", **make.papers(D2020))
    assert queries.span_on(town.willow, D2015).character == ""
    assert fresh(town.willow).character == "park"
    with pytest.raises(BadInput):
        services.convert_unit(town.east.pk, character="park", **make.papers())


@pytest.mark.requirement("R023", "R024")
def test_a_moved_unit_takes_everything_below_along(town):
    services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(D2010))
    assert names_on(D2010 - timedelta(days=1))["柳荫社区"] == "东街街道"
    assert names_on(D2010)["柳荫社区"] == "西街街道"
    assert fresh(town.grid).path == f"{town.west.path}{town.willow.pk}/{town.grid.pk}/"
    assert queries.chain(town.grid, D2010)[2].unit_id == town.west.pk
    assert queries.chain(town.grid, D2010 - timedelta(days=1))[2].unit_id == town.east.pk


@pytest.mark.requirement("R024")
def test_a_merger_into_an_old_unit_carries_everything_over(town):
    street = services.register_street(
        town.east.pk, name_zh="柳巷", length_m=300, opened_on=D2010, by=make.SYSTEM, at=make.NOW
    )
    services.merge_units([town.east.pk], into=town.west.pk, **make.papers(D2020))
    assert names_on(D2020 - timedelta(days=1))["柳荫社区"] == "东街街道"
    assert names_on(D2020)["柳荫社区"] == "西街街道"
    assert "东街街道" not in names_on(D2020)
    assert fresh(town.east).closed_on == D2020
    assert fresh(town.compound).path.startswith(town.west.path)
    assert Street.objects.get(pk=street.pk).unit_id == town.west.pk
    assert [(d.source_id, d.target_id, d.share) for d in Descent.objects.all()] == [
        (town.east.pk, town.west.pk, Decimal(1))
    ]


@pytest.mark.requirement("R024")
def test_a_merger_into_a_new_unit_ends_all_sources(town):
    new = NewUnit(code=make.code(Level.STREET), kind="street", name_zh="江街街道")
    target = services.merge_units([town.east.pk, town.west.pk], into=new, **make.papers(D2020))
    assert (target.opened_on, target.parent_id) == (D2020, town.district.pk)
    assert {row.pk for row in queries.children(target)} == {town.willow.pk, town.plum.pk, town.bridge.pk}
    assert [fresh(unit).closed_on for unit in (town.east, town.west)] == [D2020, D2020]
    assert {d.source_id for d in queries.lineage(target).origins} == {town.east.pk, town.west.pk}
    assert [d.target_id for d in queries.lineage(town.east).successors] == [target.pk]


@pytest.mark.requirement("R024")
def test_a_split_gives_every_child_to_one_part(town):
    parts = [
        Part(into=town.east.pk, share=Decimal("0.6"), children=[town.willow.pk]),
        Part(NewUnit(make.code(Level.STREET), "street", "梅街街道"), Decimal("0.4"), [town.plum.pk]),
    ]
    stays, new = services.split_unit(town.east.pk, parts=parts, **make.papers(D2020))
    assert stays.pk == town.east.pk
    assert names_on(D2020)["梅园社区"] == "梅街街道"
    assert names_on(D2020 - timedelta(days=1))["梅园社区"] == "东街街道"
    assert sorted(Descent.objects.values_list("target_id", "share")) == sorted(
        [(town.east.pk, Decimal("0.6")), (new.pk, Decimal("0.4"))]
    )


def test_a_split_by_households_works_out_the_shares(town):
    make.population(town.willow, 2019, households=200)
    make.population(town.plum, 2019, households=100)
    parts = [
        Part(NewUnit(make.code(Level.STREET), "street", "甲街道"), children=[town.willow.pk]),
        Part(NewUnit(make.code(Level.STREET), "street", "乙街道"), children=[town.plum.pk]),
    ]
    services.split_unit(town.east.pk, parts=parts, **make.papers(D2020))
    assert sorted(Descent.objects.values_list("share", flat=True)) == [Decimal("0.333333333"), Decimal("0.666666667")]
    assert fresh(town.east).closed_on == D2020


def test_a_split_without_known_households_asks_for_shares(town):
    parts = [
        Part(town.east.pk, children=[town.willow.pk]),
        Part(NewUnit(make.code(Level.STREET), "street", "乙街道"), children=[town.plum.pk]),
    ]
    with pytest.raises(BadInput):
        services.split_unit(town.east.pk, parts=parts, **make.papers(D2020))


@pytest.mark.parametrize("shares", [("0.5", "0.6"), ("0", "1"), ("1.5", "-0.5"), ("0.5", None)])
def test_shares_that_do_not_add_up_are_refused(town, shares):
    first, second = (None if share is None else Decimal(share) for share in shares)
    parts = [
        Part(town.east.pk, first, [town.willow.pk]),
        Part(NewUnit(make.code(Level.STREET), "street", "乙街道"), second, [town.plum.pk]),
    ]
    with pytest.raises(BadInput):
        services.split_unit(town.east.pk, parts=parts, **make.papers(D2020))


@pytest.mark.parametrize("given", [[], ["willow"], ["willow", "willow", "plum"], ["willow", "plum", "bridge"]])
def test_a_split_leaves_no_child_out_and_gives_none_twice(town, given):
    children = [getattr(town, name).pk for name in given]
    parts = [
        Part(town.east.pk, Decimal("0.5"), children),
        Part(NewUnit(make.code(Level.STREET), "street", "乙街道"), Decimal("0.5")),
    ]
    with pytest.raises(Conflict):
        services.split_unit(town.east.pk, parts=parts, **make.papers(D2020))


def test_a_unit_with_children_is_not_abolished(town):
    with pytest.raises(Conflict):
        services.abolish_unit(town.willow.pk, **make.papers(D2020))
    services.abolish_unit(town.compound.pk, **make.papers(D2020))
    services.abolish_unit(town.grid.pk, **make.papers(D2020))
    assert services.abolish_unit(town.willow.pk, **make.papers(D2020)).closed_on == D2020


@pytest.mark.requirement("R023", "R024")
def test_a_dissolved_district_leaves_its_streets_to_the_city(town):
    services.undistrict_unit(town.district.pk, **make.papers(D2010))
    assert names_on(D2010)["东街街道"] == "里仁市"
    assert names_on(D2010 - timedelta(days=1))["东街街道"] == "望江区"
    assert "望江区" not in names_on(D2010)
    assert fresh(town.grid).path.count("/") == 5


def test_a_decision_for_the_future_shows_on_its_day(town):
    coming = make.TODAY + timedelta(days=30)
    services.rename_unit(town.east.pk, name_zh="明日街道", **make.papers(coming))
    services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers(coming))
    assert fresh(town.east).name_zh == "东街街道"
    assert fresh(town.plum).exists_on(make.TODAY)
    assert services.refresh_today(coming - timedelta(days=1)) == 0
    assert services.refresh_today(coming) == 1
    assert services.refresh_today(coming) == 0
    assert fresh(town.east).name_zh == "明日街道"
    assert not fresh(town.plum).exists_on(coming)


def test_a_future_move_takes_the_paths_along_on_its_day(town):
    coming = make.TODAY + timedelta(days=3)
    services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(coming))
    assert fresh(town.grid).path.startswith(town.east.path)
    services.refresh_today(coming)
    assert fresh(town.grid).path.startswith(town.west.path)


@pytest.mark.requirement("R023", "R024")
def test_a_move_recorded_late_leaves_a_later_parent_where_it_was(town):
    services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(D2020))
    services.move_unit(town.willow.pk, parent_id=town.district.pk, **make.papers(D2010))
    chained()
    assert names_on(D2010)["柳荫社区"] == "望江区"
    assert names_on(D2020)["柳荫社区"] == "西街街道"


def test_nested_moves_of_one_day_give_right_paths(town):
    coming = make.TODAY + timedelta(days=3)
    other = make.unit(Level.DISTRICT, town.city)
    services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(coming))
    services.move_unit(town.west.pk, parent_id=other.pk, **make.papers(coming))
    services.refresh_today(coming)
    assert fresh(town.grid).path == f"{other.path}{town.west.pk}/{town.willow.pk}/{town.grid.pk}/"


def test_a_change_in_the_past_stops_where_a_later_one_decided_otherwise(town):
    services.rename_unit(town.east.pk, name_zh="乙街道", **make.papers(D2020))
    services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(D2020))
    services.rename_unit(town.east.pk, name_zh="甲街道", **make.papers(D2010))
    services.rename_unit(town.willow.pk, name_zh="垂柳社区", **make.papers(D2010))
    assert [s.name_zh for s in town.east.spans.order_by("during")] == ["东街街道", "甲街道", "乙街道"]
    assert fresh(town.east).name_zh == "乙街道"
    assert fresh(town.willow).name_zh == "垂柳社区", "a later move does not undo an earlier name"


@pytest.mark.requirement("R024")
def test_a_correction_puts_right_and_keeps_the_wrong_readable(town):
    services.rename_unit(town.east.pk, name_zh="东接街道", **make.papers(D2010))
    span = queries.span_on(town.east, D2010)
    services.correct_unit(
        span.pk, name_zh="东阶街道", instrument="更正通知", reason="错字", by=make.SYSTEM, at=make.NOW
    )
    assert fresh(town.east).name_zh == "东阶街道"
    last = queries.history(town.east)[-1]
    assert (last.op, last.was, last.became) == (Op.CORRECT, {"name_zh": "东接街道"}, {"name_zh": "东阶街道"})
    assert last.change.corrects_id == span.opened_by_id
    assert queries.history(town.east)[-2].corrected_by == last.change


@pytest.mark.parametrize("days", [-100, 100])
def test_a_correction_moves_the_day_of_a_change(town, days):
    services.rename_unit(town.east.pk, name_zh="新街道", **make.papers(D2010))
    right = D2010 + timedelta(days=days)
    span = queries.span_on(town.east, D2010)
    services.correct_unit(span.pk, starts_on=right, instrument="更正", reason="日期", by=make.SYSTEM, at=make.NOW)
    assert [s.during.lower for s in town.east.spans.order_by("during")] == [make.LONG_AGO, right]
    assert queries.span_on(town.east, right - timedelta(days=1)).name_zh == "东街街道"


def test_a_correction_moves_the_first_day_of_a_unit(town):
    span = town.grid.spans.get()
    services.correct_unit(span.pk, starts_on=D2010, instrument="更正", reason="日期", by=make.SYSTEM, at=make.NOW)
    assert fresh(town.grid).opened_on == D2010
    with pytest.raises(Conflict):
        services.correct_unit(
            town.east.spans.get().pk, starts_on=D2010, instrument="更正", reason="日期", by=make.SYSTEM, at=make.NOW
        )


REFUSED = {
    "no document": (lambda t: services.rename_unit(t.east.pk, name_zh="甲", **make.papers(instrument=" ")), BadInput),
    "no name": (lambda t: services.rename_unit(t.east.pk, name_zh=" \t", **make.papers()), BadInput),
    "control": (lambda t: services.rename_unit(t.east.pk, name_zh="甲\x00乙", **make.papers()), BadInput),
    "surrogate": (lambda t: services.rename_unit(t.east.pk, name_zh="甲\ud800", **make.papers()), BadInput),
    "too long": (lambda t: services.rename_unit(t.east.pk, name_zh="甲" * 101, **make.papers()), BadInput),
    "same name": (lambda t: services.rename_unit(t.east.pk, name_zh="东街街道", **make.papers()), BadInput),
    "before life": (lambda t: services.rename_unit(t.east.pk, name_zh="甲", **make.papers(date(1999, 1, 1))), Conflict),
    "far past": (lambda t: services.rename_unit(t.east.pk, name_zh="甲", **make.papers(date(1, 1, 1))), BadInput),
    "far future": (lambda t: services.rename_unit(t.east.pk, name_zh="甲", **make.papers(date(2999, 1, 1))), BadInput),
    "unknown unit": (lambda t: services.rename_unit(10**12, name_zh="甲", **make.papers()), BadInput),
    "move to itself": (lambda t: services.move_unit(t.east.pk, parent_id=t.east.pk, **make.papers()), BadInput),
    "move below itself": (lambda t: services.move_unit(t.east.pk, parent_id=t.grid.pk, **make.papers()), BadInput),
    "move to sibling": (lambda t: services.move_unit(t.east.pk, parent_id=t.west.pk, **make.papers()), BadInput),
    "move nowhere": (lambda t: services.move_unit(t.east.pk, parent_id=t.district.pk, **make.papers()), BadInput),
    "merge levels": (lambda t: services.merge_units([t.willow.pk], into=t.west.pk, **make.papers()), BadInput),
    "merge itself": (lambda t: services.merge_units([t.west.pk], into=t.west.pk, **make.papers()), BadInput),
    "merge nothing": (lambda t: services.merge_units([], into=t.west.pk, **make.papers()), BadInput),
    "undistrict a root": (lambda t: services.undistrict_unit(t.city.pk, **make.papers()), BadInput),
    "end on the first day": (lambda t: services.abolish_unit(t.grid.pk, **make.papers(make.LONG_AGO)), Conflict),
    "code of another": (
        lambda t: services.convert_unit(t.east.pk, code=t.west.code, **make.papers()),
        Conflict,
    ),
    "code of another level": (
        lambda t: services.convert_unit(t.east.pk, code=t.willow.code, **make.papers()),
        BadInput,
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(town, why):
    attempt, error = REFUSED[why]
    before = (UnitSpan.objects.count(), UnitChange.objects.count(), AuditEntry.objects.count())
    with pytest.raises(error):
        attempt(town)
    assert (UnitSpan.objects.count(), UnitChange.objects.count(), AuditEntry.objects.count()) == before


def test_a_unit_does_not_end_before_what_is_decided_for_later(town):
    services.rename_unit(town.plum.pk, name_zh="梅苑社区", **make.papers(make.TODAY + timedelta(days=9)))
    with pytest.raises(Conflict):
        services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers())


def test_a_second_merger_of_the_same_units_meets_a_conflict(town):
    services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers())
    with pytest.raises(Conflict):
        services.merge_units([town.plum.pk], into=town.willow.pk, **make.papers())


OPERATIONS = {
    "create": lambda t, by: make.unit(Level.COMMUNITY, t.east, by=by),
    "rename": lambda t, by: services.rename_unit(t.east.pk, name_zh="甲街道", **make.papers(by=by)),
    "convert": lambda t, by: services.convert_unit(t.east.pk, kind="town", **make.papers(by=by)),
    "move": lambda t, by: services.move_unit(t.east.pk, parent_id=t.city.pk, **make.papers(by=by)),
    "merge": lambda t, by: services.merge_units([t.east.pk], into=t.west.pk, **make.papers(by=by)),
    "abolish": lambda t, by: services.abolish_unit(t.grid.pk, **make.papers(by=by)),
    "undistrict": lambda t, by: services.undistrict_unit(t.district.pk, **make.papers(by=by)),
    "split": lambda t, by: services.split_unit(
        t.east.pk,
        parts=[
            Part(t.east.pk, Decimal("0.5"), [t.willow.pk]),
            Part(NewUnit(make.code(Level.STREET), "street", "乙街道"), Decimal("0.5"), [t.plum.pk]),
        ],
        **make.papers(by=by),
    ),
    "correct": lambda t, by: services.correct_unit(
        t.east.spans.get().pk, name_zh="甲", instrument="更正", reason="错字", by=by, at=make.NOW
    ),
}


@pytest.mark.requirement("R005")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whoever_holds_the_power_from_above_may_operate(town, operation):
    OPERATIONS[operation](town, make.holder("territory.change", town.city))
    assert AuditEntry.objects.filter(actor="account:7", action__startswith="territory.").exists()


@pytest.mark.requirement("R005")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("where", ["nowhere", "sibling", "below", "another power"])
def test_nobody_operates_from_beside_or_below(town, operation, where):
    by = {
        "nowhere": make.holder("territory.change"),
        "sibling": make.holder("territory.change", town.bridge),
        "below": make.holder("territory.change", town.plum, town.grid),
        "another power": make.holder("territory.population", town.city),
    }[where]
    with pytest.raises(NotAllowed):
        OPERATIONS[operation](town, by)


def test_a_unit_does_not_decide_on_itself(town):
    with pytest.raises(NotAllowed):
        OPERATIONS["rename"](town, make.holder("territory.change", town.east))
    OPERATIONS["rename"](town, make.holder("territory.change", town.district))


def test_only_the_system_founds_a_root():
    with pytest.raises(NotAllowed):
        make.unit(Level.CITY, by=make.holder("territory.change"))


def test_a_move_needs_the_power_on_both_sides(town):
    other = make.unit(Level.DISTRICT, town.city)
    with pytest.raises(NotAllowed):
        services.move_unit(
            town.east.pk, parent_id=other.pk, **make.papers(by=make.holder("territory.change", town.district))
        )
    both = make.holder("territory.change", town.district, other)
    assert services.move_unit(town.east.pk, parent_id=other.pk, **make.papers(by=both)).parent_id == other.pk


def test_every_operation_leaves_one_change_and_one_audit_entry(town):
    for operation in ("rename", "convert", "merge"):
        changes, entries = UnitChange.objects.count(), AuditEntry.objects.count()
        OPERATIONS[operation](town, make.SYSTEM)
        assert (UnitChange.objects.count(), AuditEntry.objects.count()) == (changes + 1, entries + 1)


def test_history_tells_the_life_of_a_unit(town, django_assert_num_queries):
    services.rename_unit(town.plum.pk, name_zh="梅苑社区", **make.papers(D2010))
    services.move_unit(town.plum.pk, parent_id=town.west.pk, **make.papers(D2015))
    services.merge_units([town.plum.pk], into=town.bridge.pk, **make.papers(D2020))
    with django_assert_num_queries(4):
        told = queries.history(town.plum)
    assert [(e.op, e.before and e.before.name_zh, e.after and e.after.name_zh) for e in told] == [
        (Op.CREATE, None, "梅园社区"),
        (Op.RENAME, "梅园社区", "梅苑社区"),
        (Op.MOVE, "梅苑社区", "梅苑社区"),
        (Op.MERGE, "梅苑社区", None),
    ]
    assert [d.target_id for d in told[-1].targets] == [town.bridge.pk]
    assert [d.source_id for d in queries.history(town.bridge)[-1].sources] == [town.plum.pk]


def test_a_code_of_an_ended_unit_is_not_given_again(town):
    services.abolish_unit(town.grid.pk, **make.papers(D2010))
    with pytest.raises((Conflict, IntegrityError)):
        make.unit(Level.GRID, town.willow, code=town.grid.code, on=D2020)
