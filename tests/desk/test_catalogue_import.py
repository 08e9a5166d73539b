"""A large table of the dispatch catalogue: tried and brought in by the worker, while its page says how far it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.front.desk.cases import catalogue
from liren.front.desk.jobs import take_table
from liren.service.cases.models import DispatchRule
from tests import make
from tests.desk.test_cases import built_scene, on, page, post, read, scene  # noqa: F401
from tests.desk.test_cases_intake import keeper  # noqa: F401  (fixtures)

HEAD = "type,category,unit,body,ground,since,until\n"
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R072")]


@pytest.fixture(autouse=True)
def all_is_large(monkeypatch):
    monkeypatch.setattr(catalogue, "AT_ONCE", 50)


def work():
    """What the worker does; how many jobs waited."""
    waiting = list(ProcrastinateJob.objects.filter(status="todo", task_name="desk.take_table").order_by("id"))
    for one in waiting:
        take_table.func(**one.args)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")
    return len(waiting)


def sent(client, keeper, content):  # noqa: F811
    upload = SimpleUploadedFile("目录.csv", content.encode())
    answer = post(client, keeper, "/desk/catalogue/import/", file=upload)
    assert answer.status_code == 303
    return answer["Location"]


def rule(scene):  # noqa: F811
    return f"request,lamp,{scene.city.district.code},临川区市政所,职责清单,2026-01-01,\n"


def test_it_waits_is_tried_waits_again_and_is_brought_in(scene, on, keeper):  # noqa: F811
    client = on(keeper)
    where = sent(client, keeper, HEAD + rule(scene))
    waits = client.get(where)
    assert (waits.status_code, waits.context["stage"], DispatchRule.objects.count()) == (200, "", 0)
    assert work() == 1
    seen = client.get(where)
    assert (seen.context["report"].new, seen.context["moved"], DispatchRule.objects.count()) == (1, [], 0)
    assert post(client, keeper, where)["Location"] == where
    assert client.get(where).context["stage"] == ""
    assert (DispatchRule.objects.count(), work(), DispatchRule.objects.count()) == (0, 1, 1)
    done = read(client, where)
    assert "已导入：新增 1 条" in done
    assert (post(client, keeper, where).status_code, work(), DispatchRule.objects.count()) == (200, 0, 1)
    page(on(make.official("district_admin", scene.city.district)), where, 404)  # another keeper


def test_what_is_wrong_with_it_is_told_on_its_page(scene, on, keeper, monkeypatch):  # noqa: F811
    client = on(keeper)
    where = sent(client, keeper, HEAD + rule(scene) + "request,lamp,nowhere,x,职责清单,2026-01-01,\n")
    work()
    assert [one.line for one in client.get(where).context["shown"]] == [3]
    assert post(client, keeper, where).status_code == 409
    where = sent(client, keeper, "name,unit\n" + "书屋,990102\n" * 9)
    work()
    shown = client.get(where)
    assert shown.context["checked"].refusal
    assert shown.context["checked"].refusal in shown.content.decode()
    assert not DispatchRule.objects.exists()
