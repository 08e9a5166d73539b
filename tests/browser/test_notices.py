"""On a telephone a resident chooses a topic, reads its notice and ends it in one step (R061)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from liren.service.cases.models import ChosenTopic
from tests import make
from tests.browser import walk
from tests.make import notices

pytestmark = pytest.mark.requirement("R060", "R061")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_chooses_a_topic_and_ends_it_in_one_step(site: walk.Site, resident: str, scripts: bool) -> None:
    make.roles()
    notices.declared()
    community = site.city.communities[0]
    worker, now = make.official("community_worker", community), timezone.now()
    notices.published(community, worker, at=now)
    notices.published(community, worker, at=now, topic="health", headline="免费义诊")
    look = site.look(session=resident, scripts=scripts)
    page = look.open("/")
    page.get_by_role("link", name="通知公告").click()
    page.get_by_role("heading", name="免费义诊").wait_for()
    page.get_by_role("link", name="选主题").click()
    page.get_by_role("heading", name="我的通知").wait_for()
    page.get_by_label("哪个社区").fill("桂花井社区")
    page.get_by_label("停水停电停气").check()
    page.get_by_role("button", name="订阅").click()
    page.get_by_role("heading", name="周六停水").wait_for()
    assert page.get_by_role("heading", name="免费义诊").count() == 0
    assert page.get_by_text("因为您选了桂花井社区的“停水停电停气”").is_visible()
    assert ChosenTopic.objects.get().category == "outage"
    if scripts:
        assert [*look.axe(), *look.layout(), *look.heard] == []
        page.get_by_role("link", name="周六停水").click()
        page.get_by_role("heading", name="周六停水", level=1).wait_for()
        assert page.get_by_text("管网检修，请提前储水。").is_visible()
        assert [*look.axe(), *look.layout(), *look.heard] == []
        page.go_back()
    page.get_by_role("button", name="不再接收").click()  # the one step
    page.get_by_text("已退订").wait_for()
    assert not ChosenTopic.objects.exists()
    assert page.get_by_role("heading", name="周六停水").count() == 0
