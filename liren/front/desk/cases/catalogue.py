"""The dispatch catalogue: who is responsible, unit by unit; what a change would do is shown before it is made."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory.models import Unit
from liren.front.desk import importing, jobs
from liren.front.desk.cases import words
from liren.front.desk.cases.forms import said
from liren.front.desk.cases.standing import WHY
from liren.front.desk.fields import DayField, DeskForm, TextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.kit.pages import keyset
from liren.service.cases import queries
from liren.service.cases.models import DeclaredType, types
from liren.service.cases.queries import NoCase, dispatch
from liren.service.cases.services import catalogue, catalogue_files

KEEP = "cases.catalogue"
PAGE = "desk/cases/{}.html"
SHOWN = 50
#: Octets, some three hundred rules: a larger table is tried and brought in by the worker.
AT_ONCE = 20_000


def matters() -> list[tuple[Any, Any]]:
    """Types with their categories as one list to choose from: "type" or "type.category"."""
    here = words.language()
    grouped: list[tuple[Any, Any]] = []
    for one in types():
        rest = _("all kinds without a rule of their own") if one.spec.categories else _("every case")
        own = [(f"{one.code}.{kind.code}", kind.name.text(here)) for kind in one.spec.categories]
        grouped.append((str(one.name), [(one.code, rest), *own]))
    return grouped


def matter_of(value: str) -> tuple[DeclaredType, str]:
    """The type and category that were chosen from ``matters``."""
    code, _dot, category = value.partition(".")
    return next(one for one in types() if one.code == code), category


class MatterForm(DeskForm):
    matter = forms.ChoiceField(label=pgettext_lazy("case", "What"))
    unit = UnitField(label=pgettext_lazy("case", "In the place"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["matter"].choices = [("", "—"), *matters()]  # type: ignore[attr-defined]  # a choice field


class WhyForm(MatterForm):
    on = DayField(label=gettext_lazy("On the day"), required=False)


class RuleForm(MatterForm):
    body = TextField(
        label=gettext_lazy("Responsible body"),
        max_length=100,
        help_text=gettext_lazy("Its full name; it has to act in that unit or above."),
    )
    ground = TextField(
        label=gettext_lazy("On which ground"),
        max_length=300,
        help_text=gettext_lazy("The provision, list or decision that makes it so."),
    )
    since = DayField(label=gettext_lazy("From the day"))
    until = DayField(label=gettext_lazy("Until, the first day without it"), required=False)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        unit, name = asked.get("unit"), asked.get("body", "").strip()
        if unit and name:
            rows = Body.objects.living_on(timezone.localdate()).filter(name_zh=name, unit_id__in=unit.path_ids)
            found = list(rows.order_by("-unit__level", "pk")[:2])
            if not found:
                self.add_error("body", _("No such body acts in this place."))
            asked["body"] = found[0] if found else None
        return asked

    def change(self) -> catalogue_files.Change:
        asked = self.cleaned_data
        kind, category = matter_of(asked["matter"])
        facts = (asked["unit"], asked["body"], asked["ground"], asked["since"], asked["until"])
        return catalogue_files.Change(kind, category, *facts)


class ListForm(DeskForm):
    unit = UnitField(label=pgettext_lazy("case", "In the place"), required=False, help_text="")
    matter = forms.ChoiceField(label=pgettext_lazy("case", "What"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        every = [("", pgettext_lazy("filter", "Any")), *((one.code, one.name) for one in types())]
        self.fields["matter"].choices = every  # type: ignore[attr-defined]  # a choice field


@desk(KEEP)
def rule_list(request: HttpRequest) -> HttpResponseBase:
    actor = may(request, KEEP) or actor_of(request)
    form = ListForm(request.GET, actor=actor)
    form.is_valid()
    kind = next((one for one in types() if one.code == form.cleaned_data.get("matter")), None)
    facts: dict[str, Any] = {"unit": form.cleaned_data.get("unit"), "type": kind.pk if kind else None}
    page = keyset(request, queries.rules_kept(actor, **facts, on=timezone.localdate()), key="id")
    rows = [(one, *named_matter(one.type_id, one.category)) for one in page]
    context = {"title": _("Dispatch catalogue"), "filter": form, "page": page, "rows": rows}
    return show(request, PAGE.format("catalogue"), "", context)


def named_matter(type_id: int, category: str) -> tuple[str, str]:
    """A type and category in words."""
    kind = next((one for one in types() if one.pk == type_id), None)
    if kind is None:
        return "—", category
    found = kind.spec.category(category) if category else None
    return str(kind.name), found.name.text(words.language()) if found else category


@desk(KEEP, *FORM)
def rule_add(request: HttpRequest) -> HttpResponseBase:
    """First what would change, then the change: the same form, sent twice."""
    actor = may(request, KEEP) or actor_of(request)
    form = RuleForm(request.POST if request.method == "POST" else None, actor=actor,
                    initial={"since": timezone.localdate()})  # fmt: skip
    found: list[Any] = []
    sure = request.POST.get("step") == "do"
    if form.is_valid() and said(form, lambda: found.extend(tried(form, actor, write=sure))) and sure:
        return done(request, "", "", {}, to=reverse("desk-catalogue"), message=_("The rule is in the catalogue."))
    shown = form.is_bound and not form.errors
    context = {"title": _("Add a rule"), "form": form, "shown": shown, "moved": moved_lines(found)}
    return show(request, PAGE.format("rule"), "", context, status=422 if form.errors else 200)


def tried(form: RuleForm, actor: Any, *, write: bool) -> list[dispatch.Moved]:
    """Make the change, or say what it would do."""
    change, at = form.change(), timezone.now()
    catalogue.fits(change.kind, change.category, change.unit, change.body.pk, change.since, change.until)
    if not write:
        return catalogue_files.dry_run([change], by=actor, at=at)
    facts: dict[str, Any] = {"unit_id": change.unit.pk, "body_id": change.body.pk, "ground": change.ground}
    facts |= {"since": change.since, "until": change.until, "category": change.category}
    catalogue.add_rule(change.kind.code, **facts, by=actor, at=at)
    return []


def moved_lines(moved: list[dispatch.Moved]) -> list[dict[str, Any]]:
    """What would go elsewhere, in words."""
    units = Unit.objects.in_bulk({one.unit_id for one in moved})
    return [
        {"what": named_matter(one.type_id, one.category), "unit": units.get(one.unit_id), "moved": one}
        for one in moved[:SHOWN]
    ]


class EndForm(forms.Form):
    on = DayField(label=gettext_lazy("From which day it no longer holds"))


@desk(KEEP, *FORM)
def rule_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    actor = actor_of(request)
    rule = queries.rules_kept(actor).filter(pk=pk).first()
    if rule is None:
        raise NoCase(_("There is no such rule."), next_step=_("Choose it from the catalogue."))
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if form.is_valid() and said(form, lambda: end(pk, form.cleaned_data["on"], actor)):
        return done(request, "", "", {}, to=reverse("desk-catalogue"), message=_("The rule ends on that day."))
    context = {
        "title": _("End this rule"),
        "form": form,
        "rule": rule,
        "what": named_matter(rule.type_id, rule.category),
    }
    return show(request, PAGE.format("rule_end"), "", context, status=422 if form.is_bound else 200)


def end(pk: int, on: date, actor: Any) -> None:
    catalogue.end_rule(pk, on=on, by=actor, at=timezone.now())


@desk(KEEP)
def why(request: HttpRequest) -> HttpResponseBase:
    """The tester: which body would it be, and which units were asked."""
    actor = may(request, KEEP) or actor_of(request)
    form = WhyForm(request.GET or None, actor=actor)
    context: dict[str, Any] = {"title": _("Why here?"), "form": form}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        kind, category = matter_of(asked["matter"])
        answer = queries.responsible(kind, category, asked["unit"], asked["on"] or timezone.localdate())
        context |= {"answer": answer, "reasons": [(one, WHY[one.word]()) for one in dispatch.reasons(answer)]}
    return show(request, PAGE.format("why_page"), "", context)


# --- a table brought in ---


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("XLSX or CSV with the columns: type, category, unit, body, ground, since, until."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


def import_of(actor: Any) -> importing.Import:
    """What the pages of an import are told of the catalogue."""
    return importing.Import(
        what=jobs.CATALOGUE,
        take=_take,
        titles={},
        page=PAGE.format("rule_import"),
        upload=reverse("desk-rule-import"),
        check=lambda kept: reverse("desk-rule-check", args=[UUID(kept.key)]),
        faults=lambda kept: "",
        home=reverse("desk-catalogue"),
        shows={"about": _("Dispatch catalogue")},
        later=partial(jobs.hand_over, by=actor),
        nothing=catalogue_files.CatalogueReport,
        at_once=AT_ONCE,
        result=PAGE.format("rule_check"),
        more=lambda report: {"moved": moved_lines(report.moved)},
    )


def _take(path: Path, *, source: str, **how: Any) -> catalogue_files.CatalogueReport:
    """A rule names its own ground, so nobody is asked for a source of the whole."""
    return catalogue_files.import_rules(path, **how)


@desk(KEEP, *FORM)
def rule_import(request: HttpRequest) -> HttpResponseBase:
    actor = may(request, KEEP) or actor_of(request)
    return importing.upload_page(request, import_of(actor), UploadForm(*importing.sent(request)))


@desk(KEEP, *FORM)
def rule_check(request: HttpRequest, kept: UUID) -> HttpResponseBase:
    """A trial run first: what the table would do. Sent, the very file that was tried is brought in."""
    actor = may(request, KEEP) or actor_of(request)
    return importing.check_page(request, import_of(actor), kept)
