"""Who sees a case, and how much of it, on every path: page, list, count, search, neighbours, files, story."""

import pytest

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.service.cases import queries, services
from liren.service.cases.models import Call, Case, CaseEvent
from liren.service.cases.queries import NoCase
from liren.service.cases.services import BadReport, Upload
from tests import make
from tests.make import bodies, cases

pytestmark = pytest.mark.django_db
POINT = {"lon": 104.0511, "lat": 30.0533}
SEALED = ["mediation", "support", "refuge", "supervision"]
#: Views of the desk that are also searched: one of what is open in one's units, and the one that holds everything.
SEARCHED = ("unit", "all")
DESKS = {
    "mediation": "mediator",
    "support": "support_worker",
    "refuge": "refuge_worker",
    "supervision": "supervision_officer",
}


def everybody(scene):
    """One official of every role above the community, and those who are nothing."""
    town = scene.town
    places = {
        "city_admin": town.city, "district_admin": town.district, "street_officer": town.street,
        "planner": town.street, "civil_affairs": town.district, "auditor": town.district,
        "data_protection_officer": town.district, "grid_worker": town.grid,
        **dict.fromkeys(DESKS.values(), town.district),
    }  # fmt: skip
    found = {role: make.official(role, unit) for role, unit in places.items()}
    return {
        **found, "community_worker": scene.worker, "department_clerk": scene.clerk, "phone_agent": scene.agent,
        "resident": scene.neighbour, "anonymous": ANONYMOUS,
    }  # fmt: skip


def paths(case, actor):
    """Every way on which a case could come into sight; the names of those on which it did."""
    seen = set()
    try:
        queries.case_by_number(case.number, actor)
        seen.add("page")
    except NoCase:
        pass
    for view in queries.VIEWS:
        for words in ("", case.number, "灯坏了") if view in SEARCHED else ("",):
            if any(row.case.pk == case.pk for row in queries.desk_list(actor, view=view, words=words).rows):
                seen.add(f"desk {view} {words}")
    if any(row.case.pk == case.pk for row in queries.public_list(actor=actor).rows):
        seen.add("public")
    if any(row.case.pk == case.pk for row in queries.own_list(actor).rows):
        seen.add("own")
    if any(one.case.pk == case.pk for one in queries.near(**POINT, category=case.category, actor=actor, at=cases.NOW)):
        seen.add("near")
    if Case.objects.visible_to(actor).filter(pk=case.pk).count():
        seen.add("count")
    if Case.objects.worked_by(actor).inside(case.unit).filter(pk=case.pk).exists():
        seen.add("work")
    return seen


# --- sealed


@pytest.mark.requirement("R108", "R338")
@pytest.mark.parametrize("to", SEALED)
def test_a_sealed_case_is_invisible_to_every_wrong_role_on_every_path(scene, to):
    cases.sealed(to=to)
    about = {"about_body_id": scene.other.pk} if to == "supervision" else {}
    taken = cases.taken(
        scene.town.community, "complaint", text="灯坏了", category="lamp", by=scene.resident, **POINT, **about
    )
    case = taken.case
    Case.objects.filter(pk=case.pk).update(body=scene.department, handler=scene.clerk)
    found = {role: paths(case, actor) for role, actor in everybody(scene).items()}
    right = DESKS[to]
    assert {role for role, seen in found.items() if seen} == {right}
    assert {"page", "count", "work", "desk unit ", f"desk all {case.number}"} <= found[right]
    assert not any("灯坏了" in path for path in found[right]), "no word of a sealed case is searched"
    assert paths(case, scene.resident) == (set() if to == "refuge" else {"page", "own", "count"})
    assert paths(case, services.holder(case.number, taken.receipt_key)) == {"page", "own", "count"}


@pytest.mark.parametrize("to", SEALED)
def test_the_desk_of_a_sealed_case_reaches_no_further_than_its_mandate(scene, to):
    cases.sealed(to=to)
    about = {"about_body_id": scene.other.pk} if to == "supervision" else {}
    case = cases.reported(scene.town.community, "complaint", **about)
    elsewhere = make.official(DESKS[to], scene.town.sibling_district)
    assert paths(case, elsewhere) == set()


@pytest.mark.requirement("R338")
def test_who_is_complained_of_sees_nothing_even_with_the_mandate_for_complaints(scene):
    cases.sealed()
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    inside = cases.clerk(scene.other, scene.town.district, role="supervision_officer")
    assert paths(case, inside) == set()
    assert queries.acts_as(case, inside) == frozenset()
    with pytest.raises(NoCase):
        services.add_note(case.pk, note="看一看", by=inside, at=cases.NOW)
    with pytest.raises(NoCase):
        cases.moved(case, "dispatch", by=inside, body_id=scene.department.pk)


def test_an_open_complaint_is_hidden_from_the_body_that_it_is_about_too(scene):
    cases.declare("open_complaint", about_body=True, confidentiality="limited", joinable=False,
                  fields=[{**one, "public": False} for one in cases.REQUEST["fields"]],
                  **{part: [one for one in cases.REQUEST[part] if one["code"] not in cases.JOINING]
                     for part in ("states", "moves")})  # fmt: skip
    case = cases.reported(scene.town.community, "open_complaint", about_body_id=scene.other.pk)
    worker = make.official("street_officer", scene.town.street)
    bodies.holding(bodies.post(scene.other, name_zh="兼职"), account_id=worker.pk)
    assert paths(case, scene.worker)
    assert paths(case, type(worker).objects.get(pk=worker.pk)) == set()


def test_a_party_sees_its_mediation_and_the_one_who_left_no_more(scene):
    cases.sealed(to="mediation")
    case = cases.reported(scene.town.community, "complaint", by=scene.resident)
    mediator = make.official("mediator", scene.town.street)
    part = services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=mediator, at=cases.NOW)
    services.add_note(case.pk, note="单独谈过", told=False, by=mediator, at=cases.NOW)
    assert {"page", "own", "count"} <= paths(case, scene.neighbour)
    found = queries.case_by_number(case.number, scene.neighbour)
    assert queries.level_of(found, scene.neighbour) == "reporter"
    assert "单独谈过" not in [one.note for one in queries.timeline(found, scene.neighbour)]
    services.leave_part(part.pk, by=scene.neighbour, at=cases.NOW)
    assert paths(case, scene.neighbour) == set()


# --- limited and public


def limited(scene, **changes):
    cases.declare("limited", confidentiality="limited", fields=[
        {**one, "public": False} for one in cases.REQUEST["fields"]
    ])  # fmt: skip
    return cases.reported(scene.town.community, "limited", text="灯坏了", category="lamp", **POINT, **changes)


def test_a_limited_case_is_seen_by_those_whose_work_it_is(scene):
    case = limited(scene)
    seeing = {"community_worker", "street_officer", "district_admin", "city_admin"}
    people = everybody(scene)
    assert {role for role, actor in people.items() if paths(case, actor)} == seeing
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    assert {role for role, actor in people.items() if paths(case, actor)} == {*seeing, "department_clerk"}
    assert paths(case, scene.other_clerk) == set()
    assert paths(case, make.official("community_worker", scene.town.sibling_community)) == set()


@pytest.mark.requirement("R072")
def test_who_calls_back_reads_what_was_reported_and_answered_and_no_more(scene):
    shots = [[Upload(name, cases.picture())] for name in ("前.jpg", "后.jpg")]
    case = limited(scene, values={"since": "2026-05-30"}, contact={"phone": "13800000000"}, files=shots[0])
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    cases.moved(case, "take", by=scene.clerk)
    services.add_note(case.pk, note="等配件", told=False, by=scene.clerk, at=cases.NOW)
    assert paths(case, scene.agent) == set()
    with pytest.raises(NoCase):
        services.read_contact(case.pk, purpose="回访", by=scene.agent, at=cases.NOW)
    facts = {"note": "已更换灯泡。", "values": {"done": "更换灯泡"}, "files": shots[1]}
    cases.moved(case, "answer", by=scene.clerk, **facts)
    case.refresh_from_db()
    assert paths(case, scene.agent) == {"page", "count"}
    found = queries.reading(queries.case_by_number(case.number, scene.agent), scene.agent)
    assert (found.level, found.text, found.state_words) == ("callback", "灯坏了", "已答复")
    assert [(one.field.code, one.text) for one in found.values] == [("done", "更换灯泡")]
    assert [one.name for one in found.files] == ["后.jpg"]
    assert [one.note for one in queries.timeline(case, scene.agent)][-1] == "已更换灯泡。"
    assert "等配件" not in [one.note for one in queries.timeline(case, scene.agent)]
    assert [one.code for one in queries.open_moves(case, scene.agent)] == ["confirm", "deny"]
    reached = services.read_contact(case.pk, purpose="电话回访", by=scene.agent, at=cases.NOW)
    assert reached == {"phone": "+8613800000000"}
    assert AuditEntry.objects.get(action="cases.opened_contact").actor == scene.agent.label
    cases.moved(case, "confirm", by=scene.agent, values={"solved": True})
    assert paths(case, scene.agent) == set()


@pytest.mark.requirement("R072", "R338")
def test_who_calls_back_sees_neither_sealed_cases_nor_what_they_handled(scene):
    cases.sealed(to="support")
    sealed = cases.reported(scene.town.community, "complaint", by=scene.resident)
    Case.objects.filter(pk=sealed.pk).update(state="answered", phase="answered", answered_at=cases.NOW)
    assert paths(sealed, scene.agent) == set()
    case = limited(scene, by=scene.resident)
    case = cases.answered(case, scene.department, scene.worker, scene.clerk)
    elsewhere = make.official("phone_agent", scene.town.sibling_district)
    assert paths(case, elsewhere) == set()
    make.mandate(scene.clerk, "phone_agent", scene.town.district)
    clerk = type(scene.clerk).objects.get(pk=scene.clerk.pk)
    assert queries.reading(case, clerk).level == "work"
    handler = make.official("phone_agent", scene.town.district)
    Case.objects.filter(pk=case.pk).update(handler=handler)
    assert paths(case, handler) == set()
    assert queries.level_of(Case.objects.get(pk=case.pk), handler) == "public"


def test_a_public_case_is_opened_to_who_calls_back_only_while_it_is_asked_about(scene):
    case = cases.reported(scene.town.community, text="灯坏了", contact={"phone": "13800000000"})
    assert queries.reading(case, scene.agent).level == "public"
    with pytest.raises(NotAllowed):
        services.read_contact(case.pk, purpose="电话回访", by=scene.agent, at=cases.NOW)
    case = cases.answered(case, scene.department, scene.worker, scene.clerk)
    assert queries.reading(case, scene.agent).level == "callback"


@pytest.mark.requirement("R071")
def test_a_body_that_is_called_or_helps_reads_the_case_and_others_do_not(scene):
    case = limited(scene)
    assert paths(case, scene.other_clerk) == set()
    call = Call.objects.create(
        case=case, body=scene.other, question="能来吗", called_at=cases.NOW, called_by="account:1", due_at=cases.NOW
    )
    Case.objects.filter(pk=case.pk).update(is_called=True)
    assert {"page", "work", "desk called "} <= paths(case, scene.other_clerk)
    assert queries.reading(case, scene.other_clerk).level == "work"
    assert services.add_note(case.pk, note="明天来", by=scene.other_clerk, at=cases.NOW).facts["as"] == "body"
    Call.objects.filter(pk=call.pk).update(state="withdrawn")
    assert paths(case, scene.other_clerk) == set()
    services.add_part(case.pk, role="helper", body_id=scene.other.pk, by=scene.worker, at=cases.NOW)
    assert "page" in paths(case, scene.other_clerk)


def test_a_receipt_opens_its_case_and_no_other(scene):
    one, other = (cases.taken(scene.town.community, "limited") for _ in range(2) if limited(scene))
    holder = services.holder(one.case.number, one.receipt_key)
    assert paths(one.case, holder) == {"page", "own", "count"}
    assert paths(other.case, holder) == set()
    assert queries.reading(one.case, holder).level == "reporter"


@pytest.mark.requirement("R078")
def test_the_public_face_has_no_word_that_anybody_wrote(scene):
    text, note = "王小里家门口灯坏了", "已电话联系王小里"
    shot = [Upload("门口.jpg", cases.picture())]
    case = cases.reported(
        scene.town.community, text=text, category="lamp", address="柳荫路 3 号", by=scene.resident, files=shot,
        values={"since": "2026-05-30"}, **POINT,
    )  # fmt: skip
    cases.answered(case, scene.department, scene.worker, scene.clerk)
    services.add_note(case.pk, note=note, by=scene.worker, at=cases.NOW)
    case = queries.case_by_number(case.number, scene.neighbour)
    face = queries.reading(case, scene.neighbour)
    assert (face.level, face.text, face.address, face.files) == ("public", "", "", [])
    assert (face.lon, face.lat) == (104.051, 30.0535)
    assert [(one.field.code, one.text) for one in face.values] == [("since", "2026-05-30")]
    assert (face.state_words, face.category_words, face.type_words) == ("已答复", "路灯", "居民诉求")
    lines = queries.timeline(case, scene.neighbour)
    assert [one.words for one in lines][2:] == ["办理中", "已答复"]
    said = " ".join(f"{one.who} {one.words} {one.note}" for one in lines)
    assert not {word for word in (text, note, "更换灯泡", "已更换", "account", "receipt", "王小里") if word in said}
    own = queries.reading(case, scene.resident)
    assert (own.level, own.text, own.address, own.lon) == ("reporter", text, "柳荫路 3 号", POINT["lon"])
    assert [one.name for one in own.files] == ["门口.jpg"]


def test_a_category_may_say_its_place_exactly(scene):
    case = cases.reported(scene.town.community, category="lamp", **POINT)
    face = queries.reading(case, ANONYMOUS)
    assert abs(face.lon - POINT["lon"]) <= 0.00025
    assert abs(face.lat - POINT["lat"]) <= 0.00025
    assert queries.reading(cases.reported(scene.town.community), ANONYMOUS).lon is None
    lamp, waste, fire = cases.REQUEST["categories"]
    cases.declare(categories=[{**lamp, "exact": True, "place": "required"}, {**waste, "place": "none"}, fire])
    with pytest.raises(BadReport) as caught:
        cases.reported(scene.town.community, category="lamp")
    assert list(caught.value.by_field) == ["place"]
    case = cases.reported(scene.town.community, category="lamp", **POINT)
    face = queries.reading(case, ANONYMOUS)
    assert {"lon": face.lon, "lat": face.lat} == POINT
    assert cases.reported(scene.town.community, category="waste", **POINT).lon is None
    assert cases.reported(scene.town.community, **POINT).lon == POINT["lon"]


def test_files_are_seen_as_far_as_they_were_told_or_released(scene):
    case = cases.reported(scene.town.community, by=scene.resident, files=[Upload("前.jpg", cases.picture())])
    inner = services.add_note(
        case.pk, note="内部", told=False, by=scene.worker, at=cases.NOW, files=[Upload("内.png", cases.picture("PNG"))]
    )
    before, inside = case.files.all()
    assert inside.event == inner

    def seen(actor):
        found = []
        for file in (before, inside):
            try:
                found.append(bytes(queries.file_of(case, file.pk, actor).content)[:2])
            except NoCase:
                found.append(None)
        return found

    assert seen(scene.neighbour) == [None, None]
    assert seen(scene.resident) == [b"\xff\xd8", None]
    assert seen(scene.worker) == [b"\xff\xd8", b"\x89P"]
    services.publish_file(before.pk, cover="nothing", by=scene.worker, at=cases.NOW)
    assert seen(scene.neighbour) == [b"\xff\xd8", None]
    services.withdraw_file(before.pk, by=scene.worker, at=cases.NOW)
    assert seen(ANONYMOUS) == [None, None]
    for pk in (0, -1, 2**70, 999_999_999):
        with pytest.raises(NoCase):
            queries.file_of(case, pk, scene.worker)


def test_the_system_reads_all(scene):
    cases.sealed(to="support")
    case = cases.reported(scene.town.community, "complaint")
    assert queries.reading(queries.case_by_id(case.pk, SystemActor("test")), SystemActor("test")).level == "work"


# --- the story in words


@pytest.mark.requirement("R070")
def test_the_story_names_offices_and_never_a_person(scene):
    case = cases.answered(
        cases.reported(scene.town.community, by=scene.resident), scene.department, scene.worker, scene.clerk
    )
    services.add_note(case.pk, note="等配件", told=False, by=scene.clerk, at=cases.NOW)
    street = make.official("street_officer", scene.town.street)
    cases.moved(case, "reopen", by=street, note="又坏了")
    lines = queries.timeline(case, scene.worker)
    names = {person.display_name for person in (scene.resident, scene.worker, scene.clerk, street)}
    assert not any(name in f"{one.who}{one.words}" for one in lines for name in names)
    assert [one.who for one in lines][2:4] == ["市政处", "市政处"]
    assert scene.town.community.name in lines[1].who
    assert [one.note for one in lines][3:] == ["已更换灯泡。", "等配件", "又坏了"]
    told = queries.timeline(case, scene.resident)
    assert "等配件" not in [one.note for one in told]
    assert told[2].words == "办理中"
    english = queries.timeline(case, scene.resident, "en")
    assert [one.words for one in english][1:4] == ["Sent to 市政处.", "In hand", "Answered: your word, please"]


def test_every_kind_of_line_has_words(scene):
    case = cases.reported(scene.town.community, by=scene.resident)
    kinds = next(one for one in CaseEvent._meta.constraints if one.name == "case_event_kind_is_known").condition
    known = [kind for kind in dict(kinds.children)["kind__in"]]
    dates = [{"clock": "completion", "before": None, "after": "2026-06-08T10:00:00+00:00"}]
    full = {"as": "part:party", "clocks": dates, "what": "joined", "role": "helper", "old": {"category": "x"}}
    full |= {"hidden": True, "published": True, "contact": True, "body": scene.other.pk}
    for kind in known:
        for facts in ({}, full):
            CaseEvent.objects.create(case=case, at=cases.NOW, actor="system:test", kind=kind, facts=facts)
    for language in ("zh-hans", "en"):
        for actor in (scene.worker, scene.resident, scene.neighbour):
            lines = queries.timeline(case, actor, language)
            assert all(one.words and one.who and "%(" not in one.words for one in lines)
    assert len(queries.timeline(case, scene.worker)) == 1 + 2 * len(known)


@pytest.mark.parametrize("many", [1, 6])
def test_a_story_costs_the_same_whatever_its_length(scene, many, django_assert_max_num_queries):
    case = cases.reported(scene.town.community, by=scene.resident)
    for _ in range(many):
        services.add_note(case.pk, note="说明", by=scene.worker, at=cases.NOW)
    scene.worker.powers()
    queries.timeline(case, scene.worker)
    with django_assert_max_num_queries(5):
        queries.timeline(case, scene.worker)


@pytest.mark.requirement("R107", "R338")
def test_each_look_at_a_sealed_case_is_recorded_and_its_reporters_own_is_not(scene):
    cases.sealed("refuge_request", to="refuge", place="optional")
    case = cases.reported(scene.town.community, type="refuge_request", by=scene.neighbour)
    helper = make.official("refuge_worker", scene.town.district)
    looks = AuditEntry.objects.filter(action="cases.look", object_id=str(case.pk))
    services.open_case(case.number, by=services.Holder(case.pk), at=cases.NOW)
    assert not looks.exists()
    services.open_case(case.number, by=helper, at=cases.NOW)
    assert list(looks.values_list("actor", flat=True)) == [helper.label]
    with pytest.raises(NoCase):
        services.open_case(case.number, by=scene.worker, at=cases.NOW)
    assert looks.count() == 1
