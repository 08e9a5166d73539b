"""A city with very many cases, for measurements: nine tenths of them in one community, nearly all closed.

Made by the server itself, set by set, with indexes dropped meanwhile and built again; what constraints would refuse is
not asked while filling. Each case has the lines of its story, its clocks and some a rating, as intake and moves write
them; entries of the audit log are left out, since what is written there grows with nothing that was there before.
"""

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import h3.api.basic_int as h3
from registers import tree

PORTION = 250_000
TABLES = ("cases_case", "cases_caseevent", "cases_caseclock", "cases_rating", "cases_call", "cases_dispute")
BODIES, PEOPLE, TEXTS = 30, 10_000, 4_000
#: Where the great community lies: some two kilometres across, so that neighbours are many.
HERE, SPREAD = (104.06, 30.66), 0.01
MATTERS = ("路灯不亮", "垃圾没有人清", "下水道堵了", "井盖松动", "夜里施工噪声大", "电动车堵住楼道", "树枝压住电线",
           "路面破损积水", "流浪狗没有人管", "快递柜挡住消防通道", "健身器材坏了", "停车乱占人行道",
           "水管漏水", "电梯停运", "墙皮脱落", "宣传栏破损")  # fmt: skip
PLACES = "柳荫梅园石桥望江东街西门福民岗贝庙街清水河湾文昌翠微锦绣和平建设光明红旗胜利向阳长青"
WHEN = ("昨天晚上开始", "已经三天", "上个星期起", "一个多月", "今天早上发现", "反映过两次", "下雨以后")
ASKS = ("请派人来看看", "麻烦尽快处理", "希望有人管一管", "老人出行不便", "孩子上学要经过")


@dataclass
class World:
    """Who and what there is beside the cases."""

    communities: list[Any]
    units: list[Any]
    bodies: list[Any]
    kind: Any
    people: tuple[int, int]
    actors: dict[str, Any] = field(default_factory=dict)

    @property
    def great(self) -> Any:
        """The community with nine tenths of all cases."""
        return self.communities[0]


def world() -> World:
    """The city, its departments, its people at the desks; found again where it was made before."""
    from django.db import transaction

    from liren.foundation.bodies.models import Body
    from liren.foundation.people.models import Account
    from liren.foundation.territory.models import Unit
    from liren.service.cases.models import type_of

    if not Unit.objects.exists():
        with transaction.atomic():
            founded(3000)
    units = list(Unit.objects.order_by("pk"))
    communities = [one for one in units if one.level == 5]
    residents = Account.objects.filter(username__startswith="resident").order_by("pk").values_list("pk", flat=True)
    made = World(
        communities,
        units,
        list(Body.objects.order_by("pk")[:BODIES]),
        type_of("request"),
        (residents[0], len(residents)),
    )
    made.actors = {one.username: one for one in Account.objects.exclude(username__startswith="resident")}
    return made


def founded(communities: int) -> None:
    """The city with so many communities, its departments and accounts."""
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.kernel.services import seed_calendar
    from liren.foundation.policy.services.loading import load_packs
    from liren.host import paths
    from tests import make
    from tests.make import bodies, cases

    by = {"by": SystemActor("bench"), "at": timezone.now()}
    units = tree(communities)
    seed_calendar(**by)
    load_packs(paths.packs(), **by)
    make.roles()
    city, district, street = (next(one for one in units if one.level == level) for level in (2, 3, 4))
    great, small = [one for one in units if one.level == 5][:2]
    quiet = next(one for one in reversed(units) if one.level == 4)
    departments = [bodies.body(city, "department", name_zh=f"第{n + 1}部门") for n in range(BODIES)]
    for name, role, unit in (
        ("worker-great", "community_worker", great),
        ("worker-small", "community_worker", small),
        ("officer-great", "street_officer", street),
        ("officer-quiet", "street_officer", quiet),
        ("district", "district_admin", district),
        ("city", "city_admin", city),
        ("phone", "phone_agent", city),
    ):
        make.official(role, unit, username=name)
    cases.clerk(departments[0], city, username="clerk")
    _residents()


def _residents() -> None:
    from django.db import connection

    from tests.make import account

    one = account(username="resident")
    columns = [field.column for field in one._meta.concrete_fields if not field.primary_key]
    named = ", ".join(f'"{name}"' for name in columns)
    own = {"username": "'resident' || n", "uuid": "gen_random_uuid()"}
    taken = ", ".join(own.get(name, f'a."{name}"') for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO people_account ({named}) SELECT {taken} FROM people_account a, generate_series(1, %s) n"
            " WHERE a.id = %s",
            [PEOPLE, one.pk],
        )


# --- cases ---

CASES = """
INSERT INTO cases_case (id, type_id, written_as_id, state, phase, outcome, severity, category, confidentiality,
    sealed_to, channel, language, unit_id, lon, lat, cell, address, text, "values", search, reporter_id, taken_by,
    body_id, handler_id, received_at, dispatched_at, first_answer_at, answered_at, closed_at, changed_at, due_at,
    escalate_at, level, hops, rounds, followers, is_called, is_disputed, is_hidden, revision, client_key,
    client_digest, is_simulated)
SELECT n, %(type)s, %(version)s, state, phase, outcome,
    CASE r2 %% 10 WHEN 0 THEN 'urgent' ELSE 'normal' END, (%(categories)s::text[])[1 + r3 %% %(kinds)s], 'public', '',
    CASE r3 %% 3 WHEN 0 THEN 'web' WHEN 1 THEN 'phone' ELSE 'open311' END, 'zh-hans', unit_id, p.lon, p.lat, p.cell,
    '', w.words || n, '{}', w.tokens, CASE WHEN r4 %% 3 = 0 THEN %(first)s + r4 %% %(people)s END,
    CASE WHEN r4 %% 3 = 0 THEN 'account:' || (%(first)s + r4 %% %(people)s) ELSE 'anonymous' END,
    CASE WHEN state <> 'received' THEN (%(bodies)s::bigint[])[1 + r2 %% %(departments)s] END,
    CASE WHEN state IN ('in_work', 'answered') OR phase = 'closed' THEN %(first)s + r5 %% 500 END,
    received_at, CASE WHEN state <> 'received' THEN least(received_at + interval '1 hour', %(at)s) END,
    answered_at, answered_at, closed_at, coalesce(closed_at, answered_at, received_at), due_at,
    CASE WHEN due_at > %(at)s THEN due_at END, CASE WHEN due_at < %(at)s THEN 2 ELSE 0 END, 0, 1, r5 %% 3,
    state = 'in_work' AND r4 %% 50 = 0, phase = 'open' AND r4 %% 199 = 0, r5 %% 1000 = 0,
    CASE phase WHEN 'closed' THEN 4 ELSE 2 END, CASE WHEN r3 %% 3 <> 1 THEN gen_random_uuid() END,
    CASE WHEN r3 %% 3 <> 1 THEN decode(repeat('ab', 32), 'hex') END, true
FROM (
    SELECT *, CASE phase WHEN 'closed' THEN
            CASE WHEN r5 %% 10 < 7 THEN 'solved' WHEN r5 %% 10 = 7 THEN 'unsolved' ELSE 'lapsed' END
            ELSE '' END AS outcome,
        CASE phase WHEN 'closed' THEN
            CASE WHEN r5 %% 10 < 7 THEN 'solved' WHEN r5 %% 10 = 7 THEN 'unsolved' ELSE 'lapsed' END
            WHEN 'answered' THEN 'answered' ELSE
            CASE WHEN r5 %% 8 = 0 THEN 'received' WHEN r5 %% 8 < 3 THEN 'dispatched' ELSE 'in_work' END END AS state,
        CASE WHEN phase <> 'open' THEN least(received_at + (1 + r2 %% 7) * interval '1 day', %(at)s) END AS answered_at,
        CASE WHEN phase = 'closed' THEN least(received_at + (8 + r2 %% 15) * interval '1 day', %(at)s) END AS closed_at,
        CASE WHEN phase = 'open' AND r3 %% 50 > 0 THEN received_at + (3 + r2 %% 28) * interval '1 day'
            WHEN phase = 'answered' THEN received_at + 25 * interval '1 day' END AS due_at
    FROM (
        SELECT n, r2, r3, r4, r5,
            %(at)s - (1 - n::float8 / (%(count)s + 1)) * interval '1095 days' AS received_at,
            CASE WHEN r1 %% 10 < 9 THEN %(great)s ELSE (%(units)s::bigint[])[1 + r2 %% %(many)s] END AS unit_id,
            CASE WHEN r4 %% 1000 < CASE WHEN n > 0.9 * %(count)s THEN 455 ELSE 5 END
                THEN CASE WHEN r5 %% 5 = 0 THEN 'answered' ELSE 'open' END ELSE 'closed' END AS phase
        FROM generate_series(%(since)s::bigint, %(until)s::bigint) n
        CROSS JOIN LATERAL (SELECT (hashint8extended(n, 1) & 16777215)::int AS r1,
            (hashint8extended(n, 2) & 16777215)::int AS r2, (hashint8extended(n, 3) & 16777215)::int AS r3,
            (hashint8extended(n, 4) & 16777215)::int AS r4, (hashint8extended(n, 5) & 16777215)::int AS r5) r
    ) a
) b
JOIN bench_words w ON w.id = b.r3 %% %(texts)s
JOIN bench_points p ON p.id = CASE WHEN b.unit_id = %(great)s THEN b.r4 %% %(texts)s
    ELSE %(texts)s + b.unit_id * 8 + b.r4 %% 8 END
ORDER BY n
"""
# What intake writes first, then one line for each step.
EVENTS = """
INSERT INTO cases_caseevent (case_id, at, actor, kind, move, source, target, note, told, facts, acting_for_id)
SELECT c.id, e.at, e.actor, e.kind, e.move, e.source, e.target, '', true, e.facts, NULL
FROM cases_case c CROSS JOIN LATERAL (VALUES
    (c.received_at, c.taken_by, 'received', '', '', 'received', '{"as": "reporter", "channel": "web"}'::jsonb),
    (c.dispatched_at, 'system:catalogue', 'dispatched', 'dispatch', 'received', 'dispatched', '{"as": "system"}'),
    (c.answered_at, 'account:' || c.handler_id, 'moved', 'answer', 'in_work', 'answered', '{"as": "body"}'),
    (c.closed_at, c.taken_by, 'moved', 'confirm', 'answered', c.state, '{"as": "reporter"}')
) e (at, actor, kind, move, source, target, facts)
WHERE c.id BETWEEN %(since)s AND %(until)s AND e.at IS NOT NULL
ORDER BY c.id, e.at
"""
CLOCKS = """
INSERT INTO cases_caseclock (case_id, code, round, run, amount, more, started_at, plain_due_at, due_at, is_provisional,
    calendar_at, stopped_at, kept, level)
SELECT c.id, k.code, 1, 1, k.amount, '', k.started, k.due, k.due, false, c.received_at,
    k.stopped, CASE WHEN k.stopped IS NOT NULL THEN k.stopped <= k.due END, c.level
FROM cases_case c CROSS JOIN LATERAL (VALUES
    ('completion', '5 working days', c.dispatched_at, coalesce(c.due_at, c.received_at + interval '7 days'),
        c.answered_at, c.dispatched_at IS NOT NULL),
    ('acceptance', '4 service hours', c.received_at, coalesce(c.due_at, c.received_at + interval '1 day'),
        NULL, c.state = 'received'),
    ('verdict', '15 days', c.answered_at, c.answered_at + interval '15 days', c.closed_at, c.answered_at IS NOT NULL)
) k (code, amount, started, due, stopped, has)
WHERE c.id BETWEEN %(since)s AND %(until)s AND k.has
ORDER BY c.id
"""
RATINGS = """
INSERT INTO cases_rating (case_id, round, voice, solved, satisfied, note, asked_by, at)
SELECT id, 1, 'reporter', outcome = 'solved', id %% 3 > 0, '', '', closed_at FROM cases_case
WHERE id BETWEEN %(since)s AND %(until)s AND outcome IN ('solved', 'unsolved') ORDER BY id
"""
CALLS = """
INSERT INTO cases_call (case_id, body_id, question, state, called_at, called_by, due_at, level, escalate_at, answer,
    answered_by)
SELECT id, (%(bodies)s::bigint[])[1 + id %% %(departments)s], '请说明', 'open', received_at + interval '2 hours',
    'account:1', %(at)s + interval '3 days', 0, %(at)s + interval '3 days', '', ''
FROM cases_case WHERE id BETWEEN %(since)s AND %(until)s AND is_called
"""
DISPUTES = """
INSERT INTO cases_dispute (case_id, body_id, proposed_id, ground, reason, state, opened_at, opened_by, due_at, level,
    escalate_at, ruling, ruled_by)
SELECT id, coalesce(body_id, (%(bodies)s::bigint[])[1]), NULL, '职责清单', '不属于本单位', 'open',
    received_at + interval '2 hours', 'account:1', %(at)s + interval '3 days', 0, %(at)s + interval '3 days', '', ''
FROM cases_case WHERE id BETWEEN %(since)s AND %(until)s AND is_disputed
"""
STEPS = (CASES, EVENTS, CLOCKS, RATINGS, CALLS, DISPUTES)


def fill(made: World, count: int, at: Any) -> dict[str, float]:
    """So many cases; seconds of the rows and of the indexes."""
    from django.db import connection
    from tqdm import tqdm

    facts = _facts(made, count, at)
    began = time.perf_counter()
    with connection.cursor() as cursor, _unhurried(cursor):
        _words(cursor, made)
        rebuilt = _without_indexes(cursor)
        for since in tqdm(range(1, count + 1, PORTION), desc="cases", unit=f"{PORTION:,}"):
            for step in STEPS:
                cursor.execute(step, {**facts, "since": since, "until": min(since + PORTION - 1, count)})
        rows = time.perf_counter() - began
        for statement in tqdm(rebuilt, desc="indexes"):
            cursor.execute(statement)
        cursor.execute("SELECT setval(pg_get_serial_sequence('cases_case', 'id'), %s)", [count])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
    return {"rows": rows, "indexes": time.perf_counter() - began - rows}


@contextmanager
def _unhurried(cursor: Any) -> Any:
    """No limit of time, no wait for the disk, no triggers: only the server's own superuser may leave these out."""
    cursor.execute("SET statement_timeout = 0")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute("SET work_mem = '256MB'")
    _triggers(cursor, "DISABLE")
    try:
        yield
    finally:
        _triggers(cursor, "ENABLE")
        for name in ("synchronous_commit", "maintenance_work_mem", "work_mem"):
            cursor.execute(f"RESET {name}")


def _triggers(cursor: Any, word: str) -> None:
    """Through a connection of the superuser: triggers of foreign keys are the system's."""
    import psycopg
    from django.db import connection

    from liren.host import paths

    name = connection.settings_dict["NAME"]
    with psycopg.connect(host=str(paths.socket_folder(paths.home())), dbname=name, user="postgres") as server:
        for table in TABLES:
            server.execute(f"ALTER TABLE {table} {word} TRIGGER ALL")


def _facts(made: World, count: int, at: Any) -> dict[str, Any]:
    categories = [one.code for one in made.kind.spec.categories if not one.stops]
    return {
        "type": made.kind.pk,
        "version": made.kind.version,
        "categories": categories,
        "kinds": len(categories),
        "units": [one.pk for one in made.communities],
        "many": len(made.communities),
        "great": made.great.pk,
        "bodies": [one.pk for one in made.bodies],
        "departments": len(made.bodies),
        "first": made.people[0],
        "people": made.people[1],
        "texts": TEXTS,
        "count": count,
        "at": at,
    }


def _words(cursor: Any, made: World) -> None:
    """What is said, with its search vector, and places: many in the great community, eight in each other."""
    from liren.service.cases.services.words import search_of

    chance = random.Random(1)  # noqa: S311  (made-up places)
    cursor.execute("DROP TABLE IF EXISTS bench_words, bench_points")
    cursor.execute("CREATE TABLE bench_words (id int PRIMARY KEY, words text, tokens tsvector)")
    said = [
        f"{''.join(chance.sample(PLACES, 4))}{chance.choice(MATTERS)}，{chance.choice(WHEN)}，{chance.choice(ASKS)}。"
        for _ in range(TEXTS)
    ]
    rows = [(n, text, search_of(text)) for n, text in enumerate(said)]
    cursor.executemany("INSERT INTO bench_words VALUES (%s, %s, %s::tsvector)", rows)
    cursor.execute("CREATE TABLE bench_points (id int PRIMARY KEY, lon float8, lat float8, cell bigint)")
    points = [(n, HERE[0], HERE[1]) for n in range(TEXTS)]
    for n, one in enumerate(made.communities, 1):
        middle = (HERE[0] + 0.03 * (n % 60), HERE[1] + 0.03 * (n // 60))
        points += [(TEXTS + one.pk * 8 + place, *middle) for place in range(8)]
    near = [(n, lon + chance.uniform(-1, 1) * SPREAD, lat + chance.uniform(-1, 1) * SPREAD) for n, lon, lat in points]
    rows = [(n, lon, lat, h3.latlng_to_cell(lat, lon, 9)) for n, lon, lat in near]
    cursor.executemany("INSERT INTO bench_points VALUES (%s, %s, %s, %s)", rows)
    cursor.execute("ANALYZE bench_words, bench_points")


def _without_indexes(cursor: Any) -> list[str]:
    """Drop indexes and checks; the statements that make them again. Checks hold for what comes afterwards."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
        " || CASE contype WHEN 'c' THEN ' NOT VALID' ELSE '' END FROM pg_constraint"
        " WHERE contype IN ('u', 'c') AND conrelid::regclass::text = ANY(%s)",
        [list(TABLES)],
    )
    again = []
    for table, name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary",
        [list(TABLES)],
    )
    for name, definition in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        again.append(definition)
    return again


def bytes_of(names: tuple[str, ...] = TABLES) -> dict[str, tuple[int, int]]:
    """Of each table the bytes of its rows and of its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT t, pg_table_size(t::regclass), pg_indexes_size(t::regclass) FROM unnest(%s::text[]) t",
                       [list(names)])  # fmt: skip
        return {name: (rows, indexes) for name, rows, indexes in cursor.fetchall()}


def today() -> date:
    from django.utils import timezone

    return timezone.localdate()
