"""Lists of a part of the territory: the same entries by every way, and a way that hangs on no statistics."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Entry, Register
from liren.foundation.registers.queries import lists
from liren.foundation.territory.models import Level, Unit
from tests import make
from tests.make import registers as build
from tests.make.territory import holder

PLACES = ("city", "district", "east", "west", "willow", "plum", "compound", "grid")
REACHES = ("public", "workers", "sealed")
MANY = """
INSERT INTO registers_entry (register_id, written_as_id, number, unit_id, name_zh, name_en, pinyin, search, "values",
    reviewed_on, changed_at)
SELECT %s, %s, 100 + n, (%s::bigint[])[1 + n * 7919 %% 120], '书屋' || n, '', 'shu wu ' || n, ''::tsvector, '{}',
    current_date, now() FROM generate_series(1, %s) n
"""


@pytest.fixture
def filled(town: make.Town) -> dict[str, Register]:
    """One register for each reach, with entries at every level below the district, one of them closed."""
    levels = ["street", "community", "compound", "grid"]
    facts: dict[str, Any] = {"level": levels, "kept_by": "community", "coverage": []}
    made = {}
    for reach in REACHES:
        code = f"kept_{reach}"
        made[reach] = build.declared(code=code, visible=reach, fields=[], **facts)
        for number in range(2):
            for place in ("east", "west", "willow", "plum", "bridge", "compound", "grid"):
                build.room(getattr(town, place), of=code, name=f"{'丙乙甲'[number]}{place}")
        services.close_entry(code, 3, reason="拆迁", by=build.SYSTEM, at=build.NOW)
    return made


def paged(register: Register, actor: Any, **facts: Any) -> Iterator[int]:
    """Numbers of all entries, two on a page."""
    after = None
    while True:
        page = queries.entries(register, actor, after=after, limit=2, **facts)
        yield from (row.entry.number for row in page.rows)
        after = page.after
        if after is None:
            return


@pytest.mark.parametrize("place", PLACES)
def test_a_part_of_the_territory_lists_what_lies_in_it(
    filled: dict[str, Register], town: make.Town, place: str
) -> None:
    unit = getattr(town, place)
    readers = [
        ANONYMOUS,
        build.SYSTEM,
        *(holder(power, town.willow) for power in ("registers.read", "registers.unseal")),
    ]
    for register in filled.values():
        for actor in readers:
            rows = Entry.objects.visible_to(actor).filter(register=register.pk).inside(unit)
            for closed in (False, True):
                wanted = rows.filter(closed_on__isnull=not closed).order_by("pinyin", "id")
                numbers = list(wanted.values_list("number", flat=True))
                facts = {"unit": unit, "closed": closed}
                assert list(paged(register, actor, **facts)) == numbers
                assert lists.rows_of(register, actor, **facts).count() == len(numbers)
    assert queries.count(filled["public"], ANONYMOUS, unit=unit) == len(
        list(paged(filled["public"], ANONYMOUS, unit=unit))
    )


@pytest.mark.parametrize("reach", REACHES)
def test_of_one_register_is_seen_what_is_seen_of_all(filled: dict[str, Register], town: make.Town, reach: str) -> None:
    register = filled[reach]
    for power in ("registers.read", "registers.unseal", "people.appoint"):
        for actor in (ANONYMOUS, build.SYSTEM, holder(power), holder(power, town.willow), holder(power, town.city)):
            one = Entry.objects.visible_in(register, actor).order_by("pk")
            assert list(one) == list(Entry.objects.visible_to(actor).filter(register=register.pk).order_by("pk"))


def plans(act: Any) -> list[str]:
    """How each statement of it that reads entries is carried out."""
    with CaptureQueriesContext(connection) as asked:
        act()
    found = [one["sql"] for one in asked.captured_queries if "registers_entry" in one["sql"]]
    with connection.cursor() as cursor:
        made = []
        for sql in found:
            cursor.execute(f"EXPLAIN {sql}")
            made.append("\n".join(row[0] for row in cursor.fetchall()))
    return made


def many_communities(town: make.Town, count: int) -> list[Unit]:
    """So many more communities, straight into the table."""
    made, first = [], 1 + Unit.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for pk in range(first, first + count):
        facts = {
            "code": f"{990102009000 + pk - first}",
            "path": f"{town.west.path}{pk}/",
            "opened_on": town.west.opened_on,
        }
        made.append(Unit(pk=pk, level=Level.COMMUNITY, kind=town.willow.kind, name_zh="社区", pinyin="she qu",
                         parent=town.west, parent_level=Level.STREET, **facts))  # fmt: skip
    return Unit.objects.bulk_create(made)


FACTS: list[dict[str, Any]] = [{}, {"filters": {"rhythm": "weekly"}}, {"q": "书屋"}, {"after": ("shu wu 3", 5)}]


def test_units_are_asked_for_their_own_even_of_a_register_that_no_statistics_know(town: make.Town) -> None:
    """The planner would take a register that was imported today for empty, and go through all of it."""
    units = [town.plum, town.bridge, town.grid, *many_communities(town, 120)]
    fresh = build.declared(code="imported_today")
    with connection.cursor() as cursor:
        for number in range(5):
            other = build.declared(code=f"known_{number}")
            cursor.execute(MANY, [other.pk, other.version, [one.pk for one in units], 1500])
        cursor.execute("ANALYZE registers_entry")
        cursor.execute(MANY, [fresh.pk, fresh.version, [one.pk for one in units], 900])
    for unit in (town.east, town.willow):
        for facts in FACTS:
            found = plans(lambda unit=unit, facts=facts: queries.entries(fresh, ANONYMOUS, unit=unit, **facts))
            found += plans(lambda unit=unit: queries.count(fresh, ANONYMOUS, unit=unit))
            assert len(found) == 2
            for plan in found:
                assert "entry_of_unit" in plan, plan
                assert "entry_list" not in plan, plan
                assert "Seq Scan on registers_entry" not in plan, plan
