"""The admission gate at the size of a city: what it adds to handing work down, and the search for repeated questions.

    script/bench gate                                          3,000 communities x 500 admissions, 2,000 forms
    script/bench gate -- --communities 300 --admissions 50     a hundredth of it

Fills a database of its own (dropped afterwards) and measures: the look-up of the gate alone, what its trigger takes of
a row that is written, ``hand_down`` for one community and for all, a refusal with its notices, the live
check of an application, repeated questions by the database and by the engine, and what communities have in hand.
"""

import argparse
import contextlib
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from registers import tree
from scratch import scratch_database

TIMES = 300

ADMISSIONS = """
INSERT INTO admission_admission (work_type, title_zh, title_en, sender_id, basis, during, minutes_a_month,
    is_assistance, is_comprehensive, conditions, information, recorded_by, recorded_at, session, is_active, end_reason,
    is_simulated)
SELECT (ARRAY['task', 'form', 'meeting', 'inspection', 'ledger'])[1 + n % 5], '第' || n || '项工作', '', %(sender)s,
    '条例', daterange(%(first)s, %(end)s), 60, false, false, '', '', 'system:bench', %(at)s, '联席会议', true, '', false
FROM generate_series(1, %(count)s) n
"""
APART = "reach_of_one_matter_never_overlaps"
REACHES = """
INSERT INTO admission_reach (admission_id, community_id, work_type, during, matter)
SELECT a.id, u.id, a.work_type, a.during, row_number() OVER ()
  FROM admission_admission a CROSS JOIN territory_unit u WHERE u.level = 5
"""
INSERT = """
EXPLAIN (ANALYZE, FORMAT JSON) INSERT INTO admission_assignment (admission_id, community_id, work_type, origin,
    sender_id, given_on, title_zh, title_en, text, minutes, recorded_by, recorded_at, state, state_at, state_by, note,
    is_simulated)
VALUES (%s, %s, 'task', 'office', %s, %s, '事', '', '', 0, 'x', %s, 'asked', %s, 'x', '', false)
"""
FORMS = """
INSERT INTO admission_formfield (admission_id, position, name_zh, same)
SELECT (SELECT min(id) FROM admission_admission) + n %% %(admissions)s, n / %(admissions)s * 20 + k, '问题', CASE k
    WHEN 1 THEN '姓名' WHEN 2 THEN '电话' ELSE '问题' || ((n * 7 + k) %% 5000) END
FROM generate_series(0, %(forms)s - 1) n, generate_series(1, 15) k
"""


def measured(act: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each of so many runs."""
    found = []
    for _round in range(times):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def told(what: str, found: list[float]) -> None:
    print(
        f"  {what}: median {statistics.median(found):.2f} ms, 95 of 100 within {found[int(len(found) * 0.95)]:.2f} ms"
    )


def filled(communities: int, admissions: int, forms: int) -> tuple[Any, list[int]]:
    """The city with its admissions; the department that sent them, and the communities."""
    from django.db import connection
    from django.utils import timezone

    from liren.foundation.bodies.services import found_body
    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.policy.services.loading import load_packs
    from liren.host import paths

    units = tree(communities)
    city, today = units[0], timezone.localdate()
    body = found_body(
        kind="department", name_zh="市民政局", unit_id=city.pk, effective_on=date(2020, 1, 1), instrument="文",
        by=SystemActor("bench"), at=timezone.now(),
    )  # fmt: skip
    facts = {"sender": body.pk, "first": today, "end": today + timedelta(days=365), "at": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(ADMISSIONS.replace("n % 5", "n %% 5"), {**facts, "count": admissions})
        # Filled as the trigger would, and without it: the table is what is wanted here, not the way to it.
        cursor.execute("ALTER TABLE admission_reach DISABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE admission_reach DROP CONSTRAINT {APART}")
        start = time.perf_counter()
        cursor.execute(REACHES)
        print(f"{cursor.rowcount:,} admissions of a community made in {time.perf_counter() - start:.0f} s", flush=True)
        cursor.execute("ALTER TABLE admission_reach ENABLE TRIGGER USER")
        cursor.execute(FORMS, {"admissions": admissions, "forms": forms})
        cursor.execute("ANALYZE admission_admission, admission_reach, admission_formfield, territory_unit")
    load_packs(paths.packs(), by=SystemActor("bench"), at=timezone.now())
    return body, [one.pk for one in units if one.level == 5]


def lookup(body: Any, communities: list[int], chance: random.Random) -> None:
    """The gate's own question, asked by the database ten thousand times over."""
    from django.db import connection
    from django.utils import timezone

    from liren.foundation.admission.models import Admission

    known = list(Admission.objects.values_list("pk", "work_type"))
    asked = [(*chance.choice(known), chance.choice(communities)) for _ in range(10_000)]
    now, today = timezone.now(), timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE asked (admission bigint, kind text, community bigint)")
        cursor.executemany("INSERT INTO asked VALUES (%s, %s, %s)", asked)
        start = time.perf_counter()
        cursor.execute(
            "SELECT count(admission_gate(admission, community, kind, %s, %s, %s)::text) FROM asked",
            [body.pk, today, now],
        )
        took = (time.perf_counter() - start) * 1000 / len(asked)
    print(f"  the look-up alone: {took:.3f} ms (goal: 1 ms at most)")


def handed(body: Any, communities: list[int], chance: random.Random) -> None:
    """Rows written with the gate, and with its trigger switched off."""
    from django.db import connection, transaction
    from django.utils import timezone

    from liren.foundation.admission.models import Admission, Assignment
    from liren.foundation.admission.services import NotAdmitted, Task, hand_down
    from liren.foundation.kernel.rights import SystemActor

    on: dict[str, Any] = {"by": SystemActor("bench"), "at": timezone.now()}
    today, under = timezone.localdate(), Admission.objects.filter(work_type="task").order_by("pk")[0]

    def row() -> None:
        with transaction.atomic():
            Assignment.objects.create(
                admission=under, community_id=chance.choice(communities), work_type="task", sender=body, given_on=today,
                recorded_by="system:bench", recorded_at=on["at"], title_zh="事", state_at=on["at"], state_by="x",
            )  # fmt: skip
            transaction.set_rollback(True)

    def explained() -> float:
        """What the trigger takes of one row, by the server's own clock."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT, [under.pk, chance.choice(communities), body.pk, today, on["at"], on["at"]])
            found = cursor.fetchone()[0][0]["Triggers"]
            transaction.set_rollback(True)
        return next(float(one["Time"]) for one in found if one["Trigger Name"].endswith("passes_the_gate"))

    measured(explained, 50)
    told("the trigger in one row", sorted(explained() for _round in range(TIMES)))
    told("a row, gate included", measured(row, TIMES))

    def service(many: list[int], admission: int | None) -> None:
        tasks = [Task(pk, "事", "task", today, admission) for pk in many]
        with transaction.atomic():
            hand_down(tasks, sender_id=body.pk, **on)
            transaction.set_rollback(True)

    told("hand_down, one community", measured(lambda: service([chance.choice(communities)], under.pk), TIMES))
    told("hand_down, 500 communities in one file", measured(lambda: service(communities[:500], under.pk), 3))

    def refused() -> None:
        with contextlib.suppress(NotAdmitted):
            service([communities[0]], None)

    told("a refusal, kept and told", measured(refused, 50))


def searched(body: Any, communities: list[int], forms: int) -> None:
    """Questions that several forms ask or a register keeps, by the database and by the engine, the live check of one
    application, and what whoever dispatches is shown."""
    from django.utils import timezone

    from liren.foundation.admission import queries
    from liren.foundation.admission.engine.fields import repeated
    from liren.foundation.admission.services import Wish
    from liren.foundation.policy.queries import declared
    from liren.foundation.territory.models import Unit

    today = timezone.localdate()
    registers = {one.declaration.code: [field["name"]["zh"] for field in one.content["fields"]]
                 for one in declared("register")}  # fmt: skip
    what = f"repeated questions of {forms} forms and {len(registers)} registers"
    told(f"{what}, by the database", measured(lambda: queries.repeated_fields(today), 10))
    made = {n: [f"问题{(n * 7 + k) % 5000}" for k in range(13)] + ["姓名", "电话"] for n in range(forms)}
    told(f"{what}, by the engine", measured(lambda: repeated(made, registers), 10))
    wish = Wish(
        "form", "另一张报表", body.pk, "条例", 1, communities[:100], today, today + timedelta(days=90), 60,
        fields=["姓名", "手机", "收入", "住房"],
    )  # fmt: skip
    told("live check of an application for 100 communities", measured(lambda: queries.findings(wish, on=today), 10))
    there = list(Unit.objects.filter(pk__in=communities[:40]))
    told("what 40 communities have in hand", measured(lambda: queries.in_hand(there, today), 20))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, default=3000)
    parser.add_argument("--admissions", type=int, default=500)
    parser.add_argument("--forms", type=int, default=2000)
    options = parser.parse_args()
    chance = random.Random(1)  # noqa: S311  (which communities are asked)
    with scratch_database():
        body, communities = filled(options.communities, options.admissions, options.forms)
        lookup(body, communities, chance)
        handed(body, communities, chance)
        searched(body, communities, options.forms)


if __name__ == "__main__":
    main()
