"""Monthly figures are what a slow count over the same cases gives, and what is small can't be worked out of them."""

import copy
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median

import numpy as np
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory.models import Unit
from liren.service.cases import jobs
from liren.service.cases.engine.rates import CAUTION, rate, wilson
from liren.service.cases.engine.withholding import bridges
from liren.service.cases.models import Case, CaseClock, CaseEvent, MonthFigure, Rating
from liren.service.cases.queries import figures as queries
from liren.service.cases.services import figures as services
from liren.service.cases.services import withholding
from tests import make
from tests.make import cases

MONTH = date(2026, 5, 1)
SINCE, UNTIL = datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 31, 16, tzinfo=UTC)  # midnights in China
AT = datetime(2026, 6, 20, tzinfo=UTC)


# --- rates ---


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(hits, of, low, high):
    """The last one is the example in Newcombe (1998), Statistics in Medicine 17, table I."""
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.00005)


def test_the_interval_holds_the_share_and_narrows():
    for of in range(1, 60):
        for hits in range(of + 1):
            found = rate(hits, of)
            assert 0 <= found.low <= found.share <= found.high <= 1
            again = rate(hits * 4, of * 4)
            assert again.high - again.low < found.high - found.low
    assert [rate(1, n).is_cautious for n in (CAUTION - 1, CAUTION)] == [True, False]


def test_no_answers_are_no_rate():
    assert (rate(0, 0).share, rate(0, 0).low, rate(0, 0).is_cautious) == (None, None, True)
    for hits, of in ((1, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="no share"):
            rate(hits, of)


@pytest.mark.parametrize(
    ("month", "then"), [(date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 12, 1), date(2027, 1, 1))]
)
def test_months_follow_each_other(month, then):
    assert services.after(month) == then
    assert services.before(then) == month


# --- counted ---


def _moment(chance, first=-40, last=60):
    return SINCE + timedelta(days=first) + timedelta(minutes=chance.randrange((last - first) * 1440))


def _one(chance, types, units):
    """A case of some age, as far on as it came by chance."""
    type = chance.choice(types)
    case = Case(
        type_id=type.pk, written_as_id=type.version, unit=chance.choice(units), text="x", channel="web",
        state="working", confidentiality=type.spec.confidentiality, sealed_to=type.spec.sealed_to,
        category=chance.choice(["", "lamp", "waste"]), taken_by="test", received_at=_moment(chance, last=20),
    )  # fmt: skip
    if chance.random() < 0.7:
        case.first_answer_at = case.answered_at = case.received_at + timedelta(minutes=chance.randrange(60_000))
        if chance.random() < 0.5:
            case.first_word_at = case.received_at + (case.answered_at - case.received_at) * chance.random()
        if chance.random() < 0.7:
            case.closed_at = case.answered_at + timedelta(minutes=chance.randrange(20_000))
            case.phase, case.outcome = "closed", chance.choice(["solved", "unsolved", "withdrawn", "lapsed"])
    elif chance.random() < 0.3:
        case.first_word_at = case.received_at + timedelta(minutes=chance.randrange(9_000))
    case.rounds = chance.choice([1, 1, 2])
    case.changed_at = case.received_at
    return case


def _around(chance, case):
    """Clocks, events and ratings of a case."""
    end = case.first_answer_at or (case.closed_at or None)
    due = case.received_at + timedelta(minutes=chance.randrange(40_000))
    clocks = [_clock(case, "completion", due, end)]
    if case.first_answer_at:
        clocks.append(_clock(case, "verdict", case.first_answer_at + timedelta(days=7), case.closed_at))
    events = [CaseEvent(case=case, at=case.received_at, actor="x", kind="received")]
    ratings = []
    if case.rounds > 1:
        events.append(CaseEvent(case=case, at=_moment(chance), actor="x", kind="moved", move="reopen"))
        events.append(CaseEvent(case=case, at=_moment(chance), actor="x", kind="moved", move="take"))
    if case.closed_at and chance.random() < 0.8:
        said = chance.choice([(True, True), (True, False), (False, None), (None, True)])
        ratings.append(Rating(case=case, round=1, voice="reporter", solved=said[0], satisfied=said[1],
                              at=case.closed_at))  # fmt: skip
    return clocks, events, ratings


def _clock(case, code, due, end):
    return CaseClock(case=case, code=code, amount="5 working days", started_at=case.received_at, plain_due_at=due,
                     due_at=due, calendar_at=case.received_at, stopped_at=end,
                     kept=None if end is None else end <= due)  # fmt: skip


@pytest.fixture(scope="module")
def built_ground(django_db_setup, django_db_blocker):
    with make.standing(django_db_blocker, by_chance) as made:
        yield made


@pytest.fixture
def ground(built_ground, db):
    return copy.deepcopy(built_ground)


def by_chance():
    """Cases of three types by chance, in a small city."""
    town, chance = make.town(), random.Random(5)
    types = [cases.declare(), cases.declare("other"), cases.sealed()]
    units = [town.community, town.sibling_community, town.cousin_community, town.grid, town.sibling_district]
    made = Case.objects.bulk_create([_one(chance, types, units) for _ in range(600)])
    around = [_around(chance, case) for case in made]
    for model, place in ((CaseClock, 0), (CaseEvent, 1), (Rating, 2)):
        model.objects.bulk_create([row for rows in around for row in rows[place]])
    for case, (_clocks, events, _ratings) in zip(made, around, strict=True):
        case.changed_at = max([case.changed_at, *(event.at for event in events)])  # every line of a story changes it
    Case.objects.bulk_update(made, ["changed_at"])
    return town, types, made


def _in(moment):
    return moment is not None and SINCE <= moment < UNTIL


def _missed(case):
    late = [clock for clock in case.clocks.all() if clock.code != "verdict" and clock.due_at < UNTIL]
    return [clock for clock in late if clock.kept is False or clock.stopped_at is None]


def _rated(case, facts):
    for word in (one for one in case.ratings.all() if _in(one.at)):
        facts["rated"] += 1
        for name in ("solved", "satisfied"):
            facts[f"said_{name}"] += getattr(word, name) is not None
            facts[name] += bool(getattr(word, name))


def slow(found):
    """The same numbers, case by case, from the rows as Django reads them."""
    sums = defaultdict(lambda: defaultdict(int))
    times = defaultdict(lambda: defaultdict(list))
    for case in found:
        if case.confidentiality == "sealed" or case.received_at >= UNTIL:
            continue
        facts = defaultdict(int)
        missed = _missed(case)
        facts["received"] = int(_in(case.received_at))
        facts["closed"] = int(_in(case.closed_at))
        facts["answered"] = int(_in(case.first_answer_at))
        facts["overdue"] = int(any(k.due_at >= SINCE for k in missed))
        facts["reopened"] = sum(_in(e.at) and e.move == "reopen" for e in case.events.all())
        facts["waiting"] = int(case.closed_at is None or case.closed_at >= UNTIL)
        facts["answered_in_time"] = int(
            _in(case.first_answer_at) and not any(k.due_at < case.first_answer_at for k in missed)
        )
        first = case.first_word_at or case.first_answer_at
        facts["heard"] = int(_in(first))
        facts["heard_in_time"] = int(_in(first) and not any(k.due_at < first for k in missed))
        _rated(case, facts)
        if not any(facts.values()):
            continue
        for unit in case.unit.path_ids:
            for category in ("", case.category or "-"):
                key = unit, case.type_id, category
                for name, value in facts.items():
                    sums[key][name] += value
                if _in(first):
                    times[key]["first"].append((first - case.received_at).total_seconds() / 60)
                if _in(case.closed_at) and case.outcome not in ("withdrawn", "joined"):
                    times[key]["close"].append((case.closed_at - case.received_at).total_seconds() / 60)
    return sums, times


NAMES = [*MonthFigure.COUNTS, "answered_in_time", "heard_in_time", "rated", "solved", "satisfied"]


@pytest.mark.slow
@pytest.mark.requirement("R081")
def test_the_database_counts_as_a_slow_count_does(ground):
    town, _types, _made = ground
    found = Case.objects.prefetch_related("clocks", "events", "ratings").select_related("unit")
    sums, times = slow(found)
    written = services.count_month(MONTH, by=cases.SYSTEM, at=AT)
    rows = {(row.unit_id, row.type_id, row.category): row for row in MonthFigure.objects.all()}
    assert written == len(rows)
    assert {key for key, facts in sums.items() if any(facts.values())} <= set(rows)
    for key, row in rows.items():
        assert {name: getattr(row, name) for name in NAMES} == {name: sums[key][name] for name in NAMES}, key
        for name, minutes in (("first", row.first_answer_minutes), ("close", row.close_minutes)):
            assert (minutes is None) == (not times[key][name])
            if minutes is not None:
                assert minutes == pytest.approx(median(times[key][name]), abs=0.51)
    assert rows[town.city.pk, _types[0].pk, ""].received > 50
    assert not [row for row in rows.values() if row.type_id == _types[2].pk], "sealed cases are in no figure"


@pytest.mark.slow
def test_counted_again_it_is_the_same_and_other_months_stay(ground):
    services.count_month(services.before(MONTH), by=cases.SYSTEM, at=AT)
    one = list(MonthFigure.objects.order_by("pk").values_list("pk", flat=True))
    services.count_month(MONTH, by=cases.SYSTEM, at=AT)
    first = _plain(MONTH)
    services.count_month(MONTH.replace(day=9), by=cases.SYSTEM, at=AT)
    assert _plain(MONTH) == first
    assert set(one) <= set(MonthFigure.objects.values_list("pk", flat=True))
    entry = AuditEntry.objects.filter(action="cases.count").last()
    assert entry.facts == {"month": "2026-05-01", "figures": len(first)}


def _plain(month):
    return sorted(MonthFigure.objects.filter(month=month).values_list("unit", "type", "category", "hidden", *NAMES))


def test_the_cost_does_not_grow_with_the_cases(db):
    town, type = make.town(), cases.declare()
    chance, said = random.Random(1), []
    for _turn in range(2):
        Case.objects.bulk_create([_one(chance, [type], [town.community]) for _ in range(60)])
        with CaptureQueriesContext(connection) as caught:
            services.count_month(MONTH, by=cases.SYSTEM, at=AT)
        said.append(sum("cases_case" in query["sql"] for query in caught))
    assert said == [1, 1]


def test_who_may_count_and_which_months(db):
    with pytest.raises(NotAllowed):
        services.count_month(MONTH, by=ANONYMOUS, at=AT)
    with pytest.raises(BadInput):
        services.count_month(date(2026, 7, 1), by=cases.SYSTEM, at=AT)
    for first, last in ((date(2026, 5, 1), date(2026, 4, 1)), (date(2000, 1, 1), date(2026, 1, 1))):
        with pytest.raises(BadInput):
            services.count_months(first, last, by=cases.SYSTEM, at=AT)
    told = []
    done = services.count_months(date(2025, 12, 1), MONTH, by=cases.SYSTEM, at=AT, progress=lambda *a: told.append(a))
    assert list(done) == [date(2025, 12, 1), *(date(2026, n, 1) for n in range(1, 6))]
    assert told[-1] == ("months", 6, 6)


# --- withheld ---


def _figures(town, type, chance, most):
    """Figures that add up, over units and categories, of any size."""
    leaves = [town.community, town.sibling_community, town.cousin_community, town.sibling_district]
    sums = defaultdict(int)
    for leaf in leaves:
        for category in ("-", "lamp", "waste"):
            number = chance.choice([0, chance.randrange(most), chance.randrange(most)])
            for unit in leaf.path_ids:
                sums[unit, category] += number
                sums[unit, ""] += number
    MonthFigure.objects.all().delete()
    MonthFigure.objects.bulk_create(
        MonthFigure(unit_id=unit, month=MONTH, type_id=type.pk, category=category, received=number, closed=0,
                    overdue=0, reopened=0, computed_at=AT)
        for (unit, category), number in sums.items()
        if chance.random() < 0.9 or category == "" or number
    )  # fmt: skip


def _determined(rows, parents):
    """Hidden numbers that follow from the visible ones, by linear algebra: the unit vector lies in the row space."""
    place = {key: n for n, key in enumerate(rows)}
    equations = []
    for (unit, category), _row in rows.items():
        below = [key for key in rows if parents.get(key[0]) == unit and key[1] == category]
        kinds = [key for key in rows if key[0] == unit and key[1] != ""] if category == "" else []
        for parts in (below, kinds):
            if parts:
                line = np.zeros(len(rows))
                line[place[unit, category]] = 1
                line[[place[key] for key in parts]] = -1
                equations.append(line)
    hidden = [place[key] for key, row in rows.items() if row.hidden & 1]
    if not hidden or not equations:
        return []
    matrix = np.array(equations)[:, hidden]
    rank = np.linalg.matrix_rank(matrix)
    keys = list(rows)
    return [keys[at] for n, at in enumerate(hidden)
            if np.linalg.matrix_rank(np.vstack([matrix, np.eye(len(hidden))[n]])) == rank]  # fmt: skip


@pytest.mark.slow
@pytest.mark.requirement("R081")
def test_no_small_number_is_shown_or_can_be_worked_out(db):
    town, type, chance = make.town(), cases.declare(), random.Random(11)
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    seen = 0
    for turn in range(40):
        _figures(town, type, chance, most=(6, 12, 40)[turn % 3])
        withholding._in_groups(MONTH, "received", 1)
        withholding._across(MONTH, "received", 1)
        rows = {(row.unit_id, row.category): row for row in MonthFigure.objects.all()}
        assert not [row for row in rows.values() if 0 < row.received < 5 and not row.hidden & 1]
        assert [key for key in _determined(rows, parents) if rows[key].received] == []
        seen += sum(not row.hidden & 1 and row.received > 0 for row in rows.values())
        assert all(row.withheld == (row.hidden > 0) for row in rows.values())
    assert seen > 200, "hiding everything would be no art"


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("month_figure_begins_a_month", {"month": date(2026, 5, 2)}),
        ("month_figure_rates_are_parts", {"solved": 3}),
        ("month_figure_rates_are_parts", {"said_solved": 2}),
        ("month_figure_rates_are_parts", {"answered_in_time": 9}),
        ("month_figure_withheld_says_what", {"hidden": 1}),
        ("month_figure_withheld_says_what", {"withheld": True}),
    ],
)
def test_the_database_refuses_impossible_figures(constraint, wrong, db):
    row = _row()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MonthFigure.objects.filter(pk=row.pk).update(**wrong)
    other = MonthFigure.objects.get(pk=row.pk)
    other.pk = None
    with pytest.raises(IntegrityError, match="month_figure_is_said_once"), transaction.atomic():
        other.save(force_insert=True)


def _row():
    facts = {"month": MONTH, "received": 9, "closed": 8, "answered": 8, "overdue": 0, "reopened": 0, "computed_at": AT}
    return MonthFigure.objects.create(unit=make.town().city, type_id=cases.declare().pk, **facts)


# --- read ---


@pytest.fixture
def counted(ground):
    services.count_months(services.before(MONTH), MONTH, by=cases.SYSTEM, at=AT)
    make.roles()
    return ground


def test_everybody_reads_the_months_without_what_is_small(counted):
    town, types, _made = counted
    months = queries.month_figures(town.city, ANONYMOUS, type=types[0])
    assert [one.month for one in months] == [MONTH, services.before(MONTH)]
    first = months[0]
    assert first.received > 50
    assert 0 < first.in_time.share < 1
    assert first.solved.low < first.solved.share < first.solved.high
    assert first.first_answer_hours > 1
    assert first.reopen_rate.of == first.answered
    small = MonthFigure.objects.filter(unit=town.grid, hidden__gt=0, month=MONTH).first()
    assert small is not None
    worker = make.official("community_worker", town.community)
    for actor, told in ((ANONYMOUS, None), (worker, small.received)):
        row = queries._month(town.grid, small, queries.sees_all(town.grid, actor))
        hidden = [name for n, name in enumerate(MonthFigure.COUNTS) if small.hidden >> n & 1]
        assert {row._count(name) is None for name in hidden} == {told is None}
    assert not queries.sees_all(town.sibling_district, worker)


@pytest.mark.parametrize("n", [1, 3])
def test_a_table_of_units_costs_the_same_whatever_its_length(counted, n, django_assert_num_queries):
    town, types, _made = counted
    units = [town.community, town.sibling_community, town.grid][:n]
    with django_assert_num_queries(1):
        found = queries.figures_below(units, ANONYMOUS, type=types[0], month=MONTH)
    assert [one.unit for one in found] == units
    bare = queries.figures_below([town.compound], ANONYMOUS, type=types[0], month=MONTH)[0]
    assert (bare.received, bare.in_time.share, bare.first_answer_hours) == (0, None, None)


def test_types_and_categories_of_a_month(counted):
    town, types, _made = counted
    assert [type.code for type, _row in queries.types_of(town.city, ANONYMOUS, month=MONTH)] == ["other", "request"]
    found = queries.categories_of(town.city, ANONYMOUS, type=types[0], month=MONTH)
    assert {one.category for one in found} == {"-", "lamp", "waste"}
    assert queries.newest_month(town.city) == MONTH
    assert queries.newest_month(town.compound) is None


def test_the_table_to_take_away(counted):
    town, _types, _made = counted
    lines = list(queries.csv_figures(town.city, ANONYMOUS, months=1))
    assert lines[0].startswith("月份,")
    assert len({line.count(",") for line in lines}) == 1
    assert all(line.startswith("2026-05,97") for line in lines[1:])
    assert len(lines) == 1 + 2 * 4
    grid = "".join(queries.csv_figures(town.grid, ANONYMOUS, months=1))
    assert "<5" in grid


def test_every_month_the_last_one_is_counted(db):
    jobs.count_figures.func(int(datetime(2026, 6, 1, 19, tzinfo=UTC).timestamp()))
    months = [entry.facts["month"] for entry in AuditEntry.objects.filter(action="cases.count")]
    assert months == ["2026-05-01", "2026-06-01"]


def test_bridges_are_those_of_an_obvious_search():
    chance = random.Random(2)
    for _turn in range(200):
        ends = {n: (chance.randrange(7), chance.randrange(7)) for n in range(chance.randrange(1, 12))}
        ends = {n: pair for n, pair in ends.items() if pair[0] != pair[1]}
        assert bridges(ends) == {n for n in ends if not _connected(*ends[n], {m: ends[m] for m in ends if m != n})}


def _connected(start, goal, ends):
    reached = {start}
    for _turn in ends:
        reached |= {one for pair in ends.values() if reached & set(pair) for one in pair}
    return goal in reached
