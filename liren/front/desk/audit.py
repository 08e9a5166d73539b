"""The audit log of my area: read, filtered, exported; and whether the chain holds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel import chain, queries
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.reply import show
from liren.foundation.territory.models import Unit
from liren.front.desk.export import csv_reply, export_url
from liren.front.desk.fields import DayField, DeskForm, TextField, UnitField
from liren.front.desk.gate import actor_of, desk, may
from liren.front.desk.templatetags.noting import declared_for
from liren.front.kit.pages import keyset

READ_AUDIT = "audit.read"
#: Entries at the end of the chain that the page checks; the whole chain is checked by the command.
LOOKED_AT = 200


class AuditFilter(DeskForm):
    """Entries of one unit and below, one action, one actor, one period."""

    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")
    action = TextField(label=gettext_lazy("Action"), max_length=100, required=False)
    actor_label = TextField(label=gettext_lazy("Who"), max_length=100, required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Up to and with"), required=False)

    def rows(self) -> QuerySet[AuditEntry]:
        chosen: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        rows = entries_in_area_of(self.actor).select_related("seal")
        if unit := chosen.get("unit"):
            rows = rows.filter(unit_id__in=Unit.objects.filter(path__startswith=unit.path).values("pk"))
        pairs = {
            "action": "action__startswith",
            "actor_label": "actor",
            "since": "at__date__gte",
            "until": "at__date__lte",
        }
        return rows.filter(**{lookup: chosen[name] for name, lookup in pairs.items() if chosen.get(name)})


def entries_in_area_of(actor: Any) -> QuerySet[AuditEntry]:
    """Entries about units where the actor reads the audit log; entries without a unit for those who read at the top."""
    paths = actor.paths_with(READ_AUDIT)
    mine = Q(pk__in=[])
    for path in paths:
        mine |= Q(path__startswith=path)
    inside = Q(unit_id__in=Unit.objects.filter(mine).values("pk"))
    if any(path.count("/") == 2 for path in paths):
        inside |= Q(unit_id=None)
    return AuditEntry.objects.filter(inside)


@dataclass(frozen=True)
class ChainState:
    """What a bounded look at the end of the chain found."""

    holds: bool
    title: str
    text: str


def chain_state() -> ChainState:
    """Whether the last ``LOOKED_AT`` entries are the ones that were sealed, each after the one before it."""
    position, head = queries.audit_head()
    previous, fault = "", 0
    for link in chain.links(max(1, position - LOOKED_AT + 1), position):
        is_wrong = previous not in ("", link.previous) or link.hash != _hash(link)
        fault = fault or (link.position if is_wrong else 0)
        previous = link.hash
    if fault:
        return ChainState(False, _("The chain is broken"), _("Entry %(place)d was changed.") % {"place": fault})
    words = _(
        "Entry %(place)d closes it, with %(hash)s. The last %(many)d were checked just now; a command checks all."
    )
    return ChainState(True, _("The chain holds"), words % {"place": position, "hash": head[:16], "many": LOOKED_AT})


def _hash(link: chain.Link) -> str:
    return chain.hash_of(link.position, link.previous, link.fields)


@desk(READ_AUDIT)
def audit_list(request: HttpRequest) -> HttpResponseBase:
    may(request, READ_AUDIT)
    chosen = AuditFilter(request.GET, actor=actor_of(request))
    page = keyset(request, chosen.rows(), key="id", down=True)
    context = {"title": _("Audit log"), "filter": chosen, "page": page, "export": export_url(request, "desk-audit-csv")}
    context |= {"chain_state": chain_state(), "declared": declared_for(page.rows)}
    return show(request, "desk/audit.html", "", context)


@desk(READ_AUDIT)
def audit_csv(request: HttpRequest) -> HttpResponseBase:
    may(request, READ_AUDIT)
    rows = AuditFilter(request.GET, actor=actor_of(request)).rows().order_by("-id")
    header = [_("Position in the chain"), _("When"), _("Who"), _("Action"), _("Object"), _("Unit"), _("Hash")]
    return csv_reply("audit", header, (_line(row) for row in rows.iterator(500)))


def _line(row: AuditEntry) -> list[object]:
    seal = getattr(row, "seal", None)
    where, digest = (seal.position, bytes(seal.hash).hex()) if seal else ("", "")
    return [where, row.at.isoformat(), row.actor, row.action, f"{row.object_type} {row.object_id}", row.unit_id, digest]
