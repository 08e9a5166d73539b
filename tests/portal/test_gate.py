"""The gate as everybody reads it: lists with their reasons, who asked for what, cuts, certificates and other ways."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liren.foundation.admission import services
from liren.foundation.admission.queries import places
from liren.foundation.territory.models import Unit
from tests import make
from tests.make import gatepages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built_scene(built_city, django_db_blocker):
    with make.standing(django_db_blocker, lambda: gatepages.scene(gatepages.CHANGZHOU, built_city)) as made:
        yield made


@pytest.fixture
def scene(built_scene, db):
    return built_scene


def read(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.requirement("R349", "R350")
def test_each_list_shows_its_matters_with_ground_version_and_reason(scene, client):
    page = read(client, "/gate/")
    for kind in ("self_government", "assistance", "negative", "duties", "assisting"):
        assert f"/gate/lists/{kind}/" in page
        read(client, f"/gate/lists/{kind}/")
    page = read(client, "/gate/lists/negative/")
    for said in ("入户核查与社区无关的信息", "条例第四十五条", "与社区职责无关", "2026年4月1日", "第1版"):
        assert said in page
    read(client, "/gate/lists/wishes/", 404)
    read(client, "/gate/lists/negative/?unit=x", 422)


@pytest.mark.requirement("R348")
def test_everybody_reads_who_asked_for_what_until_when(scene, client):
    home, other = scene.city.communities[:2]
    page = read(client, f"/gate/admitted/?unit={home.code}")
    for said in ("协助老年人能力评估", "临川区民政局", "老年法第四条", "2027年12月31日"):
        assert said in page
    assert "协助老年人能力评估" not in read(client, f"/gate/admitted/?unit={other.code}")
    page = read(client, f"/gate/admitted/{scene.admission.pk}/")
    for said in ("第一次联席会议", "¥20,000", "提供场地"):
        assert said in page
    assert f"/gate/admitted/?unit={home.code}" in read(client, f"/units/{home.code}/")
    read(client, "/gate/admitted/999999999/", 404)


@pytest.mark.requirement("R355", "R356", "R357", "R358", "R359")
def test_cuts_of_an_inventory_of_the_size_of_changzhou_are_those_that_it_published(scene, client):
    answer = client.get("/gate/cuts/")
    assert {one.stock: (one.gone, one.percent) for one in answer.context["cuts"]} == {
        "organisation": (21, 57), "venue": (23, 85), "task": (23, 23), "system": (12, 44), "stamp": (60, 75),
    }  # fmt: skip
    page = answer.content.decode()
    assert 'data-table="cuts"' in page
    assert "57%" in page


@pytest.mark.requirement("R359")
def test_whoever_needs_a_cancelled_certificate_is_shown_the_other_way(scene, client):
    page = read(client, "/gate/certificates/?q=stamp第3项")
    assert "凭身份证到便民中心办理" in page
    part = client.get("/gate/certificates/?q=stamp第80项", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "凭身份证到便民中心办理" not in part
    assert "没有含" in read(client, "/gate/certificates/?q=zzz")


@pytest.mark.requirement("R353")
def test_what_the_gate_refused_is_public_and_names_bodies_only(scene, client):
    task = services.Task(scene.city.communities[1].pk, "没有准入的检查", "inspection", timezone.localdate())
    with pytest.raises(services.NotAdmitted):
        services.hand_down([task], sender_id=scene.department.pk, **gatepages.now())
    page = read(client, "/gate/refused/")
    assert "没有准入的检查" in page
    assert "临川区民政局" in page
    assert scene.clerk.display_name not in page


def test_many_communities_stand_by_street_fold_and_are_searched_without_a_script(scene, client, monkeypatch):
    there = scene.city.communities
    under = gatepages.admitted(scene.department, there, title_zh="社区很多的一件事")
    address = f"/gate/admitted/{under.pk}/"
    assert "<details" not in read(client, address)  # few are named as they are
    monkeypatch.setattr(places, "FEW", 1)
    monkeypatch.setattr(places, "OF_ONE", 1)
    page = read(client, address)
    streets = {one.parent for one in there}
    assert (page.count("<details"), f"{len(there)}个社区" in page) == (len(streets), True)
    assert sum(page.count(f"/units/{one.code}/") for one in there) == len(streets)
    for typed in (there[1].name_zh, there[1].code):
        found = client.get(address, {"q": typed})
        assert (found.context["concerned"].found, found.context["concerned"].few) == (1, [there[1]])
        assert "<details open" in found.content.decode()
    assert client.get(address, {"q": "没有这个"}).context["concerned"].streets == []
    assert client.get(address, {"q": "长" * 41}).context["concerned"].found == len(there)
    monkeypatch.setattr(places, "STREETS", 0)
    assert client.get(address).context["concerned"].more == len(there)
    with CaptureQueriesContext(connection) as asked:
        places.by_street(Unit.objects.filter(pk__in=[one.pk for one in there]), "社区")
    assert len(asked) <= 5


def test_pages_cost_the_same_however_much_is_on_them(scene, client):
    for path, most in (("/gate/", 24), ("/gate/admitted/", 16), ("/gate/cuts/", 24), ("/gate/lists/negative/", 18)):
        with CaptureQueriesContext(connection) as asked:
            read(client, path)
        assert len(asked) <= most, (path, len(asked))
