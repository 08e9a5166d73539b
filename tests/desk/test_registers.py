"""Registers from the desk: entered, changed, reviewed, closed and opened by whoever keeps them, and by nobody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.models import Account
from liren.foundation.registers import services
from liren.foundation.registers.models import Entry, EntryChange, Look
from tests import make
from tests.make import registers as build

URL = "/desk/registers/reading_room/"
ROOM = {
    "name_zh": "桂花井书屋",
    "lon": "104.005",
    "lat": "30.005",
    "area": "120",
    "open_daily": "true",
    "rhythm": "weekly",
    "readers": "",
    "note": "",
    "desk_phone": "",
}


@pytest.fixture
def rooms(city):
    return build.declared(level=["community", "compound"])


@pytest.fixture
def home(city):
    return city.communities[0]


@pytest.fixture
def keeper(home, rooms, as_official):
    return as_official("community_worker", home)


def old(entry, days=400):
    """As if nobody had looked at the entry for so many days."""
    Entry.objects.filter(pk=entry.pk).update(reviewed_on=timezone.localdate() - timedelta(days=days))
    return entry


# --- the story of an entry ----------------------------------------------------------


@pytest.mark.requirement("R088")
def test_an_entry_is_entered_changed_closed_and_reopened(home, keeper, client, send):
    answer = send(f"{URL}add/", unit=home.code, **ROOM)
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}1/")
    entry = Entry.objects.get()
    assert (entry.unit, entry.name_zh, entry.lon) == (home, "桂花井书屋", 104.005)
    assert entry.values == {"area": 120, "open_daily": True, "rhythm": "weekly"}

    page = client.get(f"{URL}1/edit/")
    assert page.context["form"]["area"].value() == 120
    sent = ROOM | {"area": "150", "seen": page.context["seen"]}
    assert send(f"{URL}1/edit/", unit=home.code, **sent).status_code == 303
    assert send(f"{URL}1/close/", closed_on=timezone.localdate().isoformat(), reason="搬走了").status_code == 303
    assert [row.entry.number for row in client.get(URL).context["page"]] == []
    assert [row.entry.number for row in client.get(f"{URL}?state=closed").context["page"]] == [1]
    assert client.get(f"{URL}1/edit/").status_code == 409
    assert send(f"{URL}1/reopen/", reason="又搬回来了").status_code == 303
    assert [row.name for row in client.get(URL).context["page"]] == ["桂花井书屋"]
    kinds = EntryChange.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["created", "changed", "closed", "reopened"]
    told = [line.kind for line in client.get(f"{URL}1/").context["story"]]
    assert told == ["reopened", "closed", "changed", "created"]


def test_what_is_stale_is_reviewed_one_after_another(home, keeper, client, send):
    for name in ("甲书屋", "乙书屋"):
        old(build.room(home, name=name))
    build.room(home, name="丙书屋")
    pile = client.get(f"{URL}?state=stale")
    assert [row.name for row in pile.context["page"]] == ["甲书屋", "乙书屋"]
    overview = client.get("/desk/registers/").context
    assert (overview["stale"], overview["missing"]) == (2, 0)
    answer = send(f"{URL}1/review/", pile="1")
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}?state=stale")
    assert [row.name for row in client.get(f"{URL}?state=stale").context["page"]] == ["乙书屋"]
    assert "1" in [line.number for line in client.get("/desk/").context["waiting"] if "registers" in line.url]


def test_what_is_missing_is_listed_and_entered_from_there(city, rooms, as_official, client, send):
    as_official("street_officer", city.street)
    assert client.get("/desk/registers/").context["missing"] == 0  # entries may hang on compounds: nobody says how many
    build.declared()
    assert client.get("/desk/registers/").context["missing"] == 6
    page = client.get(f"{URL}?state=missing").context["page"]
    assert [unit.code for unit in page] == [unit.code for unit in city.communities]
    add = client.get(f"{URL}add/?unit={city.communities[2].code}")
    assert add.context["form"]["unit"].value() == city.communities[2].code
    assert send(f"{URL}add/", unit=city.communities[2].code, **ROOM | {"lon": "104.025"}).status_code == 303
    assert city.communities[2] not in list(client.get(f"{URL}?state=missing").context["page"])


def test_the_next_entry_is_entered_in_the_same_unit(home, keeper, send):
    answer = send(f"{URL}add/", unit=home.code, again="1", **ROOM)
    assert answer["Location"] == f"{URL}add/?unit={home.code}"


def test_a_list_is_filtered_by_unit_words_and_what_a_field_says(city, home, keeper, client):
    build.room(home, name="甲书屋", rhythm="weekly")
    build.room(home, name="乙书屋", rhythm="monthly")
    build.room(city.communities[1], name="丙书屋")

    def shown(query=""):
        return [row.name for row in client.get(f"{URL}{query}").context["page"]]

    assert shown() == ["甲书屋", "乙书屋"]  # those of my own unit
    assert shown("?unit=") == ["丙书屋", "甲书屋", "乙书屋"]
    assert shown(f"?unit={city.communities[1].code}") == ["丙书屋"]
    assert shown("?q=乙") == ["乙书屋"]
    assert shown("?rhythm=weekly") == ["甲书屋"]
    assert shown("?rhythm=never") == ["甲书屋", "乙书屋"]


# --- who may ------------------------------------------------------------------------


PAGES = ["", "add/", "1/", "1/edit/", "1/review/", "1/close/", "1/reopen/", "import/", "export.csv", "template.xlsx"]


@pytest.mark.requirement("R367")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["community_worker", "street_officer", "district_admin", "city_admin"])
def test_whoever_keeps_a_register_comes_in_at_their_unit_and_above_it(
    page, role, city, home, rooms, as_official, client
):
    build.room(home)
    above = {"community_worker": home, "street_officer": city.street, "district_admin": city.district}
    as_official(role, above.get(role, city.city))
    assert client.get(f"{URL}{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("role", "level"), [("planner", 4), ("civil_affairs", 3), ("auditor", 3), ("grid_worker", 7)])
def test_other_roles_stay_outside(page, role, level, city, home, rooms, as_official, client):
    build.room(home)
    units = {3: city.district, 4: city.street, 7: city.grid}
    as_official(role, units[level])
    assert client.get(f"{URL}{page}").status_code == 403


def test_nobody_changes_what_a_sibling_keeps(city, keeper, client, send):
    build.room(city.communities[1])
    for page in ("edit/", "review/", "close/"):
        assert client.get(f"{URL}1/{page}").status_code == 403
        assert send(f"{URL}1/{page}", unit=city.communities[1].code, reason="试", **ROOM).status_code == 403
    assert send(f"{URL}add/", unit=city.communities[1].code, **ROOM | {"outside": "on"}).status_code == 403
    assert send(f"{URL}add/", unit=city.street.code, **ROOM | {"outside": "on"}).status_code == 422
    assert (Entry.objects.count(), EntryChange.objects.count()) == (1, 1)


def test_a_keeper_enters_for_what_lies_below(city, keeper, send):
    assert send(f"{URL}add/", unit=city.compound.code, **ROOM).status_code == 303
    assert Entry.objects.get().unit == city.compound


def test_a_register_that_is_kept_above_is_not_kept_here(city, home, keeper, client, send):
    build.declared(kept_by="street")
    assert client.get(URL).status_code == 403
    assert client.get("/desk/registers/").context["many"] == 0
    assert send(f"{URL}add/", unit=home.code, **ROOM).status_code == 403


def test_an_unknown_register_or_entry_is_not_found(keeper, client):
    for url in ("/desk/registers/nothing/", "/desk/registers/nothing/add/", f"{URL}7/", f"{URL}{10**17}/edit/"):
        assert client.get(url).status_code == 404


def test_nobody_without_an_account_comes_in(rooms, client):
    for page in PAGES:
        assert "/accounts/login/" in client.get(f"{URL}{page}")["Location"]


# --- two at once, and once more -----------------------------------------------------


def test_who_comes_second_sees_what_the_first_changed_and_decides(city, home, keeper, client, send):
    build.room(home, name="桂花井书屋", area="100")
    opened = client.get(f"{URL}1/edit/").context["seen"]
    other = make.official("street_officer", city.street)
    build_change(other, area="130")

    mine = ROOM | {"unit": home.code, "area": "170", "note": "新书到了", "seen": opened}
    answer = send(f"{URL}1/edit/", **mine)
    assert answer.status_code == 409
    differences = [(one.name, one.before, one.after) for line in answer.context["newer"] for one in line.differences]
    assert differences == [("面积", "100 平方米", "130 平方米")]
    assert (answer.context["form"]["area"].value(), answer.context["form"]["note"].value()) == ("170", "新书到了")
    assert Entry.objects.get().values["area"] == 130

    again = mine | {"seen": answer.context["seen"]}
    assert send(f"{URL}1/edit/", **again).status_code == 303
    assert Entry.objects.get().values["area"] == 170


def build_change(actor, **values):
    services.change_entry("reading_room", 1, values=values, by=actor, at=timezone.now())


def test_a_form_that_names_no_version_overwrites_nothing(home, keeper, send):
    build.room(home, area="100")
    for seen in ("", "x", "0"):
        assert send(f"{URL}1/edit/", unit=home.code, seen=seen, **ROOM).status_code == 409
    assert Entry.objects.get().values["area"] == 100


def test_a_form_sent_twice_enters_once(home, keeper, client):
    sent = make.form(keeper, unit=home.code, **ROOM)
    first, again = client.post(f"{URL}add/", sent), client.post(f"{URL}add/", sent)
    assert (first.status_code, again.status_code, again["Location"]) == (303, 303, first["Location"])
    assert Entry.objects.count() == 1


# --- sealed -------------------------------------------------------------------------


@pytest.mark.requirement("R367")
def test_a_sealed_field_opens_with_a_purpose_and_the_look_stays_written_down(home, keeper, client, send):
    build.room(home, name="桂花井书屋", key_holder="值班岗")
    page = client.get(f"{URL}1/").content.decode()
    assert "值班岗" not in page
    assert "key_holder" not in client.get(f"{URL}1/edit/").context["form"].fields
    assert "值班岗" not in b"".join(client.get(f"{URL}export.csv").streaming_content).decode()
    for purpose in ("", " ", "字" * 201):
        assert send(f"{URL}1/open/", purpose=purpose).status_code == 422
    assert not Look.objects.exists()

    opened = send(f"{URL}1/open/", purpose="更换钥匙保管岗位")
    assert opened.status_code == 200
    assert "值班岗" in opened.content.decode()
    look = Look.objects.get()
    assert (look.actor, look.purpose) == (keeper.label, "更换钥匙保管岗位")
    assert AuditEntry.objects.filter(action="registers.unseal", actor=keeper.label).count() == 1
    page = client.get(f"{URL}1/").content.decode()
    assert "更换钥匙保管岗位" in page
    assert f"{keeper.display_name} · " in page


def test_the_story_names_offices_and_no_accounts(home, keeper, client, send):
    build.room(home, name="桂花井书屋")
    seen = client.get(f"{URL}1/edit/").context["seen"]
    assert send(f"{URL}1/edit/", **ROOM, unit=home.code, seen=seen).status_code == 303
    page = client.get(f"{URL}1/")
    assert list(page.context["who"].values()) == [f"{keeper.mandates.get().role.name} · {home.name}", "系统自动"]
    late = send(f"{URL}1/edit/", **ROOM | {"name_zh": "又一书屋"}, unit=home.code, seen=seen)
    assert late.status_code == 409
    for shown in (page, late):
        assert keeper.label not in shown.content.decode()


def test_a_sealed_field_is_changed_only_while_it_is_open(home, keeper, client, send):
    build.room(home, name="桂花井书屋", key_holder="值班岗")
    seen = client.get(f"{URL}1/edit/").context["seen"]
    sent = ROOM | {"unit": home.code, "seen": seen, "key_holder": "新岗"}
    assert send(f"{URL}1/edit/", **sent).status_code == 303
    assert Entry.objects.get().values["key_holder"] == "值班岗"

    mark = send(f"{URL}1/open/", purpose="更换钥匙保管岗位").context["mark"]
    edit = client.get(f"{URL}1/edit/?opened={mark}")
    assert edit.context["form"]["key_holder"].value() == "值班岗"
    changed = sent | {"seen": edit.context["seen"], "opened": mark}
    assert send(f"{URL}1/edit/", **changed).status_code == 303
    assert Entry.objects.get().values["key_holder"] == "新岗"


def test_a_mark_of_opening_is_good_for_nobody_else_and_no_other_entry(city, home, keeper, client, send):
    build.room(home, key_holder="甲岗")
    build.room(home, key_holder="乙岗")
    mark = send(f"{URL}1/open/", purpose="核对").context["mark"]
    assert "key_holder" not in client.get(f"{URL}2/edit/?opened={mark}").context["form"].fields
    assert "key_holder" not in client.get(f"{URL}1/edit/?opened={mark}x").context["form"].fields
    other = Client()
    make.sign_in(other, Account.objects.get(pk=make.official("community_worker", home).pk))
    assert "key_holder" not in other.get(f"{URL}1/edit/?opened={mark}").context["form"].fields


def test_a_sealed_register_shows_numbers_only_until_it_is_opened(city, as_official, client, send):
    build.declared(
        visible="sealed", fields=[{"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"}], coverage=None
    )
    as_official("street_officer", city.street)
    home = city.communities[0]
    assert send(f"{URL}add/", unit=home.code, name_zh="一号名额", note="密").headers["Location"] == URL
    for url in (URL, f"{URL}1/", f"{URL}1/review/", f"{URL}1/close/", f"{URL}?q=一号"):
        page = client.get(url).content.decode()
        assert ("一号名额" in page, ">密<" in page) == (False, False), url
    assert client.get(f"{URL}1/edit/")["Location"] == f"{URL}1/open/"
    opened = send(f"{URL}1/open/", purpose="季度核对")
    assert "一号名额" in opened.content.decode()
    assert client.get(f"{URL}1/edit/?opened={opened.context['mark']}").context["form"]["note"].value() == "密"
    assert client.get(f"{URL}export.csv").status_code == 403


# --- what pages cost ----------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(number, home, keeper, client, django_assert_num_queries):
    for _n in range(number):
        old(build.room(home))
    for url, queries in ((URL, 8), (f"{URL}?state=stale", 8), ("/desk/registers/", 8)):
        client.get(url)
        with django_assert_num_queries(queries):
            client.get(url)
