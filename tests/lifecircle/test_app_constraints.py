"""What the database itself refuses, each by the name an operator would meet in a log."""

import pytest
from django.db import IntegrityError, connection, transaction

from liren.development.lifecircle.models import (
    CircleRow,
    Gap,
    Place,
    PlaceTable,
    Proposal,
    Run,
    RunEvent,
    StreetNetwork,
)
from liren.foundation.territory.models import Level
from tests.make import lifecircle as build

SHA = "0" * 64


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


def again(one, **changes):
    """The same row once more, with other facts."""
    one.pk = None
    one._state.adding = True
    for name, value in changes.items():
        setattr(one, name, value)
    return one.save


NETWORK = [
    ("network_version_is_given_once", {"digest": SHA}),
    ("network_is_recorded_once", {"version": 2}),
    ("network_versions_count_from_one", {"version": 0, "digest": SHA}),
    ("network_mode_is_known", {"mode": "swim"}),
    ("network_has_ways", {"version": 2, "digest": SHA, "edges": 0}),
    ("network_lies_on_earth", {"version": 2, "digest": SHA, "north": 91.0}),
    ("network_lies_on_earth", {"version": 2, "digest": SHA, "west": 170.0}),
    ("network_digest_is_one", {"version": 2, "digest": "x"}),
    ("network_names_its_source", {"version": 2, "digest": SHA, "source": " "}),
]


@pytest.mark.parametrize(("name", "wrong"), NETWORK)
def test_networks(worked_out, name, wrong):
    refused(name, again(StreetNetwork.objects.get(pk=worked_out[0].network.pk), **wrong))


TABLE = [
    ("place_table_version_is_given_once", {"digest": SHA}),
    ("place_table_is_recorded_once", {"version": 2}),
    ("place_table_versions_count_from_one", {"version": 0, "digest": SHA}),
    ("place_table_digest_is_one", {"version": 2, "digest": "x"}),
    ("place_table_names_its_source", {"version": 2, "digest": SHA, "source": ""}),
]


@pytest.mark.parametrize(("name", "wrong"), TABLE)
def test_tables_of_places(worked_out, name, wrong):
    refused(name, again(PlaceTable.objects.get(pk=worked_out[1].places_id), **wrong))


PLACE = [
    ("place_number_is_given_once", {}),
    ("place_lies_on_earth", {"number": 9, "lon": 181.0}),
    ("place_counts_for_something", {"number": 9, "categories": []}),
    ("place_capacity_is_not_negative", {"number": 9, "capacity": -1}),
]


@pytest.mark.parametrize(("name", "wrong"), PLACE)
def test_places(worked_out, name, wrong):
    refused(name, again(Place.objects.get(table=worked_out[1].places_id, number=1), **wrong))


RUN = [
    ("run_number_is_given_once", {}),
    ("run_numbers_count_from_one", {"number": 0}),
    ("run_state_is_known", {"number": 9, "state": "dreamt"}),
    ("run_that_is_done_says_from_what_and_what", {"number": 9, "result_digest": ""}),
    ("run_that_failed_says_why", {"number": 9, "state": "failed", "fault": " "}),
    ("run_fingerprint_is_one", {"number": 9, "input_fingerprint": "x"}),
    ("run_digest_is_one", {"number": 9, "result_digest": "x"}),
    ("run_names_who_asked", {"number": 9, "asked_by": ""}),
]


@pytest.mark.parametrize(("name", "wrong"), RUN)
def test_runs(worked_out, name, wrong):
    refused(name, again(Run.objects.get(pk=worked_out[1].pk), **wrong))


def test_a_question_under_way_is_the_only_one_of_its_kind(worked_out):
    run = Run.objects.get(pk=worked_out[1].pk)
    again(run, number=8, state="asked")()
    refused("run_under_way_is_the_only_one_of_its_question", again(run, number=9, state="running"))


def test_events(worked_out):
    event = RunEvent.objects.filter(run=worked_out[1]).first()
    refused("run_event_state_is_known", again(event, to_state="dreamt"))
    refused("run_event_names_its_actor", again(event, to_state="done", actor=" "))


ROW = [
    ("circle_row_of_a_unit_is_said_once", {}),
    ("circle_row_counts_no_fewer_than_nobody", {"people": -1}),
    ("circle_row_times_are_of_compounds", {"level": Level.COMMUNITY}),
    ("circle_row_columns_are_of_one_length", {"straight_m": [1]}),
    ("circle_row_columns_are_of_one_length", {"by_radius": [1, 2]}),
]


@pytest.mark.parametrize(("name", "wrong"), ROW)
def test_rows(worked_out, name, wrong):
    quarter, run = worked_out
    row = CircleRow.objects.get(run=run, unit=quarter.compounds[0])
    if wrong:
        wrong = {"unit_id": quarter.city.pk + 10**6, **wrong}
    refused(name, again(row, **wrong))


GAP = [
    ("gap_is_said_once", {}),
    ("gap_concerns_people", {"category": "x", "people": 0}),
    ("gap_lies_beyond_the_limit", {"category": "x", "over_ds": 0}),
    ("gap_cause_is_known", {"category": "x", "cause": 7}),
]


@pytest.mark.parametrize(("name", "wrong"), GAP)
def test_gaps(worked_out, name, wrong):
    refused(name, again(Gap.objects.filter(run=worked_out[1]).first(), **wrong))


PROPOSAL = [
    ("site_proposal_number_is_given_once", {}),
    ("site_proposal_kind_is_known", {"number": 2, "kind": "tunnels"}),
    ("site_proposal_gains_and_stays_below_its_bound", {"number": 2, "people_after": 5, "is_proven": False}),
    ("site_proposal_gains_and_stays_below_its_bound", {"number": 2, "upper_bound": 15, "is_proven": False}),
    ("site_proposal_that_is_proven_meets_its_bound", {"number": 2, "upper_bound": 30}),
    ("site_proposal_chooses_at_least_one", {"number": 2, "most": 0}),
    ("site_proposal_digest_is_one", {"number": 2, "digest": "x"}),
    ("site_proposal_names_its_maker", {"number": 2, "made_by": ""}),
]


@pytest.mark.parametrize(("name", "wrong"), PROPOSAL)
def test_proposals(worked_out, name, wrong):
    facts = {"kind": "sites", "category": "shop", "most": 1, "candidates": 1, "made_by": "test", "made_at": build.NOW}
    sums = {
        "people_before": 10,
        "people_after": 20,
        "upper_bound": 20,
        "is_proven": True,
        "method": "test",
        "digest": SHA,
    }
    one = Proposal.objects.create(run=worked_out[1], number=1, **facts, **sums)
    refused(name, again(one, **wrong))


APPENDED = ("streetnetwork", "placetable", "place", "runevent", "circlerow", "gap")


@pytest.mark.parametrize("table", APPENDED)
def test_what_was_recorded_stays_as_it_is(worked_out, table):
    for words in (f"DELETE FROM lifecircle_{table}", f"UPDATE lifecircle_{table} SET id = id"):
        with pytest.raises(IntegrityError, match="appended"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)


def test_a_run_keeps_its_question_and_its_end(worked_out):
    run = Run.objects.filter(pk=worked_out[1].pk)
    for change in ({"stage": "again"}, {"state": "running"}, {"day": "2020-01-01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            run.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM lifecircle_run")
