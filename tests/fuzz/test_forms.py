"""Every form with hostile fields, files and keys: refused with a page, nothing half-written, never 500."""

import uuid
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from liren.foundation.kernel import idempotency
from tests.fuzz.attack import Target, keyed, posting_routes, send
from tests.fuzz.baseline import BASELINES, fields_of
from tests.fuzz.hostile import TEXTS, VALUES, files
from tests.make import people as make
from tests.rights.thrift import undone
from tests.rights.world import BOOK

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROUTES = posting_routes()
#: Doors for programs, which have a key of their own instead of one of our forms.
MACHINES = {"api-alarms", "open311-requests", "api-exchange-notes", "api-exchange-moves", "api-exchange-call"}
FIXED = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: What may stand in one field: something hostile, several values, nothing at all (None), or what is right (True).
ENTRY = st.one_of(
    st.just(True),
    st.just(True),
    st.none(),
    st.sampled_from(list(VALUES.values())),
    st.lists(st.sampled_from(list(VALUES.values())), min_size=2, max_size=3),
    st.text(max_size=40),
)


def rounds(names: tuple[str, ...], first: int) -> Iterator[dict[str, str]]:
    """Forms in which each field has another hostile value.

    Fields take turns: each meets every sixth value, beginning where its place in the form and the form's place among
    all forms say, so that every value meets every kind of field, in one form or the next.
    """
    values = list(VALUES.values())
    for turn in range(0, len(values), 6):
        yield {name: values[(turn + first + place * 3) % len(values)] for place, name in enumerate(names)}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_hostile_value_in_every_field_gets_a_clear_answer(route, target: Target):
    url, who, names = target.address(route), target.sender(route), fields_of(target, route)
    for mixed in rounds(names, ROUTES.index(route)):
        send(target, who, "POST", url, keyed(target, who, mixed))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@FIXED
@given(data=st.data())
def test_hostile_fields_among_good_ones_get_a_clear_answer(route, data, target: Target):
    names, who = fields_of(target, route), target.sender(route)
    entries = data.draw(st.fixed_dictionaries({name: ENTRY for name in names}))
    good = BASELINES.get(route.name, {})
    values = {name: good.get(name, "1") if value is True else value for name, value in entries.items()}
    sent = {name: value for name, value in values.items() if value is not None}
    note(f"{route.name} as {who}: {sent!r:.3000}")
    send(target, who, "POST", target.address(route), keyed(target, who, sent))


@pytest.mark.parametrize("name", files())
def test_hostile_files_get_a_clear_answer(name, target: Target):
    file_name, content = files()[name]
    community = target.world.at["community_worker"]["own"]
    for crs in ("auto", "wgs84", "bd09"):
        upload = SimpleUploadedFile("x", content, content_type="text/html")
        upload.name = file_name
        good = {"crs": crs, "source": "测绘成果", "from_day": "2026-01-01", "step": "preview"}
        send(
            target,
            "doer",
            "POST",
            f"/desk/units/{community.code}/boundary/",
            keyed(target, "doer", good | {"file": upload}),
        )


@pytest.mark.parametrize("name", files())
def test_hostile_files_among_entries_and_tables_get_a_clear_answer(name, target: Target):
    file_name, content = files()[name]
    for path, field in (("import", "file"), ("add", "scan"), ("1/edit", "scan")):
        upload = SimpleUploadedFile("x", content, content_type="text/html")
        upload.name = file_name
        good = BASELINES["desk-register-add"] | {"source": "文旅局台账", "seen": "0", field: upload}
        send(target, "doer", "POST", f"/desk/registers/{BOOK}/{path}/", keyed(target, "doer", good))


@pytest.mark.parametrize("drawing", ["", "x", "eyJ9:1:2", TEXTS["nul"], TEXTS["very long"]])
def test_a_forged_drawing_is_refused(drawing, target: Target):
    url = f"/desk/units/{target.world.at['community_worker']['own'].code}/boundary/"
    sent = keyed(target, "doer", {"step": "confirm", "drawing": drawing})
    assert send(target, "doer", "POST", url, sent) in {400, 422}


#: Without a key: the choice of a display; and a service pass, where the key would be kept with who asked, and when.
HARMLESS = ("display", "desk-pass", "case-pass")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_form_without_its_key_is_refused(route, target: Target):
    if route.name in HARMLESS:
        pytest.skip("a repeat is harmless: it needs no key")
    url, who = target.address(route), target.sender(route)
    strange = idempotency.new_token(target.accounts["resident"])
    for key in (None, "", "x", str(uuid.uuid4()), TEXTS["nul"], TEXTS["very long"], TEXTS["surrogate"], strange):
        sent = {} if key is None else {idempotency.FIELD: key}
        assert send(target, who, "POST", url, sent) == (403 if route.name in MACHINES else 400)


def test_a_replayed_form_has_one_effect_and_the_first_answer(target: Target):
    client, account = target.clients["doer"], target.accounts["doer"]
    community = target.world.at["community_worker"]["own"]
    counts = {"year": "2025", "residents": "4200", "source": "年报", "published_on": "2026-02-01"}
    sent = keyed(target, "doer", counts)
    url = f"/desk/units/{community.code}/population/"
    with undone():
        first, again = client.post(url, sent), client.post(url, sent)
        other = client.post(url, sent | {"residents": "1"})
        assert [first.status_code, again.status_code, other.status_code] == [303, 303, 409]
        assert first.headers["Location"] == again.headers["Location"]
        assert community.populations.count() == 1
    assert account is not None


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_form_that_is_not_from_our_page_is_refused(route, target: Target):
    account = target.accounts[target.sender(route)]
    with undone():
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        make.sign_in(client, account)
        sent = keyed(target, target.sender(route), {"csrfmiddlewaretoken": "ab" * 32})
        assert client.post(target.address(route), sent).status_code == 403
        client.cookies["csrftoken"] = "c" * 32
        assert client.post(target.address(route), sent).status_code == 403


@pytest.mark.parametrize(
    "kind", ["application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize(
    "body", [b"", b"{", b'["a"]', b"\xff\xfe\x00", b'--x\r\nContent-Disposition: form-data; name="a', b"a" * 3_000_000]
)
def test_bodies_of_other_kinds_get_a_clear_answer(kind, body, target: Target):
    for path in ("/desk/mandates/grant/", "/me/contacts/", "/display/"):
        send(target, "doer", "POST", path, body=body, content_type=kind)


def test_a_thousand_and_one_too_many_fields_get_a_clear_answer(target: Target):
    many = {f"field{number}": "1" for number in range(2_500)}
    assert send(target, "doer", "POST", "/desk/mandates/grant/", many) == 400
