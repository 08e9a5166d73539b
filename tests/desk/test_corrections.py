"""A wrong entry put right from the desk: the right one counts, the wrong one stays to be read (R024)."""

from datetime import date

import pytest

from liren.foundation.territory import services
from liren.foundation.territory.models import Unit, UnitChange, UnitSpan
from tests import make

WHY = {"instrument": "更正单〔2026〕3号", "reason": "录入时看错一行"}


@pytest.fixture
def officer(city, as_official):
    return as_official("civil_affairs", city.city)


def address(unit, span=None):
    span = span or UnitSpan.objects.get(unit=unit, during__upper_inf=True)
    return f"/desk/units/{unit.code}/correct/?entry={span.pk}"


def face_of(unit, **changes):
    span = UnitSpan.objects.get(unit=unit, during__upper_inf=True)
    facts = {name: getattr(span, name) for name in ("name_zh", "name_en", "kind", "character", "code")}
    return {**facts, "starts_on": span.during.lower.isoformat(), **WHY, **changes}


def both(send, url, facts):
    """Preview and confirmation; the preview changes nothing."""
    before = UnitChange.objects.count()
    first = send(url, **facts, step="preview")
    assert (first.status_code, UnitChange.objects.count()) == (200, before), first.context["form"].errors
    carried = dict(first.context["carried"])
    return first.context["preview"].corrections, send(url, **carried, step="confirm")


@pytest.mark.requirement("R024")
def test_a_wrong_name_and_form_are_put_right_and_stay_readable_on_the_desk_and_for_residents(
    city, officer, client, send
):
    unit = city.communities[1]
    facts = face_of(unit, name_zh="东门里社区", kind="village")
    seen, answer = both(send, address(unit), facts)
    told = [("name_zh", unit.name_zh, "东门里社区"), ("kind", "社区", "村")]
    assert [(line.was, line.became) for line in seen] == [(was, became) for _field, was, became in told]
    assert (answer.status_code, Unit.objects.get(pk=unit.pk).name_zh) == (303, "东门里社区")
    assert UnitSpan.objects.filter(unit=unit).count() == 1
    ((change, lines),) = client.get(f"/desk/units/{unit.code}/correct/").context["corrections"]
    assert (change.instrument, [line.was for line in lines]) == (WHY["instrument"], [unit.name_zh, "社区"])
    public = client.get(f"/units/{unit.code}/history/").content.decode()
    assert unit.name_zh in public
    assert "Corrected: Chinese name from “东门外社区” to “东门里社区”." in client.get(
        f"/en/units/{unit.code}/history/"
    ).content.decode().replace("&quot;", '"')


@pytest.mark.requirement("R024")
def test_a_wrong_code_is_put_right_and_the_way_leads_to_the_new_code(city, officer, send):
    unit = city.communities[2]
    _seen, answer = both(send, address(unit), face_of(unit, code="990102001033"))
    assert answer["Location"] == "/desk/units/990102001033/"


@pytest.mark.requirement("R024")
def test_the_first_day_of_an_entry_moves_and_the_entry_before_ends_there(city, officer, send):
    unit = city.communities[3]
    services.rename_unit(unit.pk, name_zh="清水社区", **(make.portal.FACTS | {"effective_on": date(2012, 5, 1)}))
    span = UnitSpan.objects.get(unit=unit, during__upper_inf=True)
    seen, answer = both(send, address(unit, span), face_of(unit, starts_on="2012-03-01"))
    assert [(line.was, line.became) for line in seen] == [("2012年5月1日", "2012年3月1日")]
    days = UnitSpan.objects.filter(unit=unit).order_by("during").values_list("during", flat=True)
    assert [during.lower for during in days] == [make.portal.DAY, date(2012, 3, 1)]
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "__all__"),
        ({"name_zh": "甲社区", "reason": ""}, "reason"),
        ({"name_zh": "甲社区", "instrument": ""}, "instrument"),
        ({"name_zh": ""}, "name_zh"),
        ({"code": "990102001001"}, "__all__"),
        ({"code": "1"}, "__all__"),
        ({"kind": "estate"}, "kind"),
        ({"starts_on": "1990-02-30"}, "starts_on"),
        ({"starts_on": "1999-01-01"}, "__all__"),
    ],
)
def test_a_correction_that_can_not_be_is_refused_on_the_form(wrong, field, city, officer, send):
    unit, before = city.communities[1], UnitChange.objects.count()
    for step in ("preview", "confirm"):
        reply = send(address(unit), **(face_of(unit) | wrong), step=step)
        assert (reply.status_code, list(reply.context["form"].errors)) == (422, [field])
    assert UnitChange.objects.count() == before


def test_an_entry_of_another_unit_is_not_chosen(city, officer, client, send):
    unit, other = city.communities[:2]
    foreign = UnitSpan.objects.get(unit=other)
    for entry in (foreign.pk, "x", "9" * 30, ""):
        url = f"/desk/units/{unit.code}/correct/?entry={entry}"
        assert [row.span.unit_id for row in client.get(url).context["entries"]] == [unit.pk]
        assert send(url, **face_of(other, name_zh="甲社区"), step="confirm").status_code == 422
    assert UnitSpan.objects.get(pk=foreign.pk).name_zh == other.name_zh


@pytest.mark.parametrize("number", [1, 3])
def test_the_entries_of_a_unit_cost_the_same_whatever_their_number(
    number, city, officer, client, django_assert_num_queries
):
    unit = city.communities[4]
    for year in range(number):
        day = {"effective_on": date(2010 + year, 1, 1)}
        services.rename_unit(unit.pk, name_zh=f"甲{year}社区", **(make.portal.FACTS | day))
    url = f"/desk/units/{unit.code}/correct/"
    client.get(url)
    with django_assert_num_queries(7):
        assert len(client.get(url).context["entries"]) == number + 1
