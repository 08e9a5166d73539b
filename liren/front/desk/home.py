"""The first page of the desk: my mandates, what waits for me, and what I may do in which unit."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies import queries as bodies
from liren.foundation.kernel.reply import show
from liren.foundation.people.models import AccessGrant, Mandate, Residency, ResidencyState
from liren.foundation.territory.models import ProposalState
from liren.front.desk.admission.overview import gate_lines
from liren.front.desk.cases.overview import case_lines
from liren.front.desk.counting import MOST, bounded
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.proposals import proposals_in_area_of
from liren.front.desk.registers.area import KEEP, area_of
from liren.front.desk.registers.overview import lines_for
from liren.front.desk.sections import sections_for
from liren.service.cases.models import CaseLook


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits, with its bounded number."""

    title: str
    url: str
    number: str


def waiting_for(actor: Any) -> list[Waiting]:
    """What this actor has to decide, one line for each kind that is theirs."""
    lines = [Waiting(title, url, bounded(rows)) for title, url, rows in case_lines(actor)]
    lines += [Waiting(title, url, bounded(rows)) for title, url, rows in gate_lines(actor)]
    if actor.holds("people.verify"):
        claims = Residency.objects.visible_to(actor).exclude(account_id=actor.pk)
        claims = claims.filter(state=ResidencyState.CLAIMED)
        lines.append(Waiting(_("Residency claims to decide"), reverse("desk-residency"), bounded(claims)))
    if actor.holds(KEEP):
        late = sum(one.stale or 0 for one in lines_for(actor, area_of(actor)))
        url = f"{reverse('desk-registers')}?todo=1"
        if late:
            lines.append(Waiting(_("Entries of registers to review"), url, f"{MOST}+" if late > MOST else str(late)))
    if actor.holds("bodies.keep") and (left := bodies.left_behind(actor)).exists():
        url = f"{reverse('desk-bodies')}?left=on"
        lines.append(Waiting(_("Bodies whose unit has ended"), url, bounded(left)))
    if actor.holds("territory.decide_proposal"):
        raised = proposals_in_area_of(actor).filter(state=ProposalState.RAISED)
        lines.append(Waiting(_("Proposals of new communities to decide"), reverse("desk-proposals"), bounded(raised)))
    if actor.holds("people.review_access"):
        looks = AccessGrant.objects.visible_to(actor).filter(reviewed_at=None).exclude(actor_id=actor.pk)
        lines.append(Waiting(_("Looks at sealed contacts to review"), reverse("desk-access"), bounded(looks)))
        sealed = CaseLook.objects.visible_to(actor).filter(outcome="").exclude(account_id=actor.pk)
        lines.append(Waiting(_("Looks at sealed cases to review"), reverse("desk-looks"), bounded(sealed)))
    return lines


@desk("signed_in")
def home(request: HttpRequest) -> HttpResponseBase:
    mine = Mandate.objects.active_on(timezone.localdate()).filter(account_id=actor_of(request).pk)
    context = {
        "title": _("Desk"),
        "mandates": mine.select_related("role", "unit__parent").order_by("unit__level", "pk"),
        "waiting": waiting_for(actor_of(request)),
        "sections": sections_for(actor_of(request))[1:],
    }
    return show(request, "desk/home.html", "", context)
