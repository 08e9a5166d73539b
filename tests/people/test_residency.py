"""Residency: claimed by the person, decided by the unit, ended by either; every step is told."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from liren.foundation.kernel.engine.states import check_table
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people import machine, queries, services
from liren.foundation.people.models import AccessEntry, Residency, ResidencyState
from liren.foundation.territory.services import abolish_unit
from tests.make.people import SYSTEM, account, mandate, official, residency, resident, town
from tests.make.territory import papers
from tests.make.territory import unit as make_unit

NOW = timezone.now
STATES = [state.code for state in machine.RESIDENCY.states]
MOVES = [move.code for move in machine.RESIDENCY.moves]


def test_the_table_of_residency_is_sound():
    assert check_table(machine.RESIDENCY) == []
    assert set(STATES) == set(ResidencyState.values)


def step(home, move, by, note="原因"):
    service = {
        "verify": lambda: services.verify_residency(home.pk, by=by, at=NOW()),
        "refuse": lambda: services.refuse_residency(home.pk, by=by, at=NOW(), note=note),
        "withdraw": lambda: services.withdraw_residency(home.pk, by=by, at=NOW()),
        "end": lambda: services.end_residency(home.pk, by=by, at=NOW()),
    }
    return service[move]()


REACH = {"claimed": [], "verified": ["verify"], "refused": ["refuse"], "withdrawn": ["withdraw"]}
REACH["ended"] = ["verify", "end"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_every_move_is_possible_exactly_where_the_table_says(state, move):
    home = residency(account(), town().community)
    for before in REACH[state]:
        step(home, before, SYSTEM)
    allowed = move in {m.code for m in machine.RESIDENCY.open_moves(state)}
    if not allowed:
        with pytest.raises(Conflict):
            step(home, move, SYSTEM)
    after = step(home, move, SYSTEM).state if allowed else Residency.objects.get(pk=home.pk).state
    target = next(m.target for m in machine.RESIDENCY.moves if m.code == move)
    assert after == (target if allowed else state)


@pytest.mark.django_db
def test_a_claim_is_verified_and_the_story_is_kept():
    place = town()
    person, worker = account(), official("community_worker", place.community)
    home = residency(person, place.community)
    done = services.verify_residency(home.pk, by=worker, at=NOW())
    assert (done.state, done.decided_by_id, done.closed_at) == ("verified", worker.pk, None)
    story = list(done.events.values_list("move", "from_state", "to_state", "actor"))
    assert story == [("claim", "", "claimed", person.label), ("verify", "claimed", "verified", worker.label)]
    actions = list(AuditEntry.objects.filter(action__startswith="people.residency").values_list("action", "actor"))
    assert actions == [("people.residency_claim", person.label), ("people.residency_verify", worker.label)]


@pytest.mark.django_db
def test_a_refusal_needs_a_reason_that_the_person_can_read():
    place = town()
    home, worker = residency(account(), place.community), official("community_worker", place.community)
    with pytest.raises(BadInput):
        services.refuse_residency(home.pk, by=worker, at=NOW(), note="  ")
    with pytest.raises(BadInput):
        services.refuse_residency(home.pk, by=worker, at=NOW(), note="长" * 401)
    done = services.refuse_residency(home.pk, by=worker, at=NOW(), note="门牌不在本社区")
    assert done.closed_at is not None
    assert [e.note for e in queries.my_residencies(done.account)[0].events.all()] == ["", "门牌不在本社区"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("community_worker", "sibling_community"),
        ("street_officer", "sibling_street"),
        ("grid_worker", "grid"),
        ("planner", "city"),
        ("auditor", "district"),
        ("civil_affairs", "district"),
    ],
)
def test_a_claim_is_not_decided_from_elsewhere_or_by_another_duty(role, where):
    place = town()
    home, other = residency(account(), place.community), official(role, getattr(place, where))
    with pytest.raises(NotAllowed):
        services.verify_residency(home.pk, by=other, at=NOW())
    assert Residency.objects.get(pk=home.pk).state == "claimed"


@pytest.mark.django_db
def test_nobody_verifies_their_own_claim():
    place = town()
    worker = official("community_worker", place.community)
    home = residency(worker, place.community)
    for decide in (services.verify_residency, services.refuse_residency):
        with pytest.raises(NotAllowed):
            decide(home.pk, by=worker, at=NOW(), note="我自己")
    assert queries.open_claims(worker) == []


@pytest.mark.django_db
def test_only_the_person_claims_and_withdraws():
    place, person = town(), account()
    stranger = official("city_admin", place.city)
    with pytest.raises(NotAllowed):
        services.claim_residency(person.pk, unit_id=place.community.pk, by=stranger, at=NOW())
    home = residency(person, place.community)
    with pytest.raises(NotAllowed):
        services.withdraw_residency(home.pk, by=stranger, at=NOW())
    assert services.withdraw_residency(home.pk, by=person, at=NOW()).state == "withdrawn"


@pytest.mark.django_db
def test_a_residency_is_ended_by_the_person_or_the_unit_and_nobody_else():
    place = town()
    worker, elsewhere = (official("community_worker", u) for u in (place.community, place.sibling_community))
    homes = [resident(place.community).residencies.get() for _ in range(2)]
    with pytest.raises(NotAllowed):
        services.end_residency(homes[0].pk, by=elsewhere, at=NOW())
    assert services.end_residency(homes[0].pk, by=homes[0].account, at=NOW()).state == "ended"
    assert services.end_residency(homes[1].pk, by=worker, at=NOW(), note="已搬走").state == "ended"


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["city", "district", "street"])
def test_one_lives_in_a_community_or_below(where):
    person = account()
    with pytest.raises(BadInput):
        services.claim_residency(person.pk, unit_id=getattr(town(), where).pk, by=person, at=NOW())


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["community", "compound", "grid"])
def test_one_may_live_in_a_community_a_compound_or_a_grid(where):
    person, place = account(), town()
    assert residency(person, getattr(place, where)).unit_level == getattr(place, where).level


@pytest.mark.django_db
def test_nobody_claims_to_live_in_a_unit_that_was_abolished():
    person, unit = account(), make_unit()
    abolish_unit(unit_id=unit.pk, **papers(reason="整村搬迁"))
    with pytest.raises(BadInput):
        services.claim_residency(person.pk, unit_id=unit.pk, by=person, at=NOW())


@pytest.mark.django_db
def test_a_second_claim_waits_until_the_first_is_closed():
    place, person = town(), account()
    first = residency(person, place.community)
    with pytest.raises(Conflict):
        services.claim_residency(person.pk, unit_id=place.sibling_community.pk, by=person, at=NOW())
    services.withdraw_residency(first.pk, by=person, at=NOW())
    assert residency(person, place.sibling_community).state == "claimed"


@pytest.mark.django_db
def test_the_race_of_two_windows_ends_in_one_claim():
    from liren.foundation.people.services import residency as room

    place, person = town(), account()
    residency(person, place.community)
    with pytest.raises(Conflict):
        room._create(person, place.sibling_community, NOW())
    assert person.residencies.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_decisions_at_once_have_one_effect():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    place = town()
    home = residency(account(), place.community)
    workers = [official("community_worker", place.community) for _ in range(2)]

    def decide(worker):
        try:
            return services.verify_residency(home.pk, by=worker, at=NOW()).state
        except Conflict:
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcome = sorted(pool.map(decide, workers))
    assert outcome == ["conflict", "verified"]
    assert home.events.filter(move="verify").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_claims_at_once_leave_one():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    place, person = town(), account()

    def claim(unit):
        try:
            return services.claim_residency(person.pk, unit_id=unit.pk, by=person, at=NOW()).state
        except (Conflict, IntegrityError):
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcome = sorted(pool.map(claim, [place.community, place.sibling_community]))
    assert outcome == ["claimed", "conflict"]


@pytest.mark.django_db
def test_the_desk_sees_its_open_claims_oldest_first_page_by_page():
    place = town()
    worker = official("street_officer", place.street)
    homes = [residency(account(), u) for u in (place.community, place.grid, place.sibling_community)]
    residency(account(), place.cousin_community)
    resident(place.community)
    first = queries.open_claims(worker, count=2)
    rest = queries.open_claims(worker, after=first[-1].pk, count=2)
    assert [h.pk for h in [*first, *rest]] == [h.pk for h in homes]
    assert [h.pk for h in queries.open_claims(worker, unit=place.community)] == [homes[0].pk, homes[1].pk]
    assert queries.count_open_claims(worker) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_the_list_of_claims_costs_the_same_whatever_its_length(n, django_assert_num_queries):
    place = town()
    worker = official("community_worker", place.community)
    for _ in range(n):
        residency(account(), place.community)
    with django_assert_num_queries(2):
        assert len([(h.account.masked_name, h.unit.name) for h in queries.open_claims(worker)]) == n


@pytest.mark.django_db
@pytest.mark.requirement("R366", "R367")
def test_opening_a_claim_is_seen_by_the_person():
    place = town()
    person, worker = account(display_name="王小里"), official("community_worker", place.community)
    home = residency(person, place.community)
    assert queries.open_claims(worker)[0].account.masked_name == "王**"
    assert AccessEntry.objects.count() == 0
    assert services.open_claim(home.pk, by=worker, at=NOW()).account.display_name == "王小里"
    seen = queries.access_of(person, person)
    assert [(e.looker, e.dataset, e.unit) for e in seen] == [(worker, "residency", place.community)]


@pytest.mark.django_db
def test_a_claim_is_not_opened_from_elsewhere():
    place = town()
    home = residency(account(), place.community)
    with pytest.raises(NotAllowed):
        services.open_claim(home.pk, by=official("community_worker", place.sibling_community), at=NOW())
    assert AccessEntry.objects.count() == 0


@pytest.mark.django_db
def test_authority_follows_a_unit_that_moves():
    place = town()
    home, officer = residency(account(), place.community), official("street_officer", place.street)
    moved = place.community
    type(moved).objects.filter(pk=moved.pk).update(path=f"{place.sibling_street.path}{moved.pk}/")
    with pytest.raises(NotAllowed):
        services.verify_residency(home.pk, by=officer, at=NOW())
    mandate(officer, "street_officer", place.sibling_street)
    officer.forget_powers()
    assert services.verify_residency(home.pk, by=officer, at=NOW()).state == "verified"
