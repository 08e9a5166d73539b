"""Operations on the tree from the desk: form, preview that changes nothing, confirmation (R024)."""

from datetime import date

import pytest

from liren.foundation.territory import services
from liren.foundation.territory.models import Descent, Unit, UnitChange, UnitSpan
from liren.front.desk import split_form
from tests import make

PAPER = {"effective_on": "2026-07-01", "instrument": "里府函〔2026〕1号", "reason": "便于管理"}


@pytest.fixture
def officer(city, as_official):
    return as_official("civil_affairs", city.city)


def counts():
    return (UnitChange.objects.count(), UnitSpan.objects.count(), Unit.objects.count(), Descent.objects.count())


def try_both(send, url, **fields):
    """Preview, look that nothing changed, go on with what the preview carries along; returns preview and answer."""
    before = counts()
    first = send(url, **PAPER, **fields, step="preview")
    assert (first.status_code, counts()) == (200, before), first.context["form"].errors
    carried = dict(first.context["carried"])
    return first.context["preview"], send(url, **carried, step="confirm")


@pytest.mark.requirement("R023", "R024")
def test_a_unit_is_created_below_another(city, officer, send):
    url = f"/desk/units/{city.communities[0].code}/create/"
    facts = {"level": "7", "kind": "grid", "character": "", "name_zh": "桂花井第九网格", "name_en": ""}
    preview, answer = try_both(send, url, code="990102001001-G009", **facts)
    assert [(span.code, span.parent_id) for span in preview.beginning] == [
        ("990102001001-G009", city.communities[0].pk)
    ]
    assert (preview.ending, answer.status_code) == ([], 303)
    assert Unit.objects.get(code="990102001001-G009").parent == city.communities[0]


@pytest.mark.requirement("R024")
def test_a_unit_is_renamed_and_the_preview_shows_both_names(city, officer, send):
    unit = city.communities[1]
    preview, answer = try_both(send, f"/desk/units/{unit.code}/rename/", name_zh="东门里社区", name_en="Dongmenli")
    assert [span.name_zh for span in preview.ending] == [unit.name_zh]
    assert [span.name_zh for span in preview.beginning] == ["东门里社区"]
    assert preview.ending[0].last_day.isoformat() == "2026-06-30"
    assert answer.status_code == 303
    assert UnitChange.objects.filter(unit=unit, op="rename").count() == 1


@pytest.mark.requirement("R024")
def test_a_unit_is_converted_under_another_code(city, officer, send):
    unit = city.communities[2]
    facts = {"kind": "village", "character": "rural", "code": "990102001019", "name_zh": unit.name_zh, "name_en": ""}
    _preview, answer = try_both(send, f"/desk/units/{unit.code}/convert/", **facts)
    assert answer.status_code == 303
    assert UnitSpan.objects.filter(unit=unit, kind="village", code="990102001019", character="rural").exists()


@pytest.mark.requirement("R023", "R024")
def test_a_unit_is_moved_to_another_parent_with_a_new_code(city, officer, send):
    unit = city.communities[3]
    facts = {"parent": city.other_street.code, "code": "990102002004"}
    preview, answer = try_both(send, f"/desk/units/{unit.code}/move/", **facts)
    assert [span.parent_id for span in preview.beginning] == [city.other_street.pk]
    assert answer.status_code == 303


@pytest.mark.requirement("R024")
def test_units_are_merged_into_a_new_one_and_the_preview_shares_out_the_people(city, officer, send):
    one, two = city.communities[4:6]
    facts = {"others": two.name_zh, "becomes": "new", "code": "990102001029", "name_zh": "新仁社区", "name_en": ""}
    preview, answer = try_both(send, f"/desk/units/{one.code}/merge/", **facts, kind="community")
    assert [(share.source, share.target.name_zh, share.percent) for share in preview.shares] == [
        (one, "新仁社区", 100.0),
        (two, "新仁社区", 100.0),
    ]
    assert (answer.status_code, Descent.objects.filter(target__name_zh="新仁社区").count()) == (303, 2)


@pytest.mark.requirement("R024")
def test_a_unit_takes_another_in(city, officer, send):
    one, two = city.communities[4:6]
    facts = {"others": two.code, "becomes": "old", "code": "", "name_zh": "", "name_en": "", "kind": ""}
    preview, answer = try_both(send, f"/desk/units/{one.code}/merge/", **facts)
    assert [(share.source, share.target) for share in preview.shares] == [(two, one)]
    assert answer.status_code == 303


@pytest.mark.requirement("R024")
def test_a_unit_is_split_with_shares_and_each_child_is_given_to_a_part(city, officer, send):
    unit, below = city.communities[0], [city.compound, city.grid]
    url = f"/desk/units/{unit.code}/split/"
    facts = {"parts": "990102001038，东井社区，40\n990102001039,西井社区,60%", "keep_percent": ""}
    asked = send(url, **PAPER, **facts, step="preview")
    assert (asked.status_code, asked.context["preview"], asked.context["form"].errors) == (200, None, {})
    parts = ["", "990102001038", "990102001039"]
    assert [[value for value, _words in field.field.choices] for field in asked.context["form"].goes] == [parts, parts]
    goes = {f"goes-{child.pk}": "990102001038" for child in below}
    preview, answer = try_both(send, url, **facts, **goes)
    assert [(share.target.name_zh, share.percent) for share in preview.shares] == [
        ("东井社区", 40.0),
        ("西井社区", 60.0),
    ]
    assert answer.status_code == 303
    east = Unit.objects.get(code="990102001038")
    assert UnitSpan.objects.filter(parent=east, during__upper_inf=True).count() == len(below)


def test_every_unit_below_needs_its_part_and_a_part_that_was_taken_back_is_refused(city, officer, send):
    before, url = counts(), f"/desk/units/{city.communities[0].code}/split/"
    facts = {"parts": "990102001038,东井社区,40", "stays": "on", "keep_percent": "60"}
    grid, compound = f"goes-{city.grid.pk}", f"goes-{city.compound.pk}"
    half = send(url, **PAPER, **facts, **{grid: "990102001038"}, step="preview")
    assert (half.status_code, list(half.context["form"].errors)) == (422, [compound])
    for wrong in ("990102001039", "x" * 5000, "\ud800"):
        reply = send(url, **PAPER, **facts, **{grid: "990102001038", compound: wrong.encode(errors="replace").decode()})
        assert (reply.status_code, list(reply.context["form"].errors)) == (422, [compound])
    taken_back = facts | {"stays": ""}
    reply = send(url, **PAPER, **taken_back, **{grid: "990102001038", compound: city.communities[0].code})
    assert list(reply.context["form"].errors) == [compound]
    unread = send(url, **PAPER, **(facts | {"parts": "990102001038"}), **{grid: "990102001038", compound: ""})
    assert unread.context["form"].first_has_errors
    assert counts() == before


def test_the_units_below_are_those_of_the_day_of_the_split(city, officer, send):
    later = {"effective_on": date(2026, 3, 1), "parent_id": city.communities[2].pk, "code": "990102001003-G001"}
    services.move_unit(city.grid.pk, **(make.portal.FACTS | later))
    url = f"/desk/units/{city.communities[0].code}/split/"
    parts = {"parts": "990102001038,东井社区,40\n990102001039,西井社区,60"}
    names = {}
    for day in ("2026-02-01", "2026-07-01"):
        form = send(url, **(PAPER | {"effective_on": day}), **parts, step="preview").context["form"]
        names[day] = [field.name for field in form.goes]
    assert names["2026-07-01"] == [f"goes-{city.compound.pk}"]
    assert set(names["2026-02-01"]) == {f"goes-{city.compound.pk}", f"goes-{city.grid.pk}"}


@pytest.mark.parametrize(
    "children", ["990102001002, 990102001038", "990102001001-G001, 1", "990102001001-G001, 990102001038"]
)
def test_a_unit_with_very_many_below_gives_them_out_by_lines(children, city, officer, send, monkeypatch):
    monkeypatch.setattr(split_form, "MOST_CHOICES", 1)
    url = f"/desk/units/{city.communities[0].code}/split/"
    facts = {"parts": "990102001038,甲社区,40\n990102001039,乙社区,60"}
    assert send(url, **PAPER, **facts, children=children, step="preview").status_code == 422
    lines = "\n".join(f"{child.code}，990102001038" for child in (city.compound, city.grid))
    _preview, answer = try_both(send, url, **facts, children=lines)
    assert answer.status_code == 303


@pytest.mark.requirement("R024")
def test_a_part_can_stay_with_the_unit_that_is_split(city, officer, send):
    unit = city.communities[1]
    facts = {"parts": "990102001048,门里社区,25", "stays": "on", "keep_percent": "75", "children": ""}
    preview, answer = try_both(send, f"/desk/units/{unit.code}/split/", **facts)
    assert [(share.target.name_zh, share.percent) for share in preview.shares] == [
        ("门里社区", 25.0),
        (unit.name_zh, 75.0),
    ]
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "fields", "field"),
    [
        ("rename", {"name_zh": ""}, "name_zh"),
        ("rename", {"name_zh": "甲" * 101}, "name_zh"),
        ("rename", {"name_zh": "乙社区", "effective_on": "9999-12-31"}, "effective_on"),
        ("rename", {"name_zh": "乙社区", "instrument": ""}, "instrument"),
        ("rename", {"name_zh": "桂花井社区"}, "__all__"),
        ("create", {"level": "2", "kind": "city", "code": "1", "name_zh": "甲"}, "level"),
        ("move", {"parent": "999999999999"}, "parent"),
        ("move", {"parent": "990102001001"}, "__all__"),
        ("merge", {"others": "", "becomes": "old"}, "others"),
        ("merge", {"others": "990102001001", "becomes": "old"}, "others"),
        ("merge", {"others": "990102001002\n东门外社区", "becomes": "old"}, "others"),
        ("merge", {"others": "990102001002", "becomes": "new"}, "code"),
        ("split", {"parts": "x"}, "parts"),
        ("split", {"parts": "990102001038,甲社区,NaN"}, "parts"),
        ("split", {"parts": "990102001038,甲社区,40\n990102001038,乙社区,60"}, "parts"),
        ("abolish", {}, "__all__"),
    ],
)
def test_what_can_not_be_is_said_on_the_form_and_changes_nothing(name, fields, field, city, officer, send):
    before = counts()
    url = f"/desk/units/{city.communities[0].code}/{name}/"
    for step in ("preview", "confirm"):
        reply = send(url, **(PAPER | fields | {"step": step}))
        assert reply.status_code == 422
        assert field in reply.context["form"].errors
    assert counts() == before


def test_shares_that_do_not_sum_to_all_the_people_are_refused(city, officer, send):
    facts = {"parts": "990102001038,甲社区,40\n990102001039,乙社区,50", "step": "preview"}
    reply = send(f"/desk/units/{city.communities[1].code}/split/", **PAPER, **facts)
    assert (reply.status_code, list(reply.context["form"].errors)) == (422, ["__all__"])


def test_the_clerk_can_go_back_to_the_form_with_everything_filled_in(city, officer, send):
    url = f"/desk/units/{city.communities[0].code}/rename/"
    reply = send(url, **PAPER, name_zh="甲社区", name_en="", step="edit")
    assert (reply.status_code, reply.context["preview"], reply.context["form"]["name_zh"].value()) == (
        200,
        None,
        "甲社区",
    )


@pytest.mark.requirement("R024")
def test_a_street_is_dissolved_and_its_communities_answer_to_the_district(city, officer, send):
    _preview, answer = try_both(send, f"/desk/units/{city.street.code}/dissolve/")
    assert answer.status_code == 303
    parents = UnitSpan.objects.filter(unit__in=city.communities, during__upper_inf=True).values_list(
        "parent", flat=True
    )
    assert set(parents) == {city.district.pk}


def test_nobody_decides_on_the_unit_of_their_own_mandate(city, as_official, client, send):
    as_official("civil_affairs", city.district)
    assert client.get(f"/desk/units/{city.district.code}/rename/").status_code == 403
    assert client.get(f"/desk/units/{city.street.code}/rename/").status_code == 200
    outside = make.portal.unit(3, "990103000000", "district", "远郊区", city.city)
    move = PAPER | {"parent": outside.code, "code": "990103001000", "step": "confirm"}
    assert send(f"/desk/units/{city.street.code}/move/", **move).status_code == 403


def test_the_card_of_a_unit_offers_exactly_what_the_actor_may_do(city, as_official, client):
    as_official("community_worker", city.communities[0])
    offered = [url.split("/")[-2] for url, _words in client.get(f"/desk/units/{city.grid.code}/").context["operations"]]
    assert offered == ["found-body", "ties", "grid", "service-contact", "subjects"]
    compound = client.get(f"/desk/units/{city.compound.code}/").context["operations"]
    offered = [url.split("/")[-2] for url, _words in compound]
    assert offered == ["found-body", "ties", "service-contact", "subjects", "occupancy", "management", "propose"]
    assert client.get(f"/desk/units/{city.communities[1].code}/").context["operations"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_card_of_a_unit_costs_the_same_whatever_stands_below(
    number, city, officer, client, django_assert_num_queries
):
    for index in range(number):
        make.portal.unit(7, f"990102001002-G00{index + 1}", "grid", f"东门外第{index}网格", city.communities[1])
    url = f"/desk/units/{city.communities[1].code}/"
    assert len(client.get(url).context["page"]) == number
    with django_assert_num_queries(10):
        client.get(url)
