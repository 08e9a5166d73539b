"""The list of a register: filtered, page by page, with its map and the figures of the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers import queries
from liren.foundation.registers.models import Register
from liren.foundation.registers.models.vocabulary import FieldSpec, Shown
from liren.foundation.registers.queries import lists, shelf
from liren.front.kit.pages import Page, listed
from liren.front.portal.forms import today
from liren.front.portal.registers import figures, words
from liren.front.portal.registers.forms import ListForm
from liren.front.portal.registers.places import Scope, scope

#: Entries are counted up to here; whoever needs the exact number takes the table away.
MOST_COUNTED = 1000
#: Entries in one file; whoever needs more takes one place after another.
MOST_IN_A_FILE = 200_000
SIZE = 30


@dataclass(frozen=True)
class Line:
    """An entry in the list. ``cells`` stand under the columns, None where this reader reads none."""

    row: lists.Row
    cells: list[tuple[FieldSpec, Shown | None]]
    stale: str


def columns(register: Register, actor: Actor) -> list[FieldSpec]:
    """The fields of the list that this reader reads, at least in some unit."""
    read = register.spec.fields_for("workers" if actor.holds("registers.read") else "public")
    return [one for one in register.spec.list_fields if one in read and register.spec.visible != "sealed"]


def page(request: HttpRequest, register: Register, actor: Actor) -> dict[str, Any]:
    """Everything on the page of a register."""
    fields = columns(register, actor)
    form = ListForm(request.GET, fields=fields)
    is_valid = form.is_valid()
    where = scope(form.cleaned_data.get("unit"), register.spec)
    form.offer(where.options)
    chosen = choice(form)
    found = entries(request, register, actor, chosen, fields) if is_valid else Page([], "", "")
    total = count(found, register, actor, chosen, form) if is_valid else None
    return {
        "register": register,
        "spec": register.spec,
        "form": form,
        "scope": where,
        "fields": fields,
        "page": found,
        "count": total,
        "is_cut": bool(total and (total.at_least or total.entries > MOST_IN_A_FILE)),
        "hides": any(cell.hidden for line in found for _field, cell in line.cells if cell),
        "figures": figures.at(register, where.here, actor),
        "how": words.how_entries_come(register.spec),
        **addresses(request, register, where),
    }


def choice(form: ListForm) -> queries.Choice:
    """What was asked for, as the room of registers takes it."""
    asked = form.cleaned_data
    return queries.Choice(asked.get("unit"), asked.get("q", ""), form.filters, asked.get("until") == "past")


def entries(
    request: HttpRequest, register: Register, actor: Actor, chosen: queries.Choice, fields: list[FieldSpec]
) -> Page[Line]:
    """A page of lines; the next one begins behind a key, so that it costs the same."""

    def fetch(after: Any, limit: int) -> list[lists.Row]:
        facts = {"unit": chosen.unit, "q": chosen.q, "filters": chosen.filters, "closed": chosen.closed}
        return queries.entries(register, actor, after=after, limit=limit, **facts).rows  # type: ignore[arg-type]

    rows = listed(request, fetch, lambda row: (row.entry.pinyin, row.entry.pk), shape="tn", size=SIZE)
    return Page([line(row, fields) for row in rows], rows.next_query, rows.first_query)


def line(row: lists.Row, fields: list[FieldSpec]) -> Line:
    """A row under the columns of the list."""
    cells = {one.field.code: one for one in row.cells}
    stale = words.unreviewed(row.entry.reviewed_on, today()) if row.is_stale else ""
    return Line(row, [(field, cells.get(field.code)) for field in fields], stale)


def count(found: Page[Line], register: Register, actor: Actor, chosen: queries.Choice, form: ListForm) -> shelf.Size:
    """How many entries answer: known without counting where one page holds them all, or where nothing is narrowed."""
    if not found.next_query and not found.first_query:
        return shelf.Size(len(found))
    if chosen.unit is None and not form.is_narrowed:
        return shelf.sizes([register], actor).get(register.pk, shelf.Size())
    facts = {"unit": chosen.unit, "q": chosen.q, "filters": chosen.filters, "closed": chosen.closed}
    rows = lists.rows_of(register, actor, **facts).order_by()  # type: ignore[arg-type]  # the fields of a Choice
    counted = rows[: MOST_COUNTED + 1].count()
    return shelf.Size(min(counted, MOST_COUNTED), at_least=counted > MOST_COUNTED)


def addresses(request: HttpRequest, register: Register, where: Scope) -> dict[str, str]:
    """Where the same entries are had as table and as map, and the outline that lies under the map."""
    kept = request.GET.copy()
    kept.pop("after", None)
    query = f"?{kept.urlencode()}" if kept else ""
    has_map = register.spec.place != "none" and register.spec.visible != "sealed"
    return {
        "csv_url": "" if register.spec.visible == "sealed" else reverse("register-csv", args=[register.code]) + query,
        "geo_url": reverse("register-geo", args=[register.code]) + query if has_map else "",
        "map_url": reverse("register-map", args=[register.code]) + query if has_map else "",
        "ground_url": reverse("unit-geo", args=[where.here.code]) if has_map and where.here else "",
    }
