"""At the same moment, with real commits: imports wait for each other, numbers are given once, changes are seen."""

import pytest

from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Entry, EntryChange
from tests import make
from tests.make import registers as build
from tests.registers.test_imports import table, take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_imports_at_once_wait_for_each_other(tmp_path):
    town = make.small_town()
    rooms = build.declared()
    lines = [f"书屋{n},{town.willow.code},{n},,," for n in range(300)]
    paths = [table(tmp_path, *lines, name=f"{n}.csv") for n in range(3)]
    found = make.at_once(3, lambda number: take(paths[number]))
    assert sorted(one.new for one in found) == [0, 0, 300]
    assert sorted(one.unchanged for one in found) == [0, 300, 300]
    assert sorted(Entry.objects.filter(register_id=rooms.pk).values_list("number", flat=True)) == list(range(1, 301))


def test_entries_added_at_once_get_numbers_of_their_own():
    town = make.small_town()
    build.declared()
    found = make.at_once(8, lambda number: build.room(town.willow, name=f"书屋{number}"))
    assert sorted(one.number for one in found) == list(range(1, 9))


def test_changes_at_once_are_seen_by_each_other():
    town = make.small_town()
    rooms = build.declared()
    build.room(town.willow, area="1")
    seen = queries.detail(rooms, 1, build.SYSTEM).seen
    found = make.at_once(
        4,
        lambda n: services.change_entry(
            "reading_room", 1, values={"area": str(n + 2)}, seen=seen, by=build.SYSTEM, at=build.NOW
        ),
    )
    assert sum(isinstance(one, Exception) for one in found) == 3
    assert EntryChange.objects.count() == 2
