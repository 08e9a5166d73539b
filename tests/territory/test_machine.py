"""Random lives of a territory against a slow dictionary of the tree, day by day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from liren.foundation.kernel.errors import LirenError
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Level, Unit, UnitSpan
from liren.foundation.territory.services import NewUnit, Part
from tests.make import territory as make

DAYS = [make.LONG_AGO + timedelta(days=n) for n in range(12)]
LATE = date(2030, 1, 1)
Facts = tuple[str, int | None]  # name, parent


class Oracle:
    """The tree as a dictionary for every day: what a clerk would keep in twelve exercise books."""

    def __init__(self) -> None:
        self.books: dict[date, dict[int, Facts]] = {day: {} for day in [*DAYS, LATE]}

    def from_day(self, day: date) -> list[dict[int, Facts]]:
        return [book for when, book in self.books.items() if when >= day]

    def add(self, unit: int, name: str, parent: int | None, day: date) -> None:
        for book in self.from_day(day):
            book[unit] = (name, parent)

    def change(self, unit: int, day: date, *, name: str | None = None, parent: int | None = None) -> None:
        """A new value holds until a later one had decided otherwise."""
        old_name, old_parent = self.books[day][unit]
        for book in self.from_day(day):
            if unit not in book or (name and book[unit][0] != old_name) or (parent and book[unit][1] != old_parent):
                break
            book[unit] = (name or book[unit][0], parent or book[unit][1])

    def hang(self, old: int, new: int, day: date) -> None:
        for book in self.from_day(day):
            for unit, (name, parent) in book.items():
                if parent == old:
                    book[unit] = (name, new)

    def end(self, unit: int, day: date) -> None:
        for book in self.from_day(day):
            book.pop(unit, None)

    def below(self, unit: int, day: date) -> set[int]:
        """Whatever hangs from the unit on the day or later."""
        return {child for book in self.from_day(day) for child, (_, parent) in book.items() if parent == unit}


class Territory(RuleBasedStateMachine):
    """Every operation on random units and days; a refusal must leave everything as it was."""

    days = st.sampled_from(DAYS[1:])
    picks = st.integers(0, 1_000)

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.oracle = Oracle()
        self.units: list[Unit] = []
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @initialize()
    def a_city_with_streets(self) -> None:
        self.city = make.unit(Level.CITY, on=DAYS[0])
        self.oracle.add(self.city.pk, self.city.name_zh, None, DAYS[0])
        self.units = [self.city]
        for _ in range(3):
            street = self._create(Level.STREET, self.city, DAYS[0])
            self._create(Level.COMMUNITY, street, DAYS[0])

    def _create(self, level: Level, parent: Unit, day: date) -> Unit:
        unit = make.unit(level, parent, on=day)
        self.oracle.add(unit.pk, unit.name_zh, parent.pk, day)
        self.units.append(unit)
        return unit

    def _pick(self, pick: int, level: Level | None = None) -> Unit:
        of_level = [unit for unit in self.units if level is None or unit.level == level]
        return of_level[pick % len(of_level)]

    def _try(self, attempt, then) -> None:
        """What succeeds is written into the books, what is refused is not."""
        try:
            with transaction.atomic():
                done = attempt()
                connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
                connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
        except LirenError:
            return
        then(done)

    def _name(self) -> str:
        self.number += 1
        return f"名{self.number}"

    @rule(pick=picks, level=st.sampled_from([Level.STREET, Level.COMMUNITY, Level.GRID]), day=days)
    def create(self, pick: int, level: Level, day: date) -> None:
        above = [unit for unit in self.units if unit.level < level]
        parent = above[pick % len(above)]
        self._try(lambda: make.unit(level, parent, on=day), lambda unit: self._born(unit, parent, day))

    def _born(self, unit: Unit, parent: Unit, day: date) -> None:
        self.oracle.add(unit.pk, unit.name_zh, parent.pk, day)
        self.units.append(unit)

    @rule(pick=picks, day=days)
    def rename(self, pick: int, day: date) -> None:
        unit, name = self._pick(pick), self._name()
        self._try(
            lambda: services.rename_unit(unit.pk, name_zh=name, **make.papers(day)),
            lambda _: self.oracle.change(unit.pk, day, name=name),
        )

    @rule(pick=picks, to=picks, day=days)
    def move(self, pick: int, to: int, day: date) -> None:
        unit, parent = self._pick(pick), self._pick(to)
        self._try(
            lambda: services.move_unit(unit.pk, parent_id=parent.pk, **make.papers(day)),
            lambda _: self.oracle.change(unit.pk, day, parent=parent.pk),
        )

    @rule(level=st.sampled_from([Level.STREET, Level.COMMUNITY]), pick=picks, to=picks, day=days)
    def merge(self, level: Level, pick: int, to: int, day: date) -> None:
        source, target = self._pick(pick, level), self._pick(to, level)

        def then(_: Unit) -> None:
            self.oracle.hang(source.pk, target.pk, day)
            self.oracle.end(source.pk, day)

        self._try(lambda: services.merge_units([source.pk], into=target.pk, **make.papers(day)), then)

    @rule(pick=picks, day=days, stays=st.booleans())
    def split(self, pick: int, day: date, stays: bool) -> None:
        source = self._pick(pick, Level.STREET)
        children = sorted(self.oracle.below(source.pk, day))
        new = [NewUnit(make.code(Level.STREET), "street", self._name()) for _ in range(2)]
        parts = [
            Part(source.pk if stays else new[0], Decimal("0.5"), children[::2]),
            Part(new[1], Decimal("0.5"), children[1::2]),
        ]

        def then(made: list[Unit]) -> None:
            parent = self.oracle.books[day][source.pk][1]
            for unit, part in zip(made, parts, strict=True):
                if unit.pk != source.pk:
                    self.oracle.add(unit.pk, unit.name_zh, parent, day)
                    self.units.append(unit)
                for child in part.children:
                    for book in self.oracle.from_day(day):
                        if child in book and book[child][1] == source.pk:
                            book[child] = (book[child][0], unit.pk)
            if not stays:
                self.oracle.end(source.pk, day)

        self._try(lambda: services.split_unit(source.pk, parts=parts, **make.papers(day)), then)

    @rule(pick=picks, day=days)
    def abolish(self, pick: int, day: date) -> None:
        unit = self._pick(pick)
        self._try(lambda: services.abolish_unit(unit.pk, **make.papers(day)), lambda _: self.oracle.end(unit.pk, day))

    @rule(pick=picks, day=days)
    def dissolve(self, pick: int, day: date) -> None:
        unit = self._pick(pick, Level.STREET)

        def then(_: Unit) -> None:
            self.oracle.hang(unit.pk, self.oracle.books[day][unit.pk][1], day)
            self.oracle.end(unit.pk, day)

        self._try(lambda: services.undistrict_unit(unit.pk, **make.papers(day)), then)

    @precondition(lambda self: self.units)
    @invariant()
    def every_day_reads_as_in_the_books(self) -> None:
        mine = {unit.pk for unit in self.units}
        for day, book in self.oracle.books.items():
            rows = UnitSpan.objects.filter(during__contains=day, unit_id__in=mine)
            assert {row.unit_id: (row.name_zh, row.parent_id) for row in rows} == book, day

    @precondition(lambda self: self.units)
    @invariant()
    def todays_face_is_that_of_the_last_book(self) -> None:
        book = self.oracle.books[LATE]
        for unit in Unit.objects.filter(pk__in=book):
            assert (unit.name_zh, unit.parent_id, unit.closed_on) == (*book[unit.pk], None)
            assert [step.pk for step in queries.chain(unit)] == unit.path_ids == self._climb(unit.pk, book)

    @staticmethod
    def _climb(pk: int, book: dict[int, Facts]) -> list[int]:
        way: list[int] = []
        climbing: int | None = pk
        while climbing is not None:
            way.insert(0, climbing)
            climbing = book[climbing][1]
        return way


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.requirement("R023", "R024")
def test_any_chain_of_operations_reads_right_on_every_day():
    run_state_machine_as_test(
        Territory,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
