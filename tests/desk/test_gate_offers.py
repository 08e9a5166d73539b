"""Whoever reads a page of the gate may do what it offers: no link, form or button of it is answered with a refusal."""

from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from liren.foundation.admission import services as gate
from liren.foundation.admission.queries import soonest_day
from liren.foundation.people.models import Account
from liren.journeys import admit
from tests import make
from tests.make import bodies, cases, gatepages
from tests.make.offers import offers

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.requirement("R348")]

ROOM = ("/gate/", "/desk/gate/")
#: Pages of the room that stand under a unit.
OF_UNITS = ("/inventory/", "/burden/", "/diary/", "/agreement/", "/lists/")
WHO = (
    "applicant", "colleague", "other_clerk", "secretary", "partial_secretary", "city", "street", "worker", "neighbour",
    "grid", "auditor", "resident", "stranger",
)  # fmt: skip


@pytest.fixture(scope="module")
def built_scene(django_db_setup, django_db_blocker):
    with make.standing(django_db_blocker, peopled) as made:
        yield made


def peopled():
    """The scene of the gate with applications at every step, a report at each, and everybody who meets them."""
    made = gatepages.scene()
    place, home = made.city, made.city.communities[0]
    other = bodies.body(place.district, "department", name_zh="临川区商务局")
    made.who = {
        "applicant": made.clerk,
        "colleague": cases.clerk(made.department, place.district),
        "other_clerk": cases.clerk(other, place.district),
        "secretary": made.secretary,
        "partial_secretary": cases.clerk(made.department, place.district, "district_admin"),
        "city": make.official("city_admin", place.city),
        "street": made.street,
        "worker": made.worker,
        "neighbour": make.official("community_worker", place.communities[1]),
        "grid": make.official("grid_worker", place.grid),
        "auditor": make.official("auditor", place.city),
        "resident": make.account(),
        "stranger": None,
    }
    made.applied = [applied(made, n, steps) for n, steps in enumerate((0, 1, 2, 3, 4))]
    ordered = gatepages.reported(home, made.department)
    gate.judge_outside(ordered.pk, move="order", answer="三日内撤回", by=made.secretary, at=timezone.now())
    gatepages.listed("assistance", place.district, "elders", "协助老年人能力评估登记")
    made.draft = gate.draft_list("negative", unit_id=place.district.pk, reason="更新", **gatepages.now()).pk
    waiting = gatepages.admitted(made.department, [place.communities[1]], title_zh="没有经费的协助事项")
    made.seeds = [
        "/desk/gate/", "/gate/", f"/desk/gate/applications/{made.applied[-1]}/", f"/gate/admitted/{waiting.pk}/",
        f"/gate/admitted/{made.admission.pk}/", f"/desk/gate/outside/{ordered.pk}/", f"/desk/gate/work/{made.work.pk}/",
        f"/desk/gate/outside/{made.report.pk}/", f"/desk/units/{home.code}/burden/",
        f"/desk/gate/agreements/{made.agreement.pk}/", f"/desk/gate/lists/{made.draft}/",
        *(f"/desk/gate/applications/{one}/" for one in made.applied),
    ]  # fmt: skip
    return made


def applied(made, number, steps):
    """An application that went so many steps; the fifth is admitted."""
    home, now = made.city.communities[0], timezone.now()
    first = soonest_day(made.city.district.pk, timezone.localdate())
    wish = gate.Wish(
        "task", f"入冬走访第{number}项", made.department.pk, "条例第一条", made.city.district.pk, [home.pk], first,
        first.replace(year=first.year + 1), 60,
    )  # fmt: skip
    clerk, secretary = Account.objects.get(pk=made.clerk.pk), Account.objects.get(pk=made.secretary.pk)
    one = admit.apply(wish, purpose="入冬前走访一次", by=clerk, at=now).application.pk
    step = {"by": secretary, "at": now}
    if steps > 0:
        admit.check(one, note="清单上没有", **step)
    if steps > 1:
        admit.open_hearing(one, **step)
        gate.hear(one, community_id=home.pk, stand="agrees", text="可以", by=made.worker, at=now)
    if steps > 2:
        admit.close_hearing(one, **step)
    if steps > 3:
        admit.decide(one, outcome="admitted", ground="一年一次", session="第三次联席会议", **step)
    return one


def of_room(path):
    return path.startswith(ROOM) or (path.startswith("/desk/units/") and path.endswith(OF_UNITS))


class Walk:
    """One reader from page to page of the room."""

    def __init__(self, client, typed):
        self.client, self.typed, self.wrong, self.pages, self.sent = client, typed, [], 0, 0

    def begin(self, seeds):
        seen, waiting = set(seeds), deque((url, "") for url in seeds)
        while waiting:
            url, page = waiting.popleft()
            answer = self.client.get(url)
            if page and answer.status_code not in (200, 302):
                self.wrong.append((page, "leads to", url, answer.status_code))
            if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
                continue
            self.pages += 1
            links, forms = offers(answer.content.decode())
            for form in forms:
                self.try_out(url, form)
            for link in links:
                at = urlsplit(urljoin(url, link))
                if of_room(at.path) and not at.query and at.path not in seen:
                    seen.add(at.path)
                    waiting.append((at.path, url))

    def try_out(self, url, form):
        """Send the form with each of its choices; what it does is undone."""
        if form.method != "post":
            return
        at = urljoin(url, form.action or url)
        for fields in form.filled():
            self.sent += 1
            with transaction.atomic():
                told = self.client.post(at, {**fields, **{k: v for k, v in self.typed.items() if k in fields}})
                transaction.set_rollback(True)
            if told.status_code in (401, 403, 404) or told.status_code >= 500:
                self.wrong.append((url, "sends", at, fields, told.status_code))


@pytest.mark.parametrize("who", WHO)
def test_nothing_that_a_page_of_the_gate_offers_is_refused_to_its_reader(built_scene, db, who):
    account, client = built_scene.who[who], Client()
    if account is not None:
        make.sign_in(client, Account.objects.get(pk=account.pk))
    home = built_scene.city.communities[0]
    department = str(built_scene.department.pk)
    typed = {"guide": department, "demanded_by": department, "code": "one_matter", "communities": home.code}
    walk = Walk(client, typed)
    walk.begin(built_scene.seeds)
    assert walk.wrong == []
    assert walk.pages >= 3
