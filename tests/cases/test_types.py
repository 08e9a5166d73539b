"""Every case type that the packs declare: sound, complete in both languages, asked for and grounded."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from liren.foundation.kernel.engine.states import check_table
from liren.foundation.policy.engine.packs import read_packs
from liren.service.cases.engine.amounts import read_amount, text_of
from liren.service.cases.engine.check_clocks import soonest
from liren.service.cases.engine.declaration import CONDITIONS, check, parse
from liren.service.cases.engine.spec import GROUPS, SET_LOCALLY, CaseType, Words
from script.tools import requirements
from tests.conftest import ROOT

FILES = sorted((ROOT / "packs").glob("**/cases/*.toml"))
CONTENT = {path.stem: tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in FILES}
SPECS = {code: parse(content) for code, content in CONTENT.items()}
EACH = [pytest.param(one, id=code) for code, one in SPECS.items()]
HAN = re.compile(r"[\u4e00-\u9fff]")
WIDE = re.compile(r"[，。：；（）？！“”]")
#: Requirements of which a case type is the answer, or a part of it.
WANTED = {
    f"R{one:03}"
    for one in (
        36, 37, 38, 39, 40, 41, 42, 43, 46, 50, 60, 62, 63, 64, 65, 67, 68, 69, 70, 72, 73, 75, 76, 77,
        78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 90, 91, 97, 99, 101, 104, 107, 108, 110, 338,
    )
}  # fmt: skip


def words_of(spec: CaseType) -> Iterator[tuple[str, Words]]:
    """Every text of a type that somebody reads, and where it stands."""
    yield from (("name", spec.name), ("purpose", spec.purpose), ("help", spec.text_help), ("notice", spec.notice))
    for one in (*spec.categories, *spec.fields, *spec.states, *spec.moves, *spec.clocks, *spec.parts):
        yield one.code, one.name
        for extra in ("notice", "help", "public", "told"):
            if isinstance(getattr(one, extra, None), Words):
                yield f"{one.code}, {extra}", getattr(one, extra)
    for field in spec.fields:
        yield from ((f"{field.code}, {choice.code}", choice.name) for choice in field.choices)


@pytest.fixture(scope="module")
def packs():
    return read_packs(ROOT / "packs").packs


@pytest.mark.parametrize("spec", EACH)
class TestEachType:
    def test_the_checker_finds_nothing_and_the_table_can_be_lived_through(self, spec):
        assert [str(fault) for fault in check(CONTENT[spec.code])] == []
        assert check_table(spec.table) == []
        assert spec.table.start == spec.states[0].code

    def test_everything_is_said_in_both_languages(self, spec):
        for where, words in words_of(spec):
            optional = where in {"help", "notice"} or where.endswith((", help", ", notice"))
            if words == Words() and (optional or where in {f"{one.code}, told" for one in spec.clocks}):
                continue
            assert HAN.search(words.zh), (where, words)
            assert words.en, (where, words)
            assert not HAN.search(words.en), (where, words)
            assert not WIDE.search(re.sub("[“”]", "", words.en)), (where, words)

    def test_what_is_optional_is_said_in_both_languages_or_in_none(self, spec):
        assert [(where, words) for where, words in words_of(spec) if bool(words.zh) != bool(words.en)] == []

    def test_its_requirements_and_its_basis_exist(self, spec, packs):
        assert set(spec.requirements) <= set(requirements.ALL)
        assert set(spec.basis) <= {one.key for one in packs.provisions}

    def test_a_provision_of_its_basis_asks_for_one_of_its_requirements(self, spec, packs):
        asked = {one.key: set(one.requirements) for one in packs.provisions}
        assert [key for key in spec.basis if not asked[key] & set(spec.requirements)] == []

    def test_a_limit_that_names_a_parameter_is_a_number_that_some_place_has_set(self, spec, packs):
        for clock in [one for one in spec.clocks if one.parameter]:
            number, _space, unit = text_of(clock.limits["normal"]).partition(" ")
            found = {(one.value, one.unit) for one in packs.parameters if one.code == clock.parameter}
            assert (Decimal(number), unit.rstrip("s").replace(" ", "_")) in found

    def test_its_whole_time_is_a_number_of_the_packs_with_a_provision_and_how_sure_it_is(self, spec, packs):
        """A place may set one of its own; what ships says from where it is."""
        if not spec.lawful:
            return
        assert spec.lawful_by != SET_LOCALLY
        number, _space, unit = text_of(spec.lawful).partition(" ")
        found = [one for one in packs.parameters if one.code == spec.lawful_by]
        assert (Decimal(number), unit.rstrip("s").replace(" ", "_")) in {(one.value, one.unit) for one in found}
        sure = {one.key: one.certainty for one in packs.provisions}
        assert all(one.provision in sure for one in found)
        seen = {"full_text", "law_text_found", "secondary"}
        assert all(sure[one.provision] in seen or "memory" in one.note_en for one in found)

    def test_it_is_answered_within_the_lawful_time(self, spec):
        if spec.lawful:
            assert soonest(spec, spec.lawful) > 0
        assert soonest(spec, read_amount("1 day")) > 0

    def test_amounts_read_back_as_they_are_written(self, spec):
        amounts = [one for clock in spec.clocks for one in clock.limits.values()]
        assert [read_amount(text_of(one)) for one in amounts] == amounts

    def test_what_is_sealed_stays_with_its_persons(self, spec):
        if spec.confidentiality != "sealed":
            return
        assert "open311" not in spec.channels
        assert not spec.joinable
        assert not any(field.public for field in spec.fields)
        assert not any(move.effect in {"publish", "dispatch"} for move in spec.moves)


def test_every_requirement_that_is_a_case_has_a_type():
    declared = {one for spec in SPECS.values() for one in spec.requirements}
    assert sorted(WANTED - declared) == []
    assert {spec.group for spec in SPECS.values()} == set(GROUPS)


@pytest.mark.requirement("R077")
def test_the_five_conditions_and_the_eight_environment_events_can_be_reported():
    wanted = {"road_occupation", "parking", "illegal_construction", "noise", "rubbish", "sewage", "dark_place",
              "dilapidation"}  # fmt: skip
    for code in ("request", "grid_finding"):
        categories = {one.code: one for one in SPECS[code].categories}
        assert wanted <= set(categories)
        assert {one.condition for one in categories.values()} >= set(CONDITIONS)


@pytest.mark.requirement("R107")
def test_refuge_tells_nobody_and_offers_no_mediation():
    refuge = SPECS["refuge"]
    assert (refuge.place, refuge.files, refuge.anonymous, refuge.rating) == ("none", False, True, False)
    assert not any(move.tells for move in refuge.moves)
    assert refuge.is_unlinked
    unreachable = refuge.move("unreachable")
    assert unreachable is not None
    assert (unreachable.asks, unreachable.note) == (("alerted", "alerted_at"), True)
    assert next(one for one in refuge.fields if one.code == "alerted").required
    violence = SPECS["mediation"].category("violence")
    assert violence.stops
    assert "110" in violence.notice.zh


@pytest.mark.requirement("R075", "R084", "R097")
@pytest.mark.parametrize(("code", "role"), [("home_visit", "host"), ("mediation", "party"), ("support_plan", "client")])
def test_nothing_goes_on_without_the_consent_of_whom_it_concerns(code, role):
    spec = SPECS[code]
    assert next(part for part in spec.parts if part.code == role).consent
    assert any(role in move.consents for move in spec.moves)
    leaving = [move for move in spec.moves if spec.state(move.target).outcome in {"withdrawn", "refused"}]
    assert any(f"part:{role}" in move.by for move in leaving)


@pytest.mark.requirement("R046")
def test_a_public_service_is_published_only_after_comments_and_answers():
    spec = SPECS["service_consultation"]
    passed, reach = {"published"}, {spec.start}
    gate = {"close_comments", "answer_all"}
    for _round in spec.states:
        reach |= {move.target for move in spec.moves if move.sources & reach and move.code not in gate}
    assert not passed & reach


@pytest.mark.requirement("R080")
@pytest.mark.parametrize("gate", ["approve", "notify", "decide"])
def test_joint_enforcement_takes_effect_only_after_basis_notice_and_reasons(gate):
    spec = SPECS["joint_enforcement"]
    reach = {spec.start}
    for _round in spec.states:
        reach |= {move.target for move in spec.moves if move.sources & reach and move.code != gate}
    assert "final" not in reach


#: What the sentence of a requirement names, and where its type holds it: codes of a list of the type.
NAMED = [
    ("R039", "service_item", "categories", "employment social_security"),
    ("R040", "service_item", "clocks", "acceptance completion"),
    ("R041", "agent_service", "fields", "scope until returned"), ("R041", "agent_service", "moves", "give revoke"),
    ("R042", "service_pass", "form", "printed"),
    *(("R050", code, "channels", "web phone counter visit")
      for code in ("service_item", "service_booking", "agent_service")),
    ("R050", "service_item", "way", "online counter post home"),
    ("R060", "service_booking", "moves", "confirm_slot"), ("R060", "delivery_order", "fields", "goods price"),
    ("R063", "service_item", "categories",
     "utility_water utility_power utility_gas utility_post utility_telecom utility_broadcast"),
    ("R065", "language_help", "categories", "business_travel living culture_education health law"),
    ("R066", "convenience_project", "categories", "serve convenience safety"),
    ("R067", "convenience_project", "fields", "need provider price term_ends result"),
    ("R073", "request", "channels", "web phone counter visit meeting forum open311"),
    ("R075", "home_visit", "moves", "announce decline visited_needs"),
    ("R075", "home_visit", "fields", "needs promised"),
    ("R076", "street_chief", "fields", "findings result"), ("R076", "street_chief", "moves", "coordinate collect post"),
    ("R079", "enterprise_contact", "parts", "contact"), ("R079", "enterprise_contact", "fields", "help_given"),
    ("R079", "enterprise_contact", "clocks", "contact completion"),
    ("R084", "mediation", "moves", "accept book agree fail follow_up court"),
    ("R085", "mediation", "mode", "online video appointment"), ("R085", "mediation", "fields", "slot room"),
    ("R086", "mediation", "parts", "mediator"),
    ("R090", "law_activity", "profession", "judge prosecutor police lawyer notary examiner arbitrator legal_worker"),
    ("R090", "law_activity", "fields", "attended"),
    ("R091", "legal_aid", "moves", "refer"), ("R091", "notarisation", "moves", "refer"),
    ("R099", "risk_item", "categories", "crowded gas power fire earthquake flood"),
    ("R099", "risk_item", "fields", "grade cycle_days fix_by"),
    ("R101", "warning", "fields",
     "level area instruction issuer ends by_broadcast by_sms by_board reached reached_broadcast reached_sms"),
    ("R104", "drill", "fields", "attended lessons"), ("R104", "drill", "categories", "shelter talk"),
    ("R108", "counselling", "categories", "comfort counselling relations integration"),
    ("R108", "counselling", "fields", "alias way slot"), ("R108", "counselling", "parts", "provider"),
    ("R338", "complaint_on_body", "parts", "investigator"),
    ("R338", "complaint_on_body", "moves", "change_investigator review"),
]  # fmt: skip


def names_of(spec: CaseType, where: str) -> set[str]:
    """Codes of a list of a type, or of the choices of one of its fields."""
    if where == "channels":
        return set(spec.channels)
    chosen = [one.choices for one in spec.fields if one.code == where]
    return {one.code for one in (chosen[0] if chosen else getattr(spec, where))}


@pytest.mark.parametrize(
    ("code", "where", "wanted"),
    [pytest.param(*one[1:], id="-".join(one[:3])) for one in NAMED],
)
def test_a_type_holds_what_its_requirement_names(code, where, wanted):
    assert set(wanted.split()) - names_of(SPECS[code], where) == set()


@pytest.mark.requirement("R040", "R072", "R087")
def test_what_waits_for_an_office_goes_up_by_itself():
    climbing = {code: {one.code for one in SPECS[code].clocks if one.ladder} for code in ("service_item", "mediation")}
    assert climbing["service_item"] >= {"acceptance", "completion", "desk_completion"}
    assert climbing["mediation"] >= {"acceptance", "mediation"}  # and nobody is held at the lowest level


@pytest.mark.requirement("R086")
def test_the_registers_of_mediation_answer_to_the_same_requirement():
    paths = [ROOT / f"packs/common/registers/{one}.toml" for one in (
        "mediation_expert", "mediation_organisation", "people_mediator",
    )]  # fmt: skip
    kept = [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]
    assert [one["code"] for one in kept if not set(one["requirements"]) & set(SPECS["mediation"].requirements)] == []
    assert {one["visible"] for one in kept} == {"public"}


@pytest.mark.requirement("R062")
def test_whoever_was_served_is_asked_for_a_rating():
    served = ("service_item", "service_booking", "agent_service", "policy_enquiry", "delivery_order", "language_help")
    assert [code for code in served if not SPECS[code].rating] == []


#: Types that residents reach on the web, and by no telephone and no counter, with the reason.
ONLINE_ALONE = {"admission_application": "an office applies, with its papers, and residents do not"}


@pytest.mark.requirement("R050")
@pytest.mark.parametrize("code", sorted(code for code, spec in SPECS.items() if "web" in spec.channels))
def test_whatever_is_online_can_be_done_by_telephone_and_at_the_counter(code):
    assert ({"phone", "counter"} <= set(SPECS[code].channels)) is (code not in ONLINE_ALONE)


@pytest.mark.requirement("R064")
def test_no_type_asks_for_household_registration_nationality_or_origin():
    banned = re.compile(r"户籍|户口|国籍|籍贯|民族|household registration|nationality|ethnic", re.IGNORECASE)
    for spec in SPECS.values():
        said = [words for field in spec.fields for words in (field.name, *(one.name for one in field.choices))]
        assert [one for one in said if banned.search(f"{one.zh} {one.en}")] == []


def test_reading_all_types_costs_little():
    import time

    start = time.perf_counter()
    for content in CONTENT.values():
        check(content)
    assert time.perf_counter() - start < 3
