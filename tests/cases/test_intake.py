"""Taking in: by any channel, to the right unit, once, with what is wrong said field by field."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.territory.services import set_boundary
from liren.service.cases import services
from liren.service.cases.models import ApiKey, Case, CaseClock, CaseContact, CaseEvent, DispatchRule
from liren.service.cases.models.declared import NoType
from liren.service.cases.queries import desk_list
from liren.service.cases.services import BadReport, Upload
from tests import make
from tests.make import cases
from tests.make.geo import square
from tests.make.territory import LONG_AGO

pytestmark = pytest.mark.django_db
KEY = uuid.UUID("6f0e2c1e-4a1f-4f5a-9d0b-0a4ffb1c0001")


def refused(unit, **changes):
    with pytest.raises(BadReport) as caught:
        cases.reported(unit, **changes)
    assert not Case.objects.exists()
    return caught.value.by_field


def rule(scene, category="", unit=None, body=None):
    from django.db.backends.postgresql.psycopg_any import DateRange

    kind = cases.type_of("request")
    return DispatchRule.objects.create(
        type_id=kind.pk, category=category, unit=unit or scene.town.city, body=body or scene.department,
        during=DateRange(LONG_AGO), ground="职责清单第3条", recorded_by="system:test", recorded_at=cases.NOW,
    )  # fmt: skip


@pytest.fixture
def drawn(db):
    """柳荫社区 on the map, and a street in which no community is drawn."""
    town = make.small_town()
    for owner, shape in (
        (town.east, square(104, 30, 0.2)),
        (town.willow, square(104, 30)),
        (town.city, square(104, 30, 0.3)),
    ):
        set_boundary(unit_id=owner.pk, shape=shape, crs="wgs84", source="图", from_day=LONG_AGO, **cases.BY)
    cases.declare(place="required")
    return town


# --- what is written


@pytest.mark.requirement("R070")
def test_a_report_is_a_number_a_line_a_clock_and_an_entry(scene):
    taken = cases.taken(scene.town.community, by=scene.resident, category="lamp", values={"since": "2026-5-30"})
    case = Case.objects.get(pk=taken.case.pk)
    assert (case.state, case.phase, case.severity, case.category) == ("received", "open", "urgent", "lamp")
    assert (case.reporter, case.unit, case.taken_by) == (scene.resident, scene.town.community, scene.resident.label)
    assert (case.values, case.revision, case.channel) == ({"since": "2026-05-30"}, 1, "web")
    assert [(one.kind, one.target, one.facts["as"]) for one in case.events.all()] == [
        ("received", "received", "reporter")
    ]
    assert [(one.code, one.amount) for one in case.clocks.all()] == [("acceptance", "1 working day")]
    assert case.due_at == case.clocks.get().due_at
    entry = AuditEntry.objects.get(action="cases.reported")
    assert (entry.object_id, entry.actor, entry.unit_id) == (str(case.pk), scene.resident.label, case.unit_id)
    assert case.text not in str(entry.facts)


def test_a_stranger_reports_without_an_account(scene):
    case = cases.reported(scene.town.community)
    assert (case.reporter_id, case.taken_by) == (None, "anonymous")
    assert not CaseContact.objects.exists()


def test_where_a_name_is_needed_an_account_or_a_number_is_enough(scene):
    cases.declare("named", anonymous=False)
    here = scene.town.community
    assert list(refused(here, type="named")) == ["phone"]
    assert cases.reported(here, "named", by=scene.resident).reporter == scene.resident
    assert cases.reported(here, "named", contact={"phone": "13800138000"}).reporter_id is None


@pytest.mark.requirement("R070")
def test_a_case_goes_at_once_where_the_catalogue_sends_it(scene):
    found = rule(scene, "lamp")
    case = cases.reported(scene.town.community, category="lamp")
    case.refresh_from_db()
    assert (case.state, case.body, case.dispatched_at) == ("sent", scene.department, cases.NOW)
    assert [(one.kind, one.actor) for one in case.events.all()] == [
        ("received", "anonymous"), ("dispatched", "system:catalogue"),
    ]  # fmt: skip
    assert case.events.last().facts == {"as": "system", "rule": found.pk, "body": scene.department.pk}
    assert list(case.clocks.values_list("code", flat=True)) == ["completion"]
    assert cases.reported(scene.town.community, category="waste").state == "received"


def test_a_sealed_case_is_sent_to_nobody(scene):
    kind = cases.sealed()
    DispatchRule.objects.filter(pk=rule(scene).pk).update(type_id=kind.pk)
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    assert (case.state, case.body, case.search) == ("received", None, "")


# --- how often


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (" ".join(["https://a.example/b"] * 4), True),
        ("https://a.example/b", True),
        ("看 https://a.example/b 和www.b.example", True),
        ("[url=http://a.example]b[/url]", True),
        ("路灯不亮，照片在 https://a.example/b", False),
        ("The lamp is out, see www.a.example/very/long/address/of/a/picture", False),
        ("路灯不亮", False),
    ],
)
def test_what_is_mostly_links_is_taken_in_and_looked_at_first(scene, text, held):
    rule(scene, "lamp")
    case = cases.reported(scene.town.community, category="lamp", text=text)
    case.refresh_from_db()
    assert (case.is_hidden, case.state) == ((True, "received") if held else (False, "sent"))
    kinds = [one.kind for one in case.events.all()]
    assert kinds == ["received", "hidden" if held else "dispatched"]
    assert Case.objects.visible_to(ANONYMOUS).filter(pk=case.pk).exists() is not held
    waiting = [one.case.pk for one in desk_list(scene.worker, view="hidden").rows]
    assert waiting == ([case.pk] if held else [])


def test_nobody_who_is_known_is_held_back_for_links(scene):
    links = " ".join(["https://a.example/b"] * 4)
    assert not cases.reported(scene.town.community, by=scene.resident, text=links).is_hidden
    facts = {"by": scene.worker, "channel": "counter", "taken_by_desk": True}
    assert not cases.reported(scene.town.community, text=links, **facts).is_hidden


def test_the_same_sent_twice_is_one_case(scene):
    facts = {"by": scene.resident, "client_key": KEY, "text": "路灯不亮了"}
    first = cases.taken(scene.town.community, **facts)
    again = cases.taken(scene.town.community, **facts)
    assert (again.case, again.receipt_key, again.repeated) == (first.case, first.receipt_key, True)
    assert not first.repeated
    assert (Case.objects.count(), CaseEvent.objects.count(), CaseClock.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("changed", [{"text": "别的事"}, {"category": "waste"}, {"contact": {"phone": "13800138000"}}])
def test_the_same_key_with_other_content_is_a_conflict(scene, changed):
    facts = {"client_key": KEY, "text": "路灯不亮了"}
    cases.taken(scene.town.community, **facts)
    with pytest.raises(Conflict, match="以最先一次为准|first one counts"):
        cases.taken(scene.town.community, **{**facts, **changed})
    assert Case.objects.count() == 1


def test_the_same_key_of_somebody_else_is_a_conflict(scene):
    facts = {"client_key": KEY, "text": "路灯不亮了"}
    cases.taken(scene.town.community, by=scene.resident, **facts)
    with pytest.raises(Conflict):
        cases.taken(scene.town.community, by=scene.neighbour, **facts)


def test_a_public_intake_costs_at_most_eight_statements(drawn):
    facts = {"lon": 104.05, "lat": 30.05, "category": "lamp", "unit_id": None, "client_key": KEY}
    cases.reported(drawn.willow, **{**facts, "client_key": None})  # what is read once per process is read
    with CaptureQueriesContext(
        connection,
    ) as asked:
        cases.reported(drawn.willow, **facts)
    told = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(told) <= 8, "\n".join(one[:160] for one in told)


# --- where


def test_the_place_decides_the_unit(drawn):
    case = cases.reported(drawn.plum, lon=104.05, lat=30.05)
    assert (case.unit, case.cell is None) == (drawn.willow, False)


def test_where_nothing_is_drawn_the_unit_that_was_named_has_it(drawn):
    assert cases.reported(drawn.plum, lon=100, lat=20).unit == drawn.plum


def test_where_no_community_is_drawn_the_street_has_it(drawn):
    assert cases.reported(drawn.plum, lon=104.15, lat=30.15).unit == drawn.east


def test_outside_of_every_unit_the_reporter_hears_what_to_do(drawn):
    with pytest.raises(BadReport) as caught:
        cases.reported(drawn.willow, lon=100, lat=20)
    assert list(caught.value.by_field) == ["unit"]
    assert "Move the pin" in str(caught.value.next_step) or "社区" in str(caught.value.next_step)


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (float("nan"), 0), (float("inf"), 0), ("x", "y"), (104, None)])
def test_what_is_no_place_is_refused(drawn, place):
    assert "place" in refused(drawn.willow, lon=place[0], lat=place[1])


def test_a_place_that_has_to_be_said_is_asked_for(drawn):
    assert list(refused(drawn.willow)) == ["place"]
    assert cases.reported(drawn.willow, address="柳荫路 3 号").address == "柳荫路 3 号"


def test_a_grid_or_a_compound_means_its_community(scene):
    assert cases.reported(scene.town.grid).unit == scene.town.community
    assert cases.reported(scene.town.compound).unit == scene.town.community
    assert cases.reported(scene.town.street).unit == scene.town.street


@pytest.mark.parametrize("unit_id", [None, 0, -1, 2**63, 999_999_999])
def test_no_unit_is_no_report(scene, unit_id):
    assert list(refused(scene.town.community, unit_id=unit_id)) == ["unit"]


# --- by whom


def test_the_desk_takes_in_for_somebody_else(scene):
    worker, here = scene.worker, scene.town.community
    facts = {"by": worker, "channel": "counter", "taken_by_desk": True, "reporter_id": scene.resident.pk}
    case = cases.reported(here, severity="critical", **facts)
    assert (case.reporter, case.taken_by, case.severity) == (scene.resident, worker.label, "critical")
    assert case.events.get().facts["as"] == "desk"
    with pytest.raises(NotAllowed):
        cases.reported(scene.town.sibling_community, **facts)
    with pytest.raises(NotAllowed):
        cases.reported(here, **{**facts, "by": scene.clerk})
    assert cases.reported(scene.town.sibling_community, by=scene.agent, channel="phone", taken_by_desk=True).pk


def test_nobody_reports_in_the_name_of_another(scene):
    with pytest.raises(NotAllowed):
        cases.reported(scene.town.community, by=scene.neighbour, reporter_id=scene.resident.pk)


def test_a_resident_sets_no_severity_and_no_foreign_account(scene):
    assert list(refused(scene.town.community, by=scene.resident, severity="critical")) == ["severity"]
    facts = {"by": scene.worker, "taken_by_desk": True, "reporter_id": 999_999_999}
    assert list(refused(scene.town.community, **facts)) == ["reporter"]


def test_a_program_reaches_no_further_than_its_key(scene):
    key = ApiKey.objects.create(
        name="市政热线",
        kind="open311",
        digest=b"1" * 32,
        unit=scene.town.street,
        made_at=cases.NOW,
        made_by="system:test",
    )
    facts = {"by": SystemActor("open311"), "channel": "open311", "key": key}
    case = cases.reported(scene.town.community, **facts)
    assert case.events.get().facts == {"as": "system", "channel": "open311", "key": key.pk}
    with pytest.raises(BadReport):
        cases.reported(scene.town.cousin_community, **facts)


# --- what is wrong, said by field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   \n"}, "text"),
        ({"text": "路灯\x00"}, "text"),
        ({"text": "路灯\ud800"}, "text"),
        ({"text": "路灯\u202e"}, "text"),
        ({"text": "灯" * 5001}, "text"),
        ({"text": "x" * 10_000_000}, "text"),
        ({"text": None}, "text"),
        ({"channel": "sensor"}, "channel"),
        ({"channel": "\x00"}, "channel"),
        ({"category": "none_such"}, "category"),
        ({"category": "fire"}, "category"),
        ({"address": "见 http://a.example"}, "address"),
        ({"address": "街" * 201}, "address"),
        ({"address": "\x00"}, "address"),
        ({"contact": {"phone": "12"}}, "phone"),
        ({"contact": {"phone": "1" * 10_000}}, "phone"),
        ({"contact": {"name": "www.a.example"}}, "name"),
        ({"contact": {"name": "王\x00"}}, "name"),
        ({"values": {"since": "31 February"}}, "since"),
        ({"values": {"since": {"a": 1}}}, "since"),
        ({"values": {"done": "x"}}, "done"),
        ({"values": {"<script>": "x"}}, "<script>"),
        ({"files": [Upload("a.svg", b"<svg onload='alert(1)'/>")]}, "files"),
        ({"files": [Upload("a.jpg", cases.picture())] * 6}, "files"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_wrong(scene, changed, field):
    assert list(refused(scene.town.community, **changed)) == [field]


def test_a_category_that_stops_says_where_to_go(scene):
    assert refused(scene.town.community, category="fire") == {"category": ["请立即拨打119。"]}
    with translation.override("en"):
        assert refused(scene.town.community, category="fire") == {"category": ["Call 119 at once."]}


def test_everything_that_is_wrong_is_said_at_once(scene):
    found = refused(scene.town.community, text="", category="x", address="\x00", unit_id=None, contact={"phone": "a"})
    assert set(found) == {"text", "category", "address", "unit", "phone"}


def test_a_type_without_files_takes_none_and_an_unknown_type_nothing(scene):
    cases.declare("words_only", files=False)
    assert list(refused(scene.town.community, type="words_only", files=[Upload("a.jpg", cases.picture())])) == ["files"]
    with pytest.raises(NoType):
        cases.reported(scene.town.community, "no_such_type")


def test_a_complaint_names_the_body_it_is_about(scene):
    cases.sealed()
    for wrong in (None, 0, 999_999_999, 2**70):
        assert list(refused(scene.town.community, type="complaint", about_body_id=wrong)) == ["about_body"]
    assert cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk).about_body == scene.other


def test_who_reports_in_confidence_is_not_named_in_the_audit_log(scene):
    cases.sealed()
    case = cases.reported(scene.town.community, "complaint", by=scene.resident, about_body_id=scene.other.pk)
    assert set(AuditEntry.objects.filter(object_id=str(case.pk)).values_list("actor", flat=True)) == {"reporter"}


# --- contact and receipt


def test_a_contact_is_sealed_and_every_look_is_told(scene):
    case = cases.reported(scene.town.community, contact={"name": "王小里", "phone": "138 0013 8000"})
    row = CaseContact.objects.get()
    assert b"138" not in bytes(row.sealed_phone)
    assert "王小里" not in str(list(CaseEvent.objects.values())) + str(list(AuditEntry.objects.values()))
    look = {"purpose": "核对灯杆编号", "at": timezone.now()}
    assert services.read_contact(case.pk, by=scene.worker, **look) == {"name": "王小里", "phone": "+8613800138000"}
    event = case.events.last()
    assert (event.note, event.told, event.facts) == ("核对灯杆编号", True, {"contact": True, "as": "desk"})


def test_a_contact_is_opened_by_nobody_else_and_for_a_reason(scene):
    case = cases.reported(scene.town.community, contact={"phone": "13800138000"})
    for who in (ANONYMOUS, scene.neighbour, scene.clerk, make.official("auditor", scene.town.city)):
        with pytest.raises(NotAllowed):
            services.read_contact(case.pk, purpose="看看这个人是谁", by=who, at=cases.NOW)
    for purpose in ("", "  ", "看", "\x00" * 9, "长" * 300):
        with pytest.raises(Exception, match="理由|说明|原因|why"):
            services.read_contact(case.pk, purpose=purpose, by=scene.worker, at=cases.NOW)
    bare = cases.reported(scene.town.community)
    with pytest.raises(Conflict):
        services.read_contact(bare.pk, purpose="核对灯杆编号", by=scene.worker, at=cases.NOW)


def test_a_contact_moved_to_another_case_stays_shut(scene):
    one, other = (cases.reported(scene.town.community, contact={"phone": f"1380013800{n}"}) for n in (1, 2))
    stolen = CaseContact.objects.get(case=one).sealed_phone
    CaseContact.objects.filter(case=other).update(sealed_phone=stolen)
    with pytest.raises(Exception, match="altered or moved"):
        services.read_contact(other.pk, purpose="核对灯杆编号", by=scene.worker, at=cases.NOW)


def test_contacts_are_sealed_anew_when_the_key_changes(scene, settings):
    import base64

    case = cases.reported(scene.town.community, contact={"phone": "13800138000"})
    settings.LIREN_DATA_KEYS_OLD, settings.LIREN_DATA_KEY = (
        settings.LIREN_DATA_KEY, base64.b64encode(b"n" * 32).decode(),
    )  # fmt: skip
    before = bytes(CaseContact.objects.get().sealed_phone)
    assert services.reseal_contacts(**cases.BY).last == case.pk
    assert services.reseal_contacts(after=case.pk, **cases.BY) is None
    settings.LIREN_DATA_KEYS_OLD = ""
    assert bytes(CaseContact.objects.get().sealed_phone) != before
    assert services.read_contact(case.pk, purpose="核对灯杆编号", by=scene.worker, at=cases.NOW)["phone"].endswith(
        "8000"
    )


def test_a_receipt_is_number_and_key(scene):
    taken = cases.taken(scene.town.community)
    assert len(taken.receipt_key) == 16
    assert set(taken.receipt_key) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    spoken = "-".join(taken.receipt_key[n : n + 4] for n in range(0, 16, 4)).lower().replace("0", "o").replace("1", "l")
    found = services.holder(f" {taken.case.number} ", spoken)
    assert (found.receipt_of, found.label, found.pk) == (taken.case.pk, f"receipt:{taken.case.pk}", None)
    assert not found.is_authenticated
    assert found.powers() == frozenset()
    assert not found.holds("cases.work", scene.town.community)


def test_a_wrong_key_and_an_unknown_number_are_answered_alike(scene):
    one, other = (cases.taken(scene.town.community) for _ in range(2))
    said = set()
    for number, key in [
        (one.case.number, other.receipt_key), (one.case.number, ""), (one.case.number, "é" * 40), ("", one.receipt_key),
        ("9999999-9", one.receipt_key), ("0000000-0", one.receipt_key), ("x\x00", "y" * 10_000), ("1" * 100, "A"),
    ]:  # fmt: skip
        with pytest.raises(services.holder.__globals__["NoCase"]) as caught:
            services.holder(number, key)
        said.add((caught.value.status, str(caught.value.message), str(caught.value.next_step)))
    assert len(said) == 1
