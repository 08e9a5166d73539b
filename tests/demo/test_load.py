"""The load: what the services would write, whole or not at all, and never among real people."""

import pytest
from django.db import transaction

from liren.foundation.bodies.models import (
    Activity,
    Authority,
    Body,
    BodyChange,
    ContactArrangement,
    Delivery,
    Duty,
    Figure,
    Liaison,
    MembershipOfBody,
    OfficeHolding,
    Pairing,
    Post,
    Strand,
)
from liren.foundation.kernel.errors import Conflict, LirenError
from liren.foundation.kernel.models import AuditEntry, CalendarDay
from liren.foundation.people.models import Account
from liren.foundation.territory.models import (
    Boundary,
    Descent,
    FormationEvent,
    FormationProposal,
    GridProfile,
    Management,
    Occupancy,
    Population,
    ServiceContact,
    SizeBand,
    Street,
    StreetChief,
    Unit,
    UnitChange,
    UnitSpan,
    Zone,
    ZoneUnit,
)
from liren.front.demo import loader
from liren.front.demo.engine.size import PRESETS
from tests.make import demo

# Columns that matter, with ids replaced by codes.
FACE = ("level", "code", "kind", "character", "name_zh", "name_en", "parent__code", "parent_level")
FACTS = {
    Unit: (*FACE, "pinyin", "opened_on", "closed_on"),
    UnitSpan: (*FACE, "unit__code", "during", "search_text", "opened_by__instrument", "closed_by__instrument"),
    UnitChange: ("op", "effective_on", "unit__code", "instrument", "reason", "actor", "recorded_at", "was"),
    Descent: ("change__instrument", "source__code", "target__code", "share"),
    Population: (
        "unit__code", "year", "revision", "households", "residents", "urban_residents", "source", "published_on",
        "recorded_by", "recorded_at",
    ),
    SizeBand: ("root__code", "measure", "kind", "character", "low", "high", "during", "source"),
    Management: ("unit__code", "level", "during", "form", "manager", "source"),
    Occupancy: (
        "unit__code", "level", "measured_on", "homes_planned", "homes_occupied", "source", "recorded_by", "recorded_at",
    ),
    FormationProposal: ("compound__code", "state", "threshold_percent", "reason", "raised_at", "due_at"),
    FormationEvent: ("proposal__compound__code", "move", "from_state", "to_state", "actor", "at", "note"),
    GridProfile: ("unit__code", "level", "during", "systems", "rules", "rules_url", "extent"),
    ServiceContact: ("unit__code", "subject", "during", "post", "name", "telephone"),
    Street: ("unit__code", "name_zh", "name_en", "pinyin", "start", "end", "length_m", "opened_on", "closed_on"),
    StreetChief: ("street__name_zh", "during", "post", "name", "telephone", "duties", "sign_place"),
    Body: (
        "kind", "name_zh", "name_en", "pinyin", "unit__code", "parent__name_zh", "uscc", "registration", "works",
        "part", "place", "remit_zh", "remit_en", "telephone", "during", "instrument", "is_simulated", "search_text",
    ),
    BodyChange: ("body__name_zh", "kind", "effective_on", "instrument", "actor", "recorded_at", "after__name_zh"),
    Post: (
        "body__name_zh", "name_zh", "name_en", "duty_zh", "seats", "filled_by", "is_head", "is_published", "during",
        "instrument",
    ),
    OfficeHolding: ("post__body__name_zh", "post__name_zh", "seat", "name", "by_post__name_zh", "how", "during"),
    Duty: ("body__name_zh", "post", "kind", "text_zh", "text_en", "basis", "during"),
    MembershipOfBody: ("whole__name_zh", "member__name_zh", "role", "during", "instrument"),
    Pairing: ("body__name_zh", "unit__code", "agreed_zh", "agreed_en", "during", "instrument"),
    Delivery: ("pairing__body__name_zh", "delivered_on", "what_zh", "recorded_by", "recorded_at"),
    Liaison: ("body__name_zh", "unit__code", "name", "telephone", "during"),
    Authority: ("unit__code", "power", "from_body", "detail", "during", "instrument"),
    Strand: ("unit__code", "line", "place", "lead__name_zh", "during"),
    ContactArrangement: ("unit__code", "kind", "level", "name", "times", "where", "during", "instrument"),
    Figure: ("body__name_zh", "measure", "year", "revision", "number", "source", "recorded_by", "recorded_at"),
    Activity: ("body__name_zh", "unit__code", "held_on", "line", "text_zh", "took_part", "recorded_by", "recorded_at"),
    Zone: ("slug", "kind", "name_zh", "name_en", "managing_body", "during"),
    ZoneUnit: ("zone__slug", "unit__code", "during", "whole"),
}  # fmt: skip


def facts():
    """Every table as a sorted list of what matters in its rows."""
    return {
        model.__name__: sorted(map(repr, model._default_manager.order_by().values_list(*columns)))
        for model, columns in FACTS.items()
    }


def became():
    """What each change says that units became, with the parent's code in place of its id."""
    codes = dict(Unit.objects.values_list("pk", "code"))
    return sorted(
        repr((c.instrument, sorted((k, codes[v] if k == "parent_id" and v else v) for k, v in c.became.items())))
        for c in UnitChange.objects.all()
    )


@pytest.mark.slow
def test_copy_writes_what_the_services_write(db):
    with transaction.atomic():
        demo.hamlet_by_services()
        wanted, wanted_became = facts(), became()
        transaction.set_rollback(True)
    demo.hamlet()
    assert facts() == wanted
    assert became() == wanted_became


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["units", "unit spans", "bodies", "boundaries", "accounts", "residency events"])
def test_an_interrupted_load_leaves_nothing_behind(db, stage):
    def pull_the_plug(name, done, total):
        if name == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loader.load(PRESETS["hamlet"], by=demo.DEMO, at=demo.LOADED_AT, tell=pull_the_plug)
    tables = (Unit.objects, UnitChange.objects, Account.objects, Boundary.objects, CalendarDay.objects)
    assert [table.count() for table in tables] == [0] * 5
    assert not AuditEntry.objects.filter(actor="system:demo").exists()


def test_no_simulated_people_among_real_ones(db, settings):
    settings.LIREN_DEMO = False
    with pytest.raises(LirenError) as refused:
        loader.load(PRESETS["hamlet"], by=demo.DEMO, at=demo.LOADED_AT)
    assert "LIREN_DEMO=1" in str(refused.value.next_step)
    assert Account.objects.count() == 0


@pytest.mark.slow
def test_whoever_insists_gets_the_demo_anywhere(db, settings):
    settings.LIREN_DEMO = False
    assert loader.load(PRESETS["hamlet"], by=demo.DEMO, at=demo.LOADED_AT, anyway=True, cases=0).is_new


def test_a_person_with_a_name_of_the_demo_stops_the_load(db):
    Account.objects.create(username="demo-resident", display_name="Somebody")
    with pytest.raises(Conflict):
        loader.load(PRESETS["hamlet"], by=demo.DEMO, at=demo.LOADED_AT)
    assert Unit.objects.count() == 0
