"""Notices in force for everybody, as a page and as a feed; and on one's own page those of the topics one chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.people.models import Account
from liren.foundation.territory.models import Level, Unit
from liren.front.kit import atom
from liren.front.kit.pages import Page, listed
from liren.front.kit.refusals import accepted
from liren.front.kit.templatetags.kit import plain_name
from liren.front.portal.cases import places
from liren.front.portal.cases.choosing import language
from liren.front.portal.cases.listing import key
from liren.front.portal.registers.forms import UnitField
from liren.front.portal.registers.places import scope
from liren.service.cases import services
from liren.service.cases.models import ChosenTopic, DeclaredType, types
from liren.service.cases.queries import notices as queries
from liren.service.cases.queries.notices import TYPE, Notice

SIZE, IN_FEED = 20, 50


def kind() -> DeclaredType | None:
    """The type of notices, where the packs declare it."""
    return next((one for one in types() if one.code == TYPE), None)


def topics() -> list[tuple[str, str]]:
    """Codes and names of the topics, in the order of the declaration."""
    found, here = kind(), language()
    return [(one.code, one.name.text(here)) for one in found.spec.categories] if found else []


class TopicsField(forms.MultipleChoiceField):
    """Topics by their codes, none of them ticked beforehand."""

    widget = forms.CheckboxSelectMultiple


class ListForm(forms.Form):
    """A place, and topics; all where none is ticked."""

    unit = UnitField(label=gettext_lazy("Place"))
    topic = TopicsField(label=pgettext_lazy("notice", "Topics"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["topic"].choices = topics()  # type: ignore[attr-defined]  # a choice field

    @property
    def kept(self) -> str:
        """What was chosen, as the query of an address."""
        unit, chosen = self.cleaned_data.get("unit"), self.cleaned_data.get("topic", [])
        pairs = [("unit", unit.code)] if unit else []
        return urlencode([*pairs, *(("topic", one) for one in chosen)])


def page(request: HttpRequest, form: ListForm) -> dict[str, Any]:
    """The public list, and the addresses of its feed and of choosing the same for oneself."""
    asked = form.cleaned_data if form.is_valid() else {}
    unit, where = asked.get("unit"), scope(asked.get("unit"))
    form.fields["unit"].widget = forms.Select(choices=where.options)
    kept = f"?{form.kept}" if form.kept else ""
    return {
        "form": form,
        "unit": unit,
        "page": rows(request, unit, asked.get("topic", [])) if form.is_valid() else Page([], "", ""),
        "is_narrowed": bool(kept),
        "feed_url": reverse("notice-feed") + kept,
        "choose_url": reverse("me-notices") + kept,
    }


def rows(request: HttpRequest, unit: Unit | None, chosen: list[str]) -> Page[Notice]:
    """A page of the list, the newest word first."""
    now = timezone.now()

    def fetch(after: Any, limit: int) -> list[Notice]:
        return queries.notices(at=now, unit=unit, topics=chosen, after=key(after), limit=limit)

    return _listed(request, fetch)


def _listed(request: HttpRequest, fetch: Any) -> Page[Notice]:
    return listed(request, fetch, lambda row: (row.key[0].isoformat(), row.key[1]), shape="tn", size=SIZE)


def feed(request: HttpRequest, form: ListForm) -> HttpResponse:
    """The same as Atom, for those who want no account: nothing is kept of who reads it."""
    if not form.is_valid():
        return HttpResponse(_("No place of today has this code."), status=422, content_type="text/plain; charset=utf-8")
    unit, chosen = form.cleaned_data["unit"], form.cleaned_data["topic"]
    found = queries.notices(at=timezone.now(), unit=unit, topics=chosen, limit=IN_FEED)
    named = dict(topics())
    parts = [_("Notices"), plain_name(unit) if unit else "", *(named[code] for code in chosen)]
    newest = max((one.last.at for one in found), default=None)
    root = atom.feed(request.build_absolute_uri(), " · ".join(part for part in parts if part), newest)
    for one in found:
        _entry(request, root, one)
    return HttpResponse(atom.written(root), content_type=atom.TYPE)


def _entry(request: HttpRequest, root: Any, one: Notice) -> None:
    address = request.build_absolute_uri(reverse("case", args=[one.case.number]))
    said = [one.text("news"), one.text("content"), one.text("where"), one.text("contact")]
    pairs = [
        ("id", address),
        ("title", f"{plain_name(one.case.unit)} · {one.text('headline')}"),
        ("published", atom.moment(one.issued[0].at)),
        ("updated", atom.moment(one.last.at)),
        ("summary", "\n".join(part for part in said if part)),
    ]
    atom.category(atom.entry(root, pairs, link=address), one.case.category, one.topic)


# --- one's own ---


class ChooseForm(forms.Form):
    """A community and topics to hear of. Nothing is ticked but what the address of the page names."""

    community = forms.CharField(label=pgettext_lazy("form", "Community"), max_length=60, required=False)
    unit = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    topic = TopicsField(
        label=pgettext_lazy("notice", "Topics"), error_messages={"required": gettext_lazy("Tick at least one topic.")}
    )

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["topic"].choices = topics()  # type: ignore[attr-defined]  # a choice field
        self.places: list[Unit] = []


class EndForm(forms.Form):
    """One topic of one place that is wanted no longer."""

    unit = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    topic = forms.CharField(max_length=40)


def choosing(request: HttpRequest) -> ChooseForm:
    """The form as it was sent, or with what the address names; else one's own community is offered."""
    if request.method == "POST":
        return ChooseForm(request.POST)
    unit = _community(places.unit_of_code(request.GET.get("unit", "")[:20]) or places.home_of(request.user))
    known = {"unit": unit.code if unit else "", "topic": request.GET.getlist("topic")[:20]}
    return ChooseForm(None, initial=known)


def _community(unit: Unit | None) -> Unit | None:
    """The community of a compound or grid, on which notices hang; everything above it as it is."""
    if unit is None or unit.level <= Level.COMMUNITY:
        return unit
    return Unit.objects.filter(pk__in=unit.path_ids, level=Level.COMMUNITY).select_related("parent").first()


def subscribed(form: ChooseForm, *, by: Account, at: datetime) -> bool:
    """Choose what the form says; what is wrong is said beside the field."""
    if not form.is_valid():
        return False
    unit, form.places = places.chosen(form, by)
    if unit is None:
        if not form.errors:
            form.add_error("community", _("Say for which community."))
        return False
    facts = {"type": TYPE, "categories": form.cleaned_data["topic"]}
    return accepted(form, lambda: services.subscribe(unit.pk, **facts, by=by, at=at))


def unsubscribed(form: EndForm, *, by: Account, at: datetime) -> None:
    """End one of one's own; nobody else's is ever named by this form."""
    if form.is_valid():
        asked = form.cleaned_data
        services.unsubscribe(asked["unit"], type=TYPE, category=asked["topic"], by=by, at=at)


@dataclass(frozen=True)
class Chosen:
    """A topic that was chosen, in words."""

    topic: ChosenTopic
    name: str


def own(request: HttpRequest, form: ChooseForm, *, by: Account, at: datetime) -> dict[str, Any]:
    """What was chosen, the notices in force that fit exactly this, and the form to choose more."""
    mine, named = queries.chosen_topics(by), dict(topics())

    def fetch(after: Any, limit: int) -> list[Notice]:
        return queries.chosen_notices(mine, at=at, after=key(after), limit=limit)

    ticked = str(form["unit"].value() or "")
    unit = places.unit_of_code(ticked)
    return {
        "form": form,
        "mine": [Chosen(one, named.get(one.category, one.category)) for one in mine],
        "page": _listed(request, fetch),
        "places": form.places or ([unit] if unit else []),
        "ticked": ticked,
        "exists": bool(named),
    }
