"""What the database itself refuses, each by the name an operator would meet in a log."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.service.cases.models import (
    ApiKey,
    Call,
    Case,
    CaseClock,
    CaseEvent,
    CaseFile,
    CaseFollower,
    CasePart,
    Delivery,
    DispatchRule,
    Dispute,
    Escalation,
    Extension,
    MonthFigure,
    Rating,
    SavedView,
    Sorter,
    Subscription,
    Suspension,
)
from liren.service.cases.services import Upload
from tests.make import cases
from tests.make.kernel import chained
from tests.make.territory import LONG_AGO

pytestmark = pytest.mark.django_db
NOW, DAY = cases.NOW, timedelta(days=1)
BEFORE = NOW - DAY


@pytest.fixture
def case(scene):
    return cases.reported(scene.town.community, by=scene.resident, files=[Upload("a.jpg", cases.picture())])


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


def changed(row, **wrong):
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**wrong)


CLOSED = {"phase": "closed", "outcome": "done", "closed_at": NOW, "due_at": None, "escalate_at": None}
CASES = [
    ("case_phase_is_known", {"phase": "lost"}),
    ("case_outcome_is_known", {**CLOSED, "outcome": "won"}),
    ("case_severity_is_known", {"severity": "mild"}),
    ("case_confidentiality_is_known", {"confidentiality": "secret"}),
    ("case_channel_is_known", {"channel": "pigeon"}),
    ("case_says_something", {"text": " \n"}),
    ("case_says_something", {"state": ""}),
    ("case_place_has_both_coordinates", {"lon": 104.0}),
    ("case_place_is_on_earth", {"lon": 181.0, "lat": 0.0}),
    ("case_place_is_on_earth", {"lon": 0.0, "lat": float("nan")}),
    ("case_closed_exactly_with_moment_and_outcome", {"phase": "closed", "due_at": None, "escalate_at": None}),
    ("case_closed_exactly_with_moment_and_outcome", {**CLOSED, "outcome": ""}),
    ("case_closed_exactly_with_moment_and_outcome", {**CLOSED, "closed_at": None}),
    ("case_closed_exactly_with_moment_and_outcome", {"outcome": "done"}),
    ("case_answered_has_its_moment", {"phase": "answered"}),
    ("case_sealed_names_to_whom", {"confidentiality": "sealed"}),
    ("case_sealed_names_to_whom", {"sealed_to": "support"}),
    ("case_closed_waits_for_nothing", {**CLOSED, "due_at": NOW}),
    ("case_closed_waits_for_nothing", {**CLOSED, "escalate_at": NOW}),
    ("case_closed_waits_for_nothing", {**CLOSED, "is_called": True}),
    ("case_joined_is_closed_as_joined", {**CLOSED, "outcome": "joined"}),
    ("case_dispatched_after_it_was_received", {"dispatched_at": BEFORE}),
    ("case_closed_after_it_was_received", {**CLOSED, "closed_at": BEFORE}),
    ("case_revision_counts_from_one", {"revision": 0}),
]


@pytest.mark.parametrize(("constraint", "wrong"), CASES)
def test_the_database_refuses_impossible_cases(case, constraint, wrong):
    if "channel" in wrong:  # the origin is shut for updates; a new row may still be wrong
        case.pk = None
        case.channel, case.client_key = wrong["channel"], None
        refused(constraint, case.save)
    else:
        refused(constraint, changed(case, **wrong))


def test_a_case_has_no_impossible_relatives(case, scene):
    refused("case_is_not_its_own_relative", changed(case, parent=case))
    other = cases.reported(scene.town.community)
    refused("case_joined_is_closed_as_joined", changed(case, joined_to=other))


def test_a_draft_is_one_case(case, scene):
    key = {"client_key": "6f0e2c1e-4a1f-4f5a-9d0b-0a4ffb1c0001", "text": "灯"}
    taken = cases.reported(scene.town.community, **key)
    taken.pk = None
    refused("case_is_taken_in_once", taken.save)


@pytest.mark.requirement("R357")
@pytest.mark.parametrize("origin", ["received_at", "channel", "taken_by", "client_key", "type_id"])
def test_a_case_keeps_its_origin(case, origin):
    other = {
        "received_at": BEFORE, "channel": "phone", "taken_by": "account:0", "type_id": cases.declare("other").pk,
        "client_key": "6f0e2c1e-4a1f-4f5a-9d0b-0a4ffb1c0002",
    }  # fmt: skip
    refused("part of the story of a case", changed(case, **{origin: other[origin]}))


def test_a_case_is_written_as_a_version_of_its_own_type(case):
    other = cases.declare("other")

    def act():
        Case.objects.filter(pk=case.pk).update(written_as_id=other.version)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    refused("case_is_written_as_its_own_type", act)


@pytest.mark.requirement("R338")
def test_confidentiality_never_falls(case):
    refused("never becomes less confidential", changed(cases_at(case, "limited"), confidentiality="public"))
    sealed = cases_at(case, "sealed", sealed_to="support")
    for less in ("limited", "public"):
        refused("never becomes less confidential", changed(sealed, confidentiality=less, sealed_to=""))


def cases_at(case, level, **more):
    Case.objects.filter(pk=case.pk).update(confidentiality=level, **more)
    return case


# --- the story stays


APPENDED = (CaseEvent, Escalation, Rating)
KEPT = (*APPENDED, Case, CaseClock, Dispute, Call, Suspension, CaseFile)


def rows_of(case, scene):
    """One row of every table that is kept."""
    clock = CaseClock.objects.get(case=case)
    facts = {"case": case, "body": scene.department, "due_at": NOW}
    return {
        Case: case,
        CaseEvent: case.events.get(),
        CaseFile: case.files.get(),
        CaseClock: clock,
        Rating: Rating.objects.create(case=case, round=1, voice="reporter", solved=True, at=NOW),
        Escalation: Escalation.objects.create(clock=clock, level=1, due_at=NOW, at=NOW, to_unit=scene.town.street),
        Dispute: Dispute.objects.create(ground="文", reason="由", opened_at=NOW, opened_by="account:1", **facts),
        Call: Call.objects.create(question="来吗", called_at=NOW, called_by="account:1", **facts),
        Suspension: Suspension.objects.create(
            case=case, reason="等", ground="文", starts_at=NOW, asked_by="account:1", asked_at=NOW
        ),
    }


@pytest.mark.requirement("R357")
def test_what_was_told_is_never_changed_and_nothing_is_deleted(case, scene):
    rows = rows_of(case, scene)
    assert set(rows) == set(KEPT)
    chained()
    for model in APPENDED:
        column = {CaseEvent: "note", Escalation: "level", Rating: "note"}[model]
        refused("UPDATE is refused", changed(rows[model], **{column: 9 if column == "level" else "别的"}))
    for model, row in rows.items():
        refused("DELETE is refused", lambda model=model, row=row: _delete(model._meta.db_table, row.pk))
        refused("TRUNCATE is refused", lambda model=model: _empty(model._meta.db_table))


def _delete(table, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])


def _empty(table):
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


# --- lines, files, parts, words


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [("case_event_kind_is_known", {"kind": "dreamt"}), ("case_event_names_its_actor", {"actor": " "})],
)
def test_the_database_refuses_impossible_lines(case, constraint, wrong):
    facts = {"case": case, "at": NOW, "actor": "system:test", "kind": "note", **wrong}
    refused(constraint, lambda: CaseEvent.objects.create(**facts))


@pytest.mark.requirement("R078")
@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("case_file_type_is_known", {"type": "image/svg+xml"}),
        ("case_file_size_is_bounded", {"size": 0}),
        ("case_file_size_is_bounded", {"size": 10 * 1024 * 1024 + 1}),
        ("case_file_published_by_somebody", {"published_at": NOW}),
        ("case_file_published_by_somebody", {"published_by": "account:1"}),
        ("case_file_published_is_a_picture",
         {"type": "application/pdf", "published_at": NOW, "published_by": "account:1", "cover": "nothing"}),
        ("case_file_published_with_an_answer_about_faces", {"published_at": NOW, "published_by": "account:1"}),
        *(("case_file_published_with_an_answer_about_faces",
           {"published_at": NOW, "published_by": "account:1", **wrong})
          for wrong in ({"cover": "blurred"}, {"cover": "nothing", "shown": b"x"}, {"cover": "dreamt"})),
        ("case_file_published_with_an_answer_about_faces", {"cover": "nothing"}),
        ("case_file_published_with_an_answer_about_faces", {"shown": b"x"}),
    ],
)  # fmt: skip
def test_the_database_refuses_impossible_files(case, constraint, wrong):
    refused(constraint, changed(case.files.get(), **wrong))


def test_the_database_refuses_impossible_parts(case, scene):
    facts = {"case": case, "role": "party", "joined_at": NOW}
    part = CasePart.objects.create(account=scene.neighbour, **facts)
    refused("case_part_has_a_role", changed(part, role=" "))
    refused("case_part_is_a_person_or_a_body", changed(part, body=scene.other))
    refused("case_part_is_somebody", changed(part, account=None))
    refused("case_part_leaves_after_it_joined", changed(part, left_at=BEFORE))
    refused("case_part_is_held_once", lambda: CasePart.objects.create(account=scene.neighbour, **facts))
    CasePart.objects.filter(pk=part.pk).update(left_at=NOW)
    assert CasePart.objects.create(account=scene.neighbour, **facts).pk


def test_a_case_is_followed_once_and_rated_once_in_a_round(case, scene):
    CaseFollower.objects.create(case=case, account=scene.neighbour, at=NOW)
    refused("case_is_followed_once", lambda: CaseFollower.objects.create(case=case, account=scene.neighbour, at=NOW))
    word = {"case": case, "round": 1, "voice": "reporter", "at": NOW}
    refused("rating_says_something", lambda: Rating.objects.create(**word))
    Rating.objects.create(solved=True, **word)
    refused("rating_is_given_once_per_round", lambda: Rating.objects.create(solved=False, **word))


# --- clocks


def test_the_database_refuses_impossible_clocks(case, scene):
    clock = case.clocks.get()
    refused("case_clock_is_judged_when_it_stops", changed(clock, stopped_at=NOW))
    refused("case_clock_is_judged_when_it_stops", changed(clock, kept=True))
    refused("case_clock_has_its_rule", changed(clock, amount=" "))
    refused("case_clock_stops_after_it_started", changed(clock, stopped_at=BEFORE, kept=True))
    clock.pk = None
    refused("case_clock_runs_once|case_clock_run", clock.save)


def test_the_database_refuses_impossible_rungs(case, scene):
    facts = {"clock": case.clocks.get(), "due_at": NOW, "at": NOW, "to_unit": scene.town.street}
    Escalation.objects.create(level=1, **facts)
    refused("escalation_happens_once", lambda: Escalation.objects.create(level=1, **facts))
    refused("escalation_comes_after_it_was_due", lambda: Escalation.objects.create(level=2, **{**facts, "at": BEFORE}))


def test_the_database_refuses_impossible_standstills(case):
    facts = {"case": case, "reason": "等", "ground": "文", "starts_at": NOW, "asked_by": "account:1", "asked_at": NOW}
    one = Suspension.objects.create(**facts)
    approved = {"state": "approved", "decided_at": NOW}
    refused("suspension_state_is_known", changed(one, state="maybe", decided_by="account:2", decided_at=NOW))
    refused("suspension_says_why", changed(one, reason=" "))
    refused("suspension_ends_after_it_starts", changed(one, ends_at=BEFORE))
    refused("suspension_is_decided_by_another", changed(one, decided_by="account:1", **approved))
    refused("suspension_is_decided_by_another", changed(one, **approved))
    refused("suspension_one_at_a_time", lambda: Suspension.objects.create(**facts))


def test_the_database_refuses_impossible_extensions(case):
    facts = {
        "clock": case.clocks.get(), "amount": "3 working days", "reason": "等", "asked_by": "account:1", "asked_at": NOW
    }  # fmt: skip
    one = Extension.objects.create(**facts)
    refused("extension_state_is_known", changed(one, state="maybe", decided_by="account:2", decided_at=NOW))
    refused("extension_says_why", changed(one, amount=" "))
    refused("extension_is_decided_by_another", changed(one, state="approved", decided_by="account:1", decided_at=NOW))
    refused("extension_one_at_a_time", lambda: Extension.objects.create(**facts))


# --- dispatching


def test_the_database_refuses_impossible_rules(case, scene):
    facts = {
        "type_id": case.type_id, "category": "lamp", "unit": scene.town.city, "body": scene.department, "ground": "文",
        "during": DateRange(LONG_AGO), "recorded_by": "system:test", "recorded_at": NOW,
    }  # fmt: skip
    one = DispatchRule.objects.create(**facts)
    refused("dispatch_rule_has_a_real_period", changed(one, during=DateRange(LONG_AGO, LONG_AGO)))
    refused("dispatch_rule_names_its_ground", changed(one, ground=" "))
    refused("dispatch_rule_is_one_at_a_time", lambda: DispatchRule.objects.create(**{**facts, "body": scene.other}))
    for other in ({"category": "waste"}, {"category": ""}, {"unit": scene.town.district}):
        assert DispatchRule.objects.create(**{**facts, **other}).pk


def test_the_database_refuses_impossible_disputes(case, scene):
    facts = {
        "case": case, "body": scene.department, "ground": "文", "reason": "由", "opened_at": NOW,
        "opened_by": "account:1", "due_at": NOW,
    }  # fmt: skip
    one = Dispute.objects.create(**facts)
    ruled = {"state": "upheld", "ruled_body": scene.other, "ruling": "归环卫处", "ruled_at": NOW}
    refused("dispute_state_is_known", changed(one, **{**ruled, "state": "lost", "ruled_by": "account:2"}))
    refused("dispute_names_its_ground", changed(one, ground=" "))
    refused("dispute_proposes_another", changed(one, proposed=scene.department))
    refused("dispute_is_ruled_by_another", changed(one, ruled_by="account:1", **ruled))
    refused("dispute_is_ruled_by_another", changed(one, state="upheld"))
    refused(
        "dispute_is_ruled_after_it_was_opened", changed(one, **{**ruled, "ruled_at": BEFORE, "ruled_by": "account:2"})
    )
    refused("dispute_one_at_a_time", lambda: Dispute.objects.create(**facts))


def test_the_database_refuses_impossible_calls(case, scene):
    facts = {
        "case": case, "body": scene.department, "question": "来吗", "called_at": NOW, "called_by": "account:1",
        "due_at": NOW,
    }  # fmt: skip
    one = Call.objects.create(**facts)
    said = {"state": "answered", "answer": "来", "comes": True, "answered_at": NOW, "answered_by": "account:2"}
    refused("call_state_is_known", changed(one, state="lost"))
    refused("call_asks_something", changed(one, question=" "))
    refused("call_answered_has_its_answer", changed(one, **{**said, "answer": " "}))
    refused("call_answered_has_its_answer", changed(one, **{**said, "comes": None}))
    refused("call_is_answered_after_it_was_made", changed(one, **{**said, "answered_at": BEFORE}))
    refused("call_of_one_body_at_a_time", lambda: Call.objects.create(**facts))


# --- what machines hold


def test_the_database_refuses_impossible_keys_and_deliveries(case, scene):
    key = ApiKey.objects.create(
        name="热线", kind="open311", digest=b"1" * 32, unit=scene.town.city, made_at=NOW, made_by="system:test"
    )
    refused("api_key_kind_is_known", changed(key, kind="master"))
    refused("api_key_has_a_name", changed(key, name=" "))
    refused("api_key_of_a_partner_names_its_body", changed(key, kind="partner"))
    refused("api_key_of_a_partner_names_its_body", changed(key, body=scene.department))
    there = Subscription.objects.create(key=key, address="https://a.example/in", sealed_secret=b"x", made_at=NOW)
    for address in ("http://a.example", "https://user@a.example", "https://a b", "ftp://a.example"):
        refused("subscription_address_is_safe", changed(there, address=address))
    once = {"subscription": there, "event": case.events.get()}
    waits = Delivery.objects.create(**once)
    refused("delivery_of_an_event_is_one", lambda: Delivery.objects.create(**once))
    refused("delivery_given_up_is_done_with", changed(waits, given_up=True))


def test_the_database_refuses_impossible_views_figures_and_sorters(case, scene):
    view = SavedView.objects.create(account=scene.worker, name="我的", query="view=mine")
    refused("saved_view_has_a_name", changed(view, name=" "))
    refused(
        "saved_view_name_is_used_once",
        lambda: SavedView.objects.create(account=scene.worker, name="我的", query="view=due"),
    )
    facts = {
        "unit": scene.town.community, "month": date(2026, 6, 1), "type_id": case.type_id, "computed_at": NOW,
        **dict.fromkeys(["received", "closed", "overdue", "reopened", "rated", "solved", "satisfied"], 1),
        "said_solved": 1, "said_satisfied": 1,
    }  # fmt: skip
    figure = MonthFigure.objects.create(**facts)
    refused("month_figure_begins_a_month", changed(figure, month=date(2026, 6, 2)))
    refused("month_figure_rates_are_parts", changed(figure, solved=2))
    refused("month_figure_is_said_once", lambda: MonthFigure.objects.create(**facts))
    sorter = {"name": "request", "trained_at": NOW, "trained_on": "样本", "content": b"x", "digest": "0" * 64}
    one = Sorter.objects.create(**sorter)
    refused("sorter_says_what_it_was_trained_on", changed(one, trained_on=" "))
    refused("sorter_in_use_is_one", lambda: Sorter.objects.create(**sorter))
