"""What is sent twice, too late, or from an old page: one effect, and an answer that says how it stands now."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liren.service.cases.models import Case, CaseEvent, CaseFollower, Rating
from liren.service.cases.services import key_of
from tests import make
from tests.make import cases
from tests.portal.reading import plain
from tests.portal.test_cases import Scene, answered_now, built_scene, form, make_now, scene  # noqa: F401  # the scene is a fixture


def in_browser(case: Case) -> Client:
    """Another browser that holds the same receipt."""
    client = Client()
    client.get(reverse("case-receipt", args=[case.number, key_of(case)]))
    return client


def judge(client: Client, case: Case, seen: int, **said: Any) -> Any:
    facts = {"solved": "yes", "satisfied": "yes", **said}
    return client.post(f"/cases/{case.number}/verdict/", make.form(None, seen=seen, **facts))


def test_a_verdict_from_two_browsers_counts_once(client: Client, scene: Scene) -> None:  # noqa: F811
    case = answered_now(client, scene)
    other = in_browser(case)
    answers = [judge(client, case, case.revision), judge(other, case, case.revision, satisfied="no")]
    assert [one.status_code for one in answers] == [303, 404]
    assert "已办结" in plain(other.get(f"/cases/{case.number}/"))
    assert Rating.objects.get(case=case).satisfied is True
    assert CaseEvent.objects.filter(case=case, move="confirm").count() == 1


def test_an_old_page_judges_nothing_after_it_was_taken_up_again(client: Client, scene: Scene) -> None:  # noqa: F811
    case = answered_now(client, scene)
    old = case.revision
    assert judge(client, case, old, solved="no", then="again", note="还是不亮").status_code == 303
    cases.moved(case, "answer", by=scene.clerk, at=make_now(), note="又换了一盏", values={"done": "换灯"})
    late = judge(client, case, old)
    assert late.status_code == 409
    assert "请重新打开，查看现在的状态" in plain(late)
    assert not Rating.objects.exists()


def test_a_word_after_the_window_is_refused_with_where_it_stands(client: Client, scene: Scene) -> None:  # noqa: F811
    case = answered_now(client, scene)
    cases.moved(case, "lapse", by=cases.SYSTEM, at=make_now())
    assert judge(client, case, case.revision).status_code in {404, 409}
    assert "已办结" in plain(client.get(f"/cases/{case.number}/"))
    agent = make.official("phone_agent", scene.city.district)
    phone = Client()
    make.sign_in(phone, agent)
    facts = {"solved": "yes", "satisfied": "yes", "note": "", "seen": case.revision}
    answer = phone.post(f"/desk/phone/{case.number}/", make.form(agent, **facts))
    assert answer.status_code in {404, 409, 422}
    assert not Rating.objects.exists()


def test_whoever_joins_twice_is_counted_once(client: Client, scene: Scene) -> None:  # noqa: F811
    case, neighbour = cases.reported(scene.unit), make.account()
    make.sign_in(client, neighbour)
    url = reverse("case-follow", args=[case.number])
    for leave, count in (("", 1), ("", 1), ("1", 0), ("1", 0)):
        assert client.post(url, make.form(neighbour, leave=leave)).status_code == 303, url
        case.refresh_from_db()
        assert (case.followers, CaseFollower.objects.filter(case=case).count()) == (count, count)


@pytest.mark.parametrize("first", [True, False])
def test_a_form_of_one_account_is_nothing_for_another(client: Client, scene: Scene, first: bool) -> None:  # noqa: F811
    """Whoever gets hold of a form that was sent learns neither number nor key, and nothing is taken in twice."""
    sent, one, other = form(client_key=str(uuid.uuid4())), make.account(), make.account()
    if first:
        make.sign_in(client, one)
    taken = client.post("/report/request/", make.form(one if first else None, **sent))
    thief = Client()
    make.sign_in(thief, other)
    second = thief.post("/report/request/", make.form(other, **sent))
    number = Case.objects.get().number
    assert (taken.status_code, second.status_code) == (303, 409)
    assert number not in plain(second)
    assert thief.get(taken["Location"]).status_code == 404
