"""The form of an entry, made from the declaration of its register alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies import queries as bodies
from liren.foundation.bodies.models import Body
from liren.foundation.people.models.reach import inside
from liren.foundation.registers.models import Attachment, Entry, Facts, Register
from liren.foundation.registers.queries import typed_values
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Boundary, Level, Unit
from liren.front.desk.fields import UnitField
from liren.front.desk.registers.area import Area
from liren.front.desk.registers.widgets import AsTyped, Day, Measured, Offered, form_fields, word
from liren.front.kit.templatetags.kit import plain_name

#: So many units are a list to choose from; more are typed, with the first ones offered.
LISTED, OFFERED = 40, 500
BEFORE = ("unit", "name_zh", "name_en")
PLACE = ("lon", "lat", "outside")
AFTER = ("opened_on",)
#: What every entry says of itself beside its unit; the form gives it to the services as it was typed.
IDENTITY = ("name_zh", "name_en", "lon", "lat", "opened_on")


@dataclass(frozen=True)
class Section:
    """A part of the form under its heading. ``kind``: "place" is drawn with a map."""

    title: str
    fields: list[Any]
    kind: str = ""


class EntryForm(forms.Form):
    """``sealed``: with the fields that are sealed, for who enters something new or has opened the entry."""

    def __init__(self, *args: Any, book: Register, area: Area, actor: Any, sealed: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.book, self.area, self.actor = book, area, actor
        self.declared = [one for one in book.spec.fields if sealed or one.visible != "sealed"]
        self.asks_place = False
        self._identity()
        for one in self.declared:
            self.fields.update(form_fields(one, self._offers(one)))
        self._place()

    def _identity(self) -> None:
        self.fields["unit"] = unit_field(self.area, self.book, self.actor)
        name = forms.TextInput(attrs={"maxlength": 100, "autocomplete": "off"})
        self.fields["name_zh"] = AsTyped(label=_("Name"), help_text=word(self.book.spec.title_help), widget=name)
        english = forms.TextInput(attrs={"maxlength": 200, "autocomplete": "off"})
        self.fields["name_en"] = AsTyped(label=_("English name"), required=False, widget=english)

    def _place(self) -> None:
        place = self.book.spec.place
        if place != "none":
            for name, label in (("lon", _("Longitude")), ("lat", _("Latitude"))):
                needed = place == "required"
                self.fields[name] = AsTyped(label=label, required=needed, widget=Measured("°"))
            words = _("The point is right: it lies outside of the unit.")
            self.fields["outside"] = forms.BooleanField(label=words, required=False)
        words = _("The first day on which it was there. Leave it empty if nobody knows.")
        self.fields["opened_on"] = AsTyped(label=_("There since"), required=False, help_text=words, widget=Day())

    def _offers(self, field: Any) -> list[tuple[str, str]]:
        """What a field that refers to something may name; the first of them, where there are many."""
        if field.kind == "body":
            return self._bodies(field)
        if field.kind == "unit":
            levels = [Level[one.upper()] for one in field.levels]
            existing = Unit.objects.existing_on(timezone.localdate())
            return offers_of(existing.filter(inside(self.area.paths, "path"), level__in=levels))
        return []

    def _bodies(self, field: Any) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for unit in self.area.of(self.book)[:3]:
            for kind in field.body_kinds or ("",):
                rows = bodies.bodies(self.actor, unit=unit, kind=kind, on=timezone.localdate(), limit=100)
                found |= {one.name_zh: plain_name(one.unit) for one in rows}
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        question = self._question(data.get("unit"))
        self.asks_place = bool(question) or bool(data.get("outside"))
        if question and not data.get("outside"):
            typed = data.get("lon")
            self.add_error("lon", question)
            data["lon"] = typed  # else the service would call it missing beside the latitude
        return data

    def _question(self, unit: Unit | None) -> str:
        """What there is to ask about the point: it lies outside of the unit, as far as its outline is known."""
        point = [_degrees(self.data.get(name)) for name in ("lon", "lat")]
        if unit is None or "lon" not in self.fields or None in point:
            return ""
        held = Boundary.objects.filter(unit__in=unit.path_ids, during__upper_inf=True).select_related("unit")
        nearest = held.defer("wkb").order_by("-unit__level").first()
        found = territory.units_at(*point)  # type: ignore[arg-type]  # no None in it, asked above
        if nearest is None or nearest.unit in found:
            return ""
        words = {"unit": plain_name(unit), "there": plain_name(found[0]) if found else ""}
        if not found:
            return (
                _("The point lies outside of %(unit)s and of the whole city. Are longitude and latitude right?") % words
            )
        return _("The point lies in %(there)s, not in %(unit)s. Move it, or say below that it is right.") % words

    def identity(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in IDENTITY if name in self.fields}

    def values(self) -> dict[str, Any]:
        """The declared fields as they were typed; files come after, one by one."""
        names = [name for one in self.declared for name in names_of(one) if one.kind != "file"]
        return {name: self.cleaned_data.get(name) for name in names}

    def uploads(self) -> dict[str, Any]:
        """For each field of a file that was touched: the upload, or False where it is to be taken out."""
        codes = [one.code for one in self.declared if one.kind == "file"]
        given = {code: self.cleaned_data.get(code) for code in codes}
        return {code: value for code, value in given.items() if value is False or hasattr(value, "chunks")}

    @property
    def sections(self) -> list[Section]:
        """The form as it is read: what and where it is, what is said of it, its place, its days."""
        names = [name for one in self.declared for name in names_of(one)]
        parts = [
            (_("What it is"), BEFORE, ""),
            (_("What is recorded"), names, ""),
            (_("Place on the map"), PLACE, "place"),
        ]
        parts.append((_("Time"), AFTER, ""))
        shown = [(title, [self[name] for name in these if self._shows(name)], kind) for title, these, kind in parts]
        return [Section(title, fields, kind) for title, fields, kind in shown if fields]

    def _shows(self, name: str) -> bool:
        return name in self.fields and (name != "outside" or self.asks_place)


def names_of(field: Any) -> list[str]:
    """The names under which a form holds a declared field."""
    return [field.code, f"{field.code}_en"] if field.kind == "bilingual" else [field.code]


def _degrees(typed: Any) -> float | None:
    try:
        return float(typed)
    except (TypeError, ValueError):
        return None


def offers_of(units: Any) -> list[tuple[str, str]]:
    rows = units.select_related("parent").order_by("code")[:OFFERED]
    return [
        (one.code, f"{plain_name(one)} · {plain_name(one.parent)}" if one.parent else plain_name(one)) for one in rows
    ]


def unit_field(area: Area, book: Register, actor: Any) -> UnitField:
    """Units of the actor: a list where they are few, else typed with the first ones offered."""
    offers = offers_of(area.places(book))
    field = UnitField(label=_("Unit"))
    field.actor = actor
    if len(offers) <= LISTED:
        field.widget = forms.Select(choices=offers if len(offers) == 1 else [("", "—"), *offers])
        field.help_text = ""
    else:
        field.widget = Offered(offers)
    field.widget.is_required = field.required
    return field


def initial_of(book: Register, entry: Facts) -> dict[str, Any]:
    """An entry as a form shows it for typing."""
    typed = {name: getattr(entry, name) for name in IDENTITY} | {"unit": entry.unit.code}
    values = typed_values(book, entry)
    for field in book.spec.fields:
        value = values.get(field.code)
        if field.kind == "yes_no":
            values[field.code] = "true" if value is True else "false" if value is False else ""
        elif field.kind == "body" and isinstance(value, int):
            values[field.code] = _body_name(value)
        elif field.kind == "file" and isinstance(entry, Entry):
            values[field.code] = _held(book, entry, value)
    return typed | values


def _body_name(key: int) -> str:
    """The full name, by which the service finds the body again; its key where several bear the name."""
    name = Body.objects.filter(pk=key).values_list("name_zh", flat=True).first() or ""
    return name if name and Body.objects.filter(name_zh=name)[:2].count() == 1 else str(key)


@dataclass(frozen=True)
class Held:
    """A file that is there already, as the form names it."""

    name: str
    url: str

    def __str__(self) -> str:
        return self.name


def _held(book: Register, entry: Entry, key: Any) -> Held | None:
    file = Attachment.objects.filter(pk=key, entry=entry).only("name").first() if isinstance(key, int) else None
    if file is None:
        return None
    return Held(file.name, reverse("desk-register-file", args=[book.code, entry.number, key]))
