"""Where best: asked for on the page, worked out by the worker, shown with the certificate of how good it is."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import Proposal, ProposalKind, Run
from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.jobs import enqueue, job
from liren.foundation.kernel.reply import done, show
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.lifecircle.certificate import certificate
from liren.front.desk.lifecircle.place import ACTION, NUMBER, Place, place_for
from liren.front.desk.lifecircle.whatif import categories
from liren.front.desk.refusals import accepted
from liren.front.kit import circles
from liren.front.kit.templatetags.kit import plain_name

PAGE = "desk/lifecircle/sites.html"
#: What a page waits for is remembered for so long.
KEEP_S = 3600


class SiteForm(forms.Form):
    """What to build, and how many."""

    kind = forms.ChoiceField(label=gettext_lazy("What to choose"), choices=ProposalKind.choices)
    category = forms.ChoiceField(label=gettext_lazy("Service"))
    budget = forms.IntegerField(label=gettext_lazy("At most so many"), min_value=1, max_value=200, initial=5)

    def __init__(self, *args: Any, run: Run | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].choices = [] if run is None else categories(run)  # type: ignore[attr-defined]


@desk(ACTION, *FORM)
def sites(request: HttpRequest, code: str) -> HttpResponseBase:
    place, posted = place_for(request, code), request.method == "POST"
    form = SiteForm(request.POST if posted else None, run=place.run)
    keys: list[str] = []
    if form.is_valid() and accepted(form, lambda: keys.append(queued(request, place, form.cleaned_data))):
        address = f"{reverse('desk-circle-sites', args=[code])}{place.query}&job={keys[0]}"
        return done(request, PAGE, "", {}, to=address)
    context = place.context(title=_("Where best"), form=form, **found(request, place))
    return show(request, PAGE, "waiting", context, status=422 if posted else 200)


def queued(request: HttpRequest, place: Place, asked: dict[str, Any]) -> str:
    """Hand the question to the worker; the key under which its answer is looked for."""
    if place.run is None or not place.may_ask:
        raise BadInput(_("There is no run that you may ask."), next_step=_("Ask for a run first."))
    key, by = uuid.uuid4().hex, actor_of(request)
    cache.set(_at(key), {"owner": by.label, "run": place.run.pk, "number": 0, "refusal": ""}, KEEP_S)
    enqueue(
        choose_sites, kept_as=key, run_id=place.run.pk, account=by.pk, language=get_language() or "zh-hans", **asked
    )
    return key


def _at(key: str) -> str:
    return f"desk.sites:{key}"


@job(name="desk.choose_sites")
def choose_sites(
    *, kept_as: str, run_id: int, account: int, language: str, kind: str, category: str, budget: int
) -> None:
    """Choose in the name and the language of whoever asked. What was refused is told on the page."""
    by = Account.objects.get(pk=account)
    kept = cache.get(_at(kept_as)) or {"owner": by.label, "run": run_id, "number": 0}
    with translation.override(language):
        try:
            run = Run.objects.visible_to(by).select_related("city", "standard").get(pk=run_id)
            made = services.propose(run, kind=kind, category=category, budget=budget, by=by, at=timezone.now())
        except LirenError as error:
            cache.set(_at(kept_as), kept | {"refusal": f"{error.message} {error.next_step}".strip()}, KEEP_S)
        except Exception:
            cache.set(_at(kept_as), kept | {"refusal": _("Something went wrong while it was worked out.")}, KEEP_S)
            raise
        else:
            cache.set(_at(kept_as), kept | {"number": made.number}, KEEP_S)


def found(request: HttpRequest, place: Place) -> dict[str, Any]:
    """What the page waits for, the proposal that is looked at, and the earlier ones."""
    run = place.run
    if run is None:
        return {"earlier": []}
    earlier = queries.proposals(run)
    waits = waiting(request, run)
    number = str(waits["number"] or "") if waits else request.GET.get("proposal", "")
    one = next((one for one in earlier if NUMBER.fullmatch(number) and one.number == int(number)), None)
    return {
        "earlier": [line(run, one) for one in earlier],
        "waits": waits,
        "shown": None if one is None else shown(run, one),
        "map_url": reverse("desk-circle-map", args=[place.unit.code]) + place.query,
        "ground_url": reverse("unit-geo", args=[place.unit.code]),
        "legend": circles.legend(),
    }


def waiting(request: HttpRequest, run: Run) -> dict[str, Any] | None:
    """What is known of the question of ``?job=``, to whoever asked it; None where nothing is."""
    try:
        key = uuid.UUID(request.GET.get("job", "")).hex
    except ValueError:
        return None
    kept = cache.get(_at(key))
    return (
        kept if isinstance(kept, dict) and (kept["owner"], kept["run"]) == (actor_of(request).label, run.pk) else None
    )


def line(run: Run, one: Proposal) -> dict[str, Any]:
    """A proposal in the list."""
    category = queries.standard_of(run).category(one.category)
    return {"proposal": one, "name": one.category if category is None else circles.says(category.name)}


def shown(run: Run, one: Proposal) -> dict[str, Any]:
    """A proposal with its sites in words, and as the map draws them."""
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[site["name"] for site in one.chosen])}
    sites = [
        {**site, "label": plain_name(units[site["name"]]) if site["name"] in units else site["name"]}
        for site in one.chosen
    ]
    return {
        **line(run, one),
        "sites": sites,
        "gained": one.people_after - one.people_before,
        "certificate": certificate(one),
        "things": {"type": "FeatureCollection", "features": [feature for site in sites for feature in drawn(site)]},
    }


def drawn(site: dict[str, Any]) -> list[dict[str, Any]]:
    """A site as a point; a gate or crossing as a line between its ends as well."""
    point = circles.point(site["lon"], site["lat"], kind="site", code="", name=site["label"] or _("Site"))
    if "to_lon" not in site:
        return [point]
    ends = [[site["lon"], site["lat"]], [site["to_lon"], site["to_lat"]]]
    way = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": ends}, "properties": {"kind": "way"}}
    return [way, point]
