"""The form of an entry comes from the declaration alone: every kind of field, what is wrong, files, and the place."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liren.foundation.bodies.models import Body
from liren.foundation.registers.models import Attachment, Entry
from liren.front.desk.registers import forms
from tests.make import cases, offices, sheets
from tests.make import registers as build
from tests.make.portal import DAY

URL = "/desk/registers/everything/"
WORDS = [{"code": code, "zh": zh, "en": code} for code, zh in (("tea", "茶"), ("books", "书"), ("chess", "棋"))]
MANY = [{"code": f"c{n}", "zh": f"第{n}种", "en": f"kind {n}"} for n in range(1, 9)]


def field(code, kind, **more):
    return {"code": code, "name": {"zh": f"{code}名", "en": f"The {code}"}, "kind": kind, **more}


FIELDS = [
    field("plain", "text", max=10, help={"zh": "写十个字以内。", "en": "Ten signs at most."}),
    field("story", "long_text", max=50),
    field("motto", "bilingual", max=20),
    field("area", "number", unit="m2", min=1, max=500),
    field("seats", "number", whole=True),
    field("since", "date", not_before="2000-01-01"),
    field("rhythm", "choice", choices=WORDS),
    field("theme", "choice", choices=MANY),
    field("offers", "choices", choices=WORDS),
    field("working", "yes_no", required=True),
    field("serves", "unit", level=["community"]),
    field("provider", "body", body_kinds=["social_organisation"]),
    field("phone", "phone"),
    field("scan", "file"),
    field("site", "link"),
]
GOOD = {
    "name_zh": "里仁小院", "lon": "104.005", "lat": "30.005", "plain": "一行", "story": "两\n行", "motto": "里仁为美",
    "motto_en": "Virtue at home",
    "area": "1,200.5", "seats": "30 ", "since": "2020-05-01", "rhythm": "tea", "theme": "c8",
    "offers": ["chess", "tea"], "working": "false", "phone": "（028）1234 5678", "site": "https://example.org/a",
}  # fmt: skip
PDF = sheets.pages()


@pytest.fixture
def book(city):
    return build.declared(
        code="everything", fields=FIELDS, coverage=None, place="required", level=["community", "grid"]
    )


@pytest.fixture
def home(city):
    return city.communities[0]


@pytest.fixture
def keeper(home, book, as_official):
    return as_official("community_worker", home)


def office(title):
    if title == "word":
        return offices.text("<w:p/>")
    return offices.workbook(**({"xl__vbaProject.bin": "x"} if title == "macro" else {}))


def upload(content, name="文件.pdf"):
    return SimpleUploadedFile(name, content)


def test_every_kind_of_field_is_shown_with_what_fits_it(keeper, client):
    page = client.get(f"{URL}add/")
    kinds = {name: one.widget.input_type if hasattr(one.widget, "input_type") else type(one.widget).__name__
             for name, one in page.context["form"].fields.items()}  # fmt: skip
    assert kinds == {
        "unit": "select", "name_zh": "text", "name_en": "text", "plain": "text", "story": "Textarea", "motto": "text",
        "motto_en": "text", "area": "text", "seats": "text", "since": "date", "rhythm": "radio", "theme": "select",
        "offers": "checkbox", "working": "radio", "serves": "text", "provider": "text", "phone": "tel", "scan": "file",
        "site": "url", "lon": "text", "lat": "text", "outside": "checkbox", "opened_on": "date",
    }  # fmt: skip
    text = page.content.decode()
    assert 'class="measured__unit" aria-hidden="true">平方米<' in text
    assert "写十个字以内。" in text
    assert f'<option value="{keeper_unit(page)}">' in text


def keeper_unit(page):
    """The unit that the field of a unit offers, in the list of the browser."""
    return page.context["form"].fields["serves"].widget.offers[0][0]


def test_every_kind_of_field_is_kept_as_it_was_meant(city, home, keeper, client, send):
    body = Body.objects.create(name_zh="春风社", kind="social_organisation", unit=home, during=(DAY, None), **NEEDED)
    more = {
        "unit": home.code,
        "serves": home.code,
        "provider": "春风社",
        "scan": upload(PDF),
        "opened_on": "2021-01-02",
    }
    answer = send(f"{URL}add/", **GOOD | {"area": "120.5"} | more)
    assert answer.status_code == 303, dict(answer.context["form"].errors)
    entry, file = Entry.objects.get(), Attachment.objects.get()
    assert entry.values == {
        "plain": "一行", "story": "两\n行", "motto": {"zh": "里仁为美", "en": "Virtue at home"},
        "area": "120.5", "seats": 30,
        "since": "2020-05-01", "rhythm": "tea", "theme": "c8", "offers": ["tea", "chess"], "working": False,
        "serves": home.pk, "provider": body.pk, "phone": "028-1234-5678", "scan": file.pk, "site": "https://example.org/a",
    }  # fmt: skip
    assert (entry.opened_on.isoformat(), file.name, file.type) == ("2021-01-02", "文件.pdf", "application/pdf")

    form = client.get(f"{URL}1/edit/").context["form"]
    shown = {name: form[name].value() for name in ("working", "serves", "provider", "offers", "motto_en", "area")}
    assert shown == {
        "working": "false", "serves": home.code, "provider": "春风社", "offers": ["tea", "chess"],
        "motto_en": "Virtue at home", "area": "120.5",
    }  # fmt: skip
    for language in ("", "/en"):
        seen = client.get(f"{language}{URL}1/edit/").context["seen"]
        same = {
            name: form[name].value() for name in form.fields if form[name].value() not in (None, "") and name != "scan"
        }
        assert send(f"{language}{URL}1/edit/", **same, seen=seen).status_code == 303
    assert Entry.objects.get().values == entry.values  # nothing is lost on the way through the form and back


NEEDED = {"instrument": "登记表", "search_text": "春风"}


WRONG = [
    ("name_zh", ""), ("name_zh", "长" * 101), ("plain", "十一个字十一个字十一个字"), ("story", "字" * 51),
    ("motto", ""),
    ("area", "很大"), ("area", "0"), ("area", "501"), ("seats", "1.5"), ("since", "1999-12-31"), ("since", "去年"),
    ("since", "2999-01-01"), ("rhythm", "coffee"), ("theme", "c9"), ("offers", ["tea", "coffee"]), ("working", ""),
    ("working", "也许"), ("serves", "没有这个社区"), ("provider", "没有这个社团"), ("phone", "没有"),
    ("site", "example.org"),
    ("site", "javascript:alert(1)"), ("lon", ""), ("lon", "东边"), ("lon", "300"), ("lat", "91"), ("opened_on", "昨天"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name}-{str(value)[:8]}" for name, value in WRONG])
def test_what_can_not_be_is_said_beside_its_field_and_what_was_typed_stays(name, value, home, keeper, client, send):
    sent = GOOD | {"area": "120", "unit": home.code, name: value}
    answer = send(f"{URL}add/", **sent)
    form = answer.context["form"]
    assert (answer.status_code, name in form.errors, Entry.objects.count()) == (422, True, 0)
    assert (form["plain"].value(), form["offers"].value()) == (sent["plain"], list(sent["offers"]))
    assert all(sentence for sentence in form.errors[name])


def test_everything_that_is_wrong_is_said_at_once(keeper, send):
    errors = (
        send(f"{URL}add/", unit="", area="x", seats="y", working="", lon="104.9", lat="30.9").context["form"].errors
    )
    assert set(errors) == {"unit", "name_zh", "area", "seats", "working"}


@pytest.mark.parametrize("kind", ["word", "sheet"])
def test_an_office_file_is_taken(kind, home, keeper, send):
    name = {"word": "表.docx", "sheet": "表.xlsx"}[kind]
    more = {"area": "120", "unit": home.code, "scan": upload(office(kind), name)}
    assert send(f"{URL}add/", **GOOD | more).status_code == 303
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00", "照片.png"),
        (b"<html><script>", "说明.pdf"),
        (b"<svg xmlns='x'/>", "图.svg"),
        (b"", "空.pdf"),
        (b"PK\x03\x04", "坏.docx"),
        (office("macro"), "宏.xlsx"),
        (b"%PDF-" + b"0" * 10_000_001, "大.pdf"),
    ],
)
def test_a_file_of_another_kind_is_refused_beside_its_field_and_nothing_is_kept(content, name, home, keeper, send):
    answer = send(f"{URL}add/", **GOOD | {"area": "120", "unit": home.code, "scan": upload(content, name)})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["scan"])
    assert (Entry.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_file_is_replaced_read_and_taken_out(home, keeper, client, send):
    facts = GOOD | {"area": "120", "unit": home.code}
    send(f"{URL}add/", **facts, scan=upload(PDF))
    first = Attachment.objects.get()
    reply = client.get(f"{URL}1/files/{first.pk}/")
    assert (reply.content, reply["Content-Type"]) == (bytes(first.content), "application/pdf")
    assert reply["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in reply["Content-Security-Policy"]
    seen = client.get(f"{URL}1/edit/").context["seen"]
    assert send(f"{URL}1/edit/", **facts, seen=seen, scan=upload(cases.picture("PNG"), "新.png")).status_code == 303
    assert client.get(f"{URL}1/files/{first.pk}/").status_code == 404  # the entry names the newer one
    seen = client.get(f"{URL}1/edit/").context["seen"]
    assert send(f"{URL}1/edit/", **facts, seen=seen, **{"scan-clear": "on"}).status_code == 303
    assert "scan" not in Entry.objects.get().values


def test_a_point_outside_the_unit_is_asked_about(city, home, keeper, send):
    there = city.communities[1]  # its square begins a hundredth of a degree further east
    sent = GOOD | {"area": "120", "unit": home.code, "lon": "104.015"}
    answer = send(f"{URL}add/", **sent)
    assert answer.status_code == 422
    assert there.name_zh in answer.context["form"].errors["lon"][0]
    assert "outside" in [bound.name for part in answer.context["form"].sections for bound in part.fields]
    assert len(answer.context["form"].errors["lon"]) == 1  # nor is it called missing beside the latitude
    assert send(f"{URL}add/", **sent | {"lon": "110", "lat": "20"}).status_code == 422
    assert Entry.objects.count() == 0
    assert send(f"{URL}add/", **sent, outside="on").status_code == 303
    assert Entry.objects.get().lon == 104.015


def test_a_unit_without_outline_is_asked_by_the_one_above(city, home, keeper, send):
    sent = GOOD | {"area": "120", "unit": city.grid.code}
    assert send(f"{URL}add/", **sent | {"lon": "104.015"}).status_code == 422
    assert send(f"{URL}add/", **sent).status_code == 303


def test_units_are_a_list_where_they_are_few_and_typed_where_they_are_many(
    city, book, as_official, client, send, monkeypatch
):
    as_official("street_officer", city.street)
    chosen = client.get(f"{URL}add/").context["form"].fields["unit"]
    assert len(chosen.widget.choices) == 8  # six communities, a grid, and a dash
    monkeypatch.setattr(forms, "LISTED", 2)
    typed = client.get(f"{URL}add/").context["form"].fields["unit"]
    assert typed.widget.offers[0][0] == city.communities[0].code
    assert send(f"{URL}add/", **GOOD | {"area": "120", "unit": city.communities[0].name_zh}).status_code == 303
