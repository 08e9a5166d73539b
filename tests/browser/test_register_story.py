"""A worker enters something on the map, sees it in the list, and brings in a table, in a real browser."""

from typing import Any

import pytest

from liren.foundation.registers.models import Entry
from tests import make
from tests.browser import walk
from tests.browser.conftest import session_of
from tests.make import registers

ROOMS = "/desk/registers/reading_room/"


def keeper(site: walk.Site) -> str:
    person = make.official("community_worker", site.city.communities[0], display_name="何工")
    make.second_factor(person)
    return session_of(person, "password", "mfa")


@pytest.mark.requirement("R088")
def test_an_entry_is_entered_with_a_click_on_the_map_and_stands_in_the_list(site: walk.Site) -> None:
    registers.declared(place="required")
    look = site.look(session=keeper(site), width=walk.DESKTOP)
    page = look.open(f"/en{ROOMS}add/")
    page.locator("[data-place][data-drawn]").wait_for()
    page.get_by_label("Name", exact=True).fill("桂花井书屋")
    page.get_by_label("Area").fill("很大")
    page.locator("[data-place] canvas").click()
    lon, lat = (float(page.locator(f"[name={name}]").input_value()) for name in ("lon", "lat"))
    assert (104.0 < lon < 104.01, 30.0 < lat < 30.01) == (True, True)  # the middle of the community's square
    page.locator(".maplibregl-marker").wait_for()
    page.get_by_role("button", name="Enter", exact=True).click()

    page.get_by_text("Nothing has been recorded yet").wait_for()  # the area is no number: said beside the field
    assert page.locator(".field--error").count() == 1
    assert page.get_by_label("Name", exact=True).input_value() == "桂花井书屋"
    assert [*look.axe(), *look.layout(), *look.heard] == []
    page.get_by_label("Area").fill("120")
    page.get_by_role("button", name="Enter", exact=True).click()
    page.get_by_role("status").wait_for()
    entry = Entry.objects.get(name_zh="桂花井书屋")
    assert (entry.values["area"], round(entry.lon - lon, 6), round(entry.lat - lat, 6)) == (120, 0, 0)
    assert page.goto(f"{site.url}/en{ROOMS}").status == 200
    page.get_by_role("link", name="桂花井书屋", exact=True).wait_for()


def test_an_entry_is_entered_without_scripts(site: walk.Site) -> None:
    registers.declared(place="required")
    look = site.look(session=keeper(site), scripts=False)
    page = look.open(f"/en{ROOMS}add/")
    for label, value in (("Name", "桂花井书屋"), ("Longitude", "104.005"), ("Latitude", "30.005")):
        page.locator(f"label:text-matches('^{label}') + * input, label:text-matches('^{label}') + input").first.fill(
            value
        )
    page.locator("input[name=open_daily][value=true]").check()
    page.get_by_role("button", name="Enter", exact=True).click()
    assert Entry.objects.get(name_zh="桂花井书屋").values == {"open_daily": True}


def test_a_table_is_checked_mended_and_imported(site: walk.Site, tmp_path: Any) -> None:
    registers.declared()
    code, file = site.city.communities[0].code, tmp_path / "rooms.csv"
    look = site.look(session=keeper(site), width=walk.DESKTOP)
    for area, heading in (("很大", "1 fault: nothing of the file is imported"), ("80", "Nothing has been written yet")):
        registers.csv_file(file, "名称,单元代码,面积", f"甲书屋,{code},40", f"乙书屋,{code},{area}")
        page = look.open(f"/en{ROOMS}import/")
        page.get_by_label("File", exact=True).set_input_files(file)
        page.get_by_role("button", name="Check the file").click()
        page.get_by_text(heading).wait_for()
        assert [*look.axe(), *look.layout(), *look.heard] == []
        look.resize(walk.PHONE)
        assert [*look.axe(), *look.layout()] == []
        look.resize(walk.DESKTOP)
    page.get_by_role("button", name="Import it").click()
    page.get_by_text("Imported: 2 new").wait_for()
    assert Entry.objects.filter(name_zh__in=["甲书屋", "乙书屋"], unit__code=code).count() == 2
