"""From a file of OpenStreetMap to a printed list of gaps and a certified proposal of sites: five clicks, counted."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import osmium
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.development.lifecircle import services
from liren.development.lifecircle.models import Proposal, Run, StreetNetwork
from liren.front.desk.lifecircle import sites, taking
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import lifecircle as build


def extract(path: Path) -> Path:
    """The streets of the town as an extract of OpenStreetMap, with one street more than is on the record."""
    net = build.streets(width=21)
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(zip(net.lon.tolist(), net.lat.tolist(), strict=True), 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1))
        for number, ends in enumerate(zip(net.a.tolist(), net.b.tolist(), strict=True), 1):
            nodes = [one + 1 for one in ends]
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags={"highway": "residential"}, version=1))
    return path


def worked(name: str, how: Callable[..., Any]) -> None:
    """What the worker does with the newest job of a name."""
    job = ProcrastinateJob.objects.filter(task_name=name).order_by("-id").first()
    assert job is not None, name
    how(**job.args)


def test_five_clicks_from_an_extract_to_a_printed_list_and_a_certificate(site: walk.Site) -> None:
    make.roles()
    quarter = build.quarter()
    planner = make.official("planner", quarter.city)
    make.second_factor(planner)
    look = site.look(width=walk.DESKTOP, session=session_of(planner, "password", "mfa"))
    clicked: list[str] = []

    def click(role: str, name: str) -> None:
        page.get_by_role(role, name=name, exact=True).click(timeout=20_000)  # the page notices by itself
        clicked.append(name)

    with tempfile.TemporaryDirectory() as folder:
        table = build.table(Path(folder) / "places.csv", build.TOWN_PLACES)
        services.import_places(table, city=quarter.city, by=build.SYSTEM, at=build.NOW)
        page = look.open(f"/desk/life-circle/{quarter.city.code}/networks/")
        assert seen(look) == []
        with page.expect_file_chooser() as chooser:
            page.get_by_label("路网文件").click()
        chooser.value.set_files(extract(Path(folder) / "本市.osm.pbf"))
        clicked.append("路网文件")
        click("button", "上传路网")
        page.locator("#progress").wait_for()
    worked("desk.take_circle_file", taking.take_file.func)
    page.get_by_text("已经入库").wait_for(timeout=20_000)
    worked("lifecircle.run", lambda run_id: services.perform(run_id, by=build.SYSTEM))
    assert (StreetNetwork.objects.count(), Run.objects.get().network.version) == (2, 2)
    page.get_by_role("link", name="看缺口").wait_for(timeout=20_000)
    assert seen(look) == []
    click("link", "看缺口")
    click("link", "打印清单")
    page.locator(".is-sheet table").first.wait_for()
    assert quarter.compounds[1].name_zh in page.locator("table").first.inner_text()
    assert page.pdf().startswith(b"%PDF")
    assert seen(look) == []
    click("button", "找三处最好的地点")
    page.get_by_text("正在计算").wait_for()
    worked("desk.choose_sites", sites.choose_sites.func)
    page.locator(".certificate").wait_for(timeout=20_000)
    proposal = Proposal.objects.get()
    assert proposal.people_before < proposal.people_after <= proposal.upper_bound
    assert len(clicked) == 5


def seen(look: walk.Look) -> list[str]:
    """What axe, the layout and the console have to say of the page that is open."""
    return [*look.axe(), *look.layout(), *look.heard]
