"""The simulated hamlet: generated once per run, loaded by COPY or, more slowly, through the ordinary services."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from liren.foundation.bodies import services as bodies
from liren.foundation.kernel import services as kernel
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people import services as people
from liren.foundation.territory import services
from liren.foundation.territory.models import Zone
from liren.front.demo import acting, loader, places
from liren.front.demo.engine import rows
from liren.front.demo.engine.city import City, make_city
from liren.front.demo.engine.size import PRESETS

DEMO = SystemActor("demo")
LOADED_AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


@cache
def demo_city(preset: str = "hamlet") -> City:
    """A generated city; never change it."""
    return make_city(PRESETS[preset])


def hamlet(cases: int = 0) -> City:
    """Load the hamlet into the test's database, with its people and about so many cases."""
    loader.load(PRESETS["hamlet"], by=DEMO, at=LOADED_AT, cases=cases)
    return demo_city()


def hamlet_by_services() -> list[int]:
    """The territory of the hamlet through one service call per fact; gives the ids of its units in the city's order."""
    city, ids = demo_city(), {}
    kernel.seed_calendar(by=DEMO, at=LOADED_AT)
    people.load_roles(by=DEMO, at=LOADED_AT)
    for change in city.changes:
        _decide(city, change, ids)
    units = [ids[place] for place in range(len(city.units))]
    _describe(city, units)
    _people_count(city, units)
    _act(city, units)
    return units


def _order(change: rows.Change) -> dict[str, object]:
    return {
        "effective_on": change.on,
        "instrument": change.instrument,
        "reason": change.reason,
        "by": DEMO,
        "at": LOADED_AT,
    }


def _new(city: City, place: int) -> services.NewUnit:
    face = city.units[place].spans[0]
    return services.NewUnit(face.code, face.kind, face.name_zh, face.name_en, face.character)


def _decide(city: City, change: rows.Change, ids: dict[int, int]) -> None:
    order, unit = _order(change), city.units[change.unit]
    if change.op == "create":
        face = unit.spans[0]
        parent = None if face.parent is None else ids[face.parent]
        facts = {f: getattr(face, f) for f in ("code", "kind", "character", "name_zh", "name_en")}
        ids[change.unit] = services.create_unit(level=unit.level, parent_id=parent, **facts, **order).pk
    elif change.op == "rename":
        face = unit.face
        services.rename_unit(ids[change.unit], name_zh=face.name_zh, name_en=face.name_en, **order)
    elif change.op == "convert":
        facts = {f: getattr(unit.face, f) for f in ("code", "kind", "character", "name_zh", "name_en")}
        services.convert_unit(ids[change.unit], **facts, **order)
    elif change.op == "merge":
        sources = [ids[source] for source, _, _ in change.came_from]
        ids[change.unit] = services.merge_units(sources, into=_new(city, change.unit), **order).pk
    else:
        targets = [target for _, target, _ in change.came_from]
        parts = [services.Part(_new(city, t), Decimal(share).scaleb(-9)) for _, t, share in change.came_from]
        made = services.split_unit(ids[change.unit], parts=parts, **order)
        ids.update(zip(targets, (unit.pk for unit in made), strict=True))


def _describe(city: City, units: list[int]) -> None:
    who = {"by": DEMO, "at": LOADED_AT}
    for zone in city.zones:
        facts = {"slug": zone.slug, "kind": zone.kind, "name_zh": zone.name_zh, "name_en": zone.name_en}
        made: Zone = services.create_zone(managing_body=zone.body, effective_on=rows.REGISTERED, **facts, **who)
        for unit, whole in zone.units:
            since = max(rows.REGISTERED, city.units[unit].opened_on)
            services.put_in_zone(made.pk, units[unit], whole=whole, effective_on=since, **who)
    streets = []
    for s in city.streets:
        facts = {"name_zh": s.name_zh, "name_en": s.name_en, "start": s.start, "end": s.end, "length_m": s.length_m}
        streets.append(services.register_street(units[s.unit], opened_on=rows.REGISTERED, **facts, **who).pk)
    for chief in city.chiefs:
        facts = {"post": chief.post, "name": chief.name, "telephone": chief.telephone, "duties": places.CHIEF_DUTIES}
        sign = city.streets[chief.owner].start
        services.appoint_street_chief(
            streets[chief.owner], sign_place=sign, effective_on=rows.APPOINTED, **facts, **who
        )
    for place, unit in enumerate(city.units):
        if unit.level == 7:
            facts = {"systems": places.GRID_SYSTEMS, "rules": places.GRID_RULES}
            services.describe_grid(units[place], effective_on=unit.opened_on, **facts, **who)
    for contact in city.contacts:
        facts = {"post": contact.post, "name": contact.name, "telephone": contact.telephone}
        services.name_service_contact(unit_id=units[contact.owner], effective_on=rows.APPOINTED, **facts, **who)


def _people_count(city: City, units: list[int]) -> None:
    who = {"by": DEMO, "at": LOADED_AT, "source": rows.SOURCE}
    for count in city.counts:
        facts = {"households": count.households, "residents": count.residents, "urban_residents": count.urban}
        published = places.published(count.year)
        services.record_population(units[count.unit], year=count.year, published_on=published, **facts, **who)
    for band in city.bands:
        facts = {"measure": band.measure, "kind": band.kind, "low": band.low, "high": band.high}
        services.set_size_band(units[0], effective_on=rows.REGISTERED, **facts, **who)
    for compound in city.compounds:
        since = city.units[compound.unit].opened_on
        facts = {"form": compound.form, "manager": compound.manager, "effective_on": since}
        services.record_management(units[compound.unit], **facts, **who)
    filling = [(c.unit, c.homes, c.occupied) for c in city.compounds if c.is_filling]
    for unit, planned, occupied in filling + [(p.compound, p.planned, p.occupied) for p in city.proposals]:
        homes = {"homes_planned": planned, "homes_occupied": occupied, "measured_on": rows.MEASURED}
        services.record_occupancy(units[unit], **homes, **who)


def _act(city: City, units: list[int]) -> None:
    """Who acts, one service call for each fact."""
    made, who = city.acting, {"by": DEMO, "at": LOADED_AT}
    ids: list[int] = []
    for body in made.bodies:
        words = ("name_zh", "name_en", "registration", "uscc", "works", "part", "place", "remit_zh", "remit_en")
        facts = {name: getattr(body, name) for name in (*words, "telephone")}
        parent = None if body.parent is None else ids[body.parent]
        paper = {"effective_on": body.since, "instrument": acting.PAPER, "is_simulated": True}
        row = bodies.found_body(kind=body.kind, unit_id=units[body.unit], parent_id=parent, **facts, **paper, **who)
        ids.append(row.pk)
    _fill(city, ids)
    for duty in made.duties:
        texts = {"text_zh": duty.text_zh, "text_en": duty.text_en, "effective_on": made.bodies[duty.body].since}
        bodies.publish_duty(ids[duty.body], **texts, **who)
    for row in made.memberships:
        since = max(made.bodies[row.whole].since, made.bodies[row.member].since)
        paper = {"effective_on": since, "instrument": acting.PAPER, **who}
        bodies.admit_member(ids[row.whole], member_id=ids[row.member], role=row.role, **paper)
    _tie(city, ids, units)


def _fill(city: City, ids: list[int]) -> None:
    made, paper = city.acting, {"instrument": acting.PAPER, "by": DEMO, "at": LOADED_AT}
    posts = []
    for post in made.posts:
        words = ("name_zh", "name_en", "duty_zh", "seats", "filled_by", "is_head")
        facts = {name: getattr(post, name) for name in words}
        posts.append(bodies.make_post(ids[post.body], effective_on=made.bodies[post.body].since, **facts, **paper).pk)
    for held in made.holdings:
        by_post = None if held.by_post is None else posts[held.by_post]
        who = {"name": held.name, "how": held.how, "by_post_id": by_post}
        bodies.fill_post(posts[held.post], effective_on=held.since, **who, **paper)


def _tie(city: City, ids: list[int], units: list[int]) -> None:
    made, who = city.acting, {"by": DEMO, "at": LOADED_AT}
    on = {"effective_on": rows.APPOINTED, **who}
    paper = {"instrument": acting.PAPER, **on}
    for row in made.liaisons:
        facts = {"unit_id": units[row.unit], "name": row.name, "telephone": row.telephone}
        bodies.name_liaison(ids[row.body], **facts, **on)
    for row in made.authorities:
        bodies.extend_authority(units[row.unit], power=row.power, **paper)
    for row in made.strands:
        bodies.lead_strand(units[row.unit], line=row.line, lead_id=ids[row.lead], **on)
    for row in made.receptions:
        facts = {"kind": "people_deputy", "level": 3, "name": row.name, "times": row.times, "where": row.where}
        bodies.arrange_contact(units[row.unit], **facts, **paper)
    for row in made.pairings:
        agreed = {"unit_id": units[row.unit], "agreed_zh": row.agreed_zh, "agreed_en": row.agreed_en}
        pairing = bodies.pair(ids[row.body], **agreed, **paper)
        for day in row.delivered:
            bodies.record_delivery(pairing.pk, delivered_on=day, what_zh=acting.DELIVERED, **who)
    for row in made.figures:
        facts = {"measure": row.measure, "year": row.year, "number": row.number, "source": rows.SOURCE}
        bodies.record_figure(ids[row.body], **facts, **who)
    for row in made.activities:
        facts = {"held_on": row.on, "line": row.line, "text_zh": row.text_zh, "took_part": row.took_part}
        bodies.record_activity(ids[row.body], unit_id=units[row.unit], **facts, **who)
