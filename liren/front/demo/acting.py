"""Who acts in the simulated city as rows of the tables: the same rows that the services would write, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from liren.foundation.bodies.models import (
    FACE,
    Activity,
    Authority,
    Body,
    BodyChange,
    ContactArrangement,
    Delivery,
    Duty,
    Figure,
    Liaison,
    Line,
    MembershipOfBody,
    OfficeHolding,
    Pairing,
    Post,
    Strand,
)
from liren.foundation.territory.services.imports.text import all_keys
from liren.front.demo.copying import copy, new_ids
from liren.front.demo.engine import rows
from liren.front.demo.engine.body_rows import Body as BodyRow
from liren.front.demo.places import Load

PAPER = "里仁市（模拟）机构登记"
DELIVERED = "已按约定兑现"
BODY = ("id", *FACE, "pinyin", "during", "instrument", "is_simulated", "search_text")
CHANGE = ("body_id", "kind", "effective_on", "instrument", "actor", "recorded_at", "after")
POST = (
    "id", "body_id", "name_zh", "name_en", "duty_zh", "duty_en", "seats", "filled_by", "is_head", "is_published",
    "during", "instrument",
)  # fmt: skip
HOLDING = ("post_id", "seat", "name", "by_post_id", "how", "sent_by_id", "during", "instrument")


def load_bodies(load: Load, units: list[int]) -> list[int]:
    """Write everything about bodies; their ids in the city's order. The order is that of what hangs on what."""
    ids = _bodies(load, units)
    posts = _posts(load, ids)
    _holdings(load, ids, posts)
    _lists(load, ids, units)
    _pairings(load, ids, units)
    _recorded(load, ids, units)
    return ids


def _write(
    load: Load, model: type[Model], columns: Iterable[str], lines: Iterable[tuple[Any, ...]], total: int
) -> None:
    copy(model, tuple(columns), lines, total, load.tell)


def _since(load: Load, body: int, other: date = rows.REGISTERED) -> DateRange:
    return DateRange(max(load.city.acting.bodies[body].since, other))


def _bodies(load: Load, units: list[int]) -> list[int]:
    """Bodies with their first change."""
    made = load.city.acting.bodies
    ids = new_ids(Body, len(made))
    faces = [_face(body, ids, units) for body in made]
    keys = list(all_keys([(body.name_zh, body.name_en) for body in made]))
    _write(
        load,
        Body,
        BODY,
        (
            (pk, *face.values(), pinyin, DateRange(body.since), PAPER, True, tokens)
            for pk, face, body, (pinyin, tokens) in zip(ids, faces, made, keys, strict=True)
        ),
        len(ids),
    )
    _write(
        load,
        BodyChange,
        CHANGE,
        (
            (pk, "founded", body.since, PAPER, load.actor, load.at, face)
            for pk, body, face in zip(ids, made, faces, strict=True)
        ),
        len(ids),
    )
    return ids


def _face(body: BodyRow, ids: list[int], units: list[int]) -> dict[str, Any]:
    """The columns of FACE in their order."""
    values = {
        "unit_id": units[body.unit],
        "parent_id": None if body.parent is None else ids[body.parent],
        "zone_id": None,
        "works": list(body.works),
        "address": "",
    }
    return {name: values[name] if name in values else getattr(body, name) for name in FACE}


def _posts(load: Load, bodies: list[int]) -> list[int]:
    made = load.city.acting.posts
    ids = new_ids(Post, len(made))
    _write(
        load,
        Post,
        POST,
        (
            (pk, bodies[p.body], p.name_zh, p.name_en, p.duty_zh, "", p.seats, p.filled_by, p.is_head, True)
            + (_since(load, p.body), PAPER)
            for pk, p in zip(ids, made, strict=True)
        ),
        len(ids),
    )
    return ids


def _holdings(load: Load, bodies: list[int], posts: list[int]) -> None:
    made = load.city.acting.holdings
    _write(
        load,
        OfficeHolding,
        HOLDING,
        (
            (posts[h.post], h.seat, h.name, None if h.by_post is None else posts[h.by_post], h.how)
            + (None if h.sent_by is None else bodies[h.sent_by], DateRange(h.since), PAPER)
            for h in made
        ),
        len(made),
    )


def _lists(load: Load, bodies: list[int], units: list[int]) -> None:
    """Duties, memberships, liaison, authority, strands, deputies."""
    acting = load.city.acting
    _write(
        load,
        Duty,
        ("body_id", "post_id", "kind", "text_zh", "text_en", "basis", "during"),
        ((bodies[d.body], None, "duty", d.text_zh, d.text_en, "", _since(load, d.body)) for d in acting.duties),
        len(acting.duties),
    )
    _write(
        load,
        MembershipOfBody,
        ("whole_id", "member_id", "role", "during", "instrument"),
        (
            (bodies[m.whole], bodies[m.member], m.role, _since(load, m.whole, acting.bodies[m.member].since), PAPER)
            for m in acting.memberships
        ),
        len(acting.memberships),
    )
    _write(
        load,
        Liaison,
        ("body_id", "unit_id", "name", "telephone", "during"),
        (
            (bodies[r.body], units[r.unit], r.name, r.telephone, _since(load, r.body, rows.APPOINTED))
            for r in acting.liaisons
        ),
        len(acting.liaisons),
    )
    _write(
        load,
        Authority,
        ("unit_id", "power", "from_body_id", "detail", "during", "instrument"),
        ((units[a.unit], a.power, None, "", DateRange(rows.APPOINTED), PAPER) for a in acting.authorities),
        len(acting.authorities),
    )
    lines = list(Line.values)
    _write(
        load,
        Strand,
        ("unit_id", "line", "place", "lead_id", "during"),
        (
            (units[s.unit], s.line, lines.index(s.line), bodies[s.lead], _since(load, s.lead, rows.APPOINTED))
            for s in acting.strands
        ),
        len(acting.strands),
    )
    _write(
        load,
        ContactArrangement,
        ("unit_id", "kind", "level", "name", "times", "where", "during", "instrument"),
        (
            (units[r.unit], "people_deputy", 3, r.name, r.times, r.where, DateRange(rows.APPOINTED), PAPER)
            for r in acting.receptions
        ),
        len(acting.receptions),
    )


def _pairings(load: Load, bodies: list[int], units: list[int]) -> None:
    made = load.city.acting.pairings
    ids = new_ids(Pairing, len(made))
    _write(
        load,
        Pairing,
        ("id", "body_id", "unit_id", "agreed_zh", "agreed_en", "during", "instrument"),
        (
            (pk, bodies[p.body], units[p.unit], p.agreed_zh, p.agreed_en, _since(load, p.body, rows.APPOINTED), PAPER)
            for pk, p in zip(ids, made, strict=True)
        ),
        len(ids),
    )
    _write(
        load,
        Delivery,
        ("pairing_id", "delivered_on", "what_zh", "what_en", "recorded_by", "recorded_at"),
        _deliveries(load, ids),
        sum(len(p.delivered) for p in made),
    )


def _deliveries(load: Load, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    for pk, pairing in zip(ids, load.city.acting.pairings, strict=True):
        for day in pairing.delivered:
            yield pk, day, DELIVERED, "", load.actor, load.at


def _recorded(load: Load, bodies: list[int], units: list[int]) -> None:
    """Figures and activities."""
    acting = load.city.acting
    _write(
        load,
        Figure,
        ("body_id", "measure", "year", "revision", "number", "source", "recorded_by", "recorded_at"),
        ((bodies[f.body], f.measure, f.year, 1, f.number, rows.SOURCE, load.actor, load.at) for f in acting.figures),
        len(acting.figures),
    )
    _write(
        load,
        Activity,
        ("body_id", "unit_id", "held_on", "line", "text_zh", "text_en", "result_zh", "took_part")
        + ("recorded_by", "recorded_at"),
        (
            (bodies[a.body], units[a.unit], a.on, a.line, a.text_zh, "", "", a.took_part, load.actor, load.at)
            for a in acting.activities
        ),
        len(acting.activities),
    )
