"""The gate in a real browser: a clerk applies, the joint meeting decides, the committee answers, a resident reads."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from liren.foundation.admission.models import Admission, Application, Assignment
from liren.foundation.admission.queries import soonest_day
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import gatepages


def seen(look: walk.Look) -> list[str]:
    """What axe, the layout and the console have to say of the page that is open."""
    return [*look.axe(), *look.layout(), *look.heard]


def at_desk(site: walk.Site, account: Any, **options: Any) -> walk.Look:
    make.second_factor(account)
    return site.look(session=session_of(account, "password", "mfa"), **options)


@pytest.mark.requirement("R348", "R352")
def test_nothing_reaches_a_community_but_through_the_gate(site: walk.Site) -> None:
    scene = gatepages.scene(city=site.city)
    home, first = site.city.communities[0], soonest_day(site.city.district.pk, timezone.localdate())
    clerk = at_desk(site, scene.clerk, width=walk.DESKTOP)
    page = clerk.open("/desk/gate/apply/")
    assert seen(clerk) == []
    page.select_option("[name=work_type]", "task")
    page.fill("[name=title_zh]", "招商引资任务分解")
    page.locator("[name=basis]").focus()
    page.locator("#found .note--bad").wait_for()
    assert seen(clerk) == []
    page.fill("[name=title_zh]", "协助居家养老摸底")
    for name, value in {
        "basis": "老年法第四条", "purpose": "每季度核对一次名单", "communities": home.code, "first": first.isoformat(),
        "last": (first + timedelta(days=200)).isoformat(), "minutes_a_month": "120",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.locator("[name=title_en]").focus()
    page.locator("#found .note--good").wait_for()
    page.locator("#apply .actions button").first.click()
    page.get_by_role("status").wait_for()
    row = Application.objects.get(title_zh="协助居家养老摸底")

    decided(site, scene, row)
    under = Admission.objects.get(application=row)
    page = clerk.open(f"/desk/gate/admissions/{under.pk}/hand/")
    assert seen(clerk) == []
    page.fill("[name=title_zh]", "核对名单")
    page.fill("[name=given_on]", under.during.lower.isoformat())
    page.locator("main form button").click()
    page.get_by_role("status").wait_for()
    answered(site, scene)

    resident = site.look(width=walk.PHONE)
    page = resident.open(f"/gate/admitted/?all=1&unit={home.code}")
    page.get_by_role("link", name="协助居家养老摸底").click()
    page.get_by_text("每季度一次可以").first.wait_for()
    assert seen(resident) == []


def decided(site: walk.Site, scene: gatepages.Scene, row: Application) -> None:
    """Checked, heard on the telephone of the committee, admitted; without scripts for the secretary."""
    url = f"/desk/gate/applications/{row.pk}/"
    secretary = at_desk(site, scene.secretary, scripts=False)
    worker = at_desk(site, scene.worker, width=walk.PHONE)
    page = secretary.open("/desk/gate/meeting/")
    page.get_by_role("link", name="协助居家养老摸底").click()
    page = secretary.open(f"{url}next/")
    page.fill("[name=note]", "清单上没有")
    page.locator("main form button").click()
    secretary.open(f"{url}next/").locator("main form button").click()
    page = worker.open(f"{url}hear/")
    assert seen(worker) == []
    page.locator("input[value=conditions]").check()
    page.fill("[name=text]", "每季度一次可以，再多做不了")
    page.locator("main form button").click()
    page.get_by_role("status").wait_for()
    assert seen(worker) == []
    secretary.open(f"{url}next/").locator("main form button").click()
    page = secretary.open(f"{url}decide/")
    page.locator("input[value=admitted]").check()
    page.fill("[name=session]", "第二次联席会议")
    page.fill("[name=ground]", "每季度一次")
    page.locator("main form button").click()
    assert Application.objects.get(pk=row.pk).outcome == "admitted"


def answered(site: walk.Site, scene: gatepages.Scene) -> None:
    """The committee takes what was admitted, and refuses what is on the negative list: one press each."""
    worker = at_desk(site, scene.worker, width=walk.PHONE)
    page = worker.open("/desk/gate/asked/")
    assert seen(worker) == []
    page.get_by_role("button", name="核对名单").click()
    page.get_by_role("status").wait_for()
    assert Assignment.objects.get(title_zh="核对名单").state == "accepted"
    page.get_by_role("button", name="入户核查宠物数量").last.click()
    page.get_by_role("status").wait_for()
    assert Assignment.objects.get(pk=scene.banned.pk).state == "refused"
    worker.open(f"/desk/units/{site.city.communities[0].code}/burden/")
    assert seen(worker) == []
