"""The library: documents with their versions, what a provision asks for, and what carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.policy.models import (
    DeclarationVersion,
    Document,
    DocumentVersion,
    Jurisdiction,
    Parameter,
    Provision,
)
from liren.foundation.policy.queries.answers import NotInPacks, known_jurisdiction
from liren.foundation.policy.queries.snapshot import Snapshot, snapshot


@dataclass(frozen=True)
class Shelved:
    """A document as it stands in the library."""

    document: Document
    versions: list[DocumentVersion]
    provisions: list[Provision]
    parameters: list[Parameter]

    def version_on(self, day: date) -> DocumentVersion | None:
        """The version that counts on a day: one that is or was in force before a draft or a report."""
        found = [one for one in self.versions if day in one.during]
        return min(found, key=lambda one: one.status in {"draft", "reported"}, default=None)


@dataclass(frozen=True)
class CarriedOut:
    """What a provision has become: the declarations that name it as their basis, and the numbers it sets."""

    declarations: list[DeclarationVersion]
    parameters: list[Parameter]

    def __bool__(self) -> bool:
        return bool(self.declarations or self.parameters)


def jurisdictions() -> list[Jurisdiction]:
    """All jurisdictions, the widest first."""
    return sorted(snapshot().jurisdictions.values(), key=lambda one: (one.division.rstrip("0"), one.code))


def jurisdiction(code: str) -> Jurisdiction:
    """One jurisdiction; NotInPacks for an unknown code."""
    return known_jurisdiction(snapshot(), code)


def library(*, jurisdiction: str = "", kind: str = "") -> list[Shelved]:
    """All documents, or those of one jurisdiction or kind, by key."""
    state = snapshot()
    wanted = [
        one
        for _key, one in sorted(state.documents.items())
        if jurisdiction in {"", one.jurisdiction.code} and kind in {"", one.kind}
    ]
    provisions, parameters = _by_document(state)
    return [
        Shelved(one, state.versions.get(one.pk, []), provisions.get(one.pk, []), parameters.get(one.pk, []))
        for one in wanted
    ]


def document(key: str) -> Shelved:
    """One document with all it says; NotInPacks for an unknown key."""
    found = next((one for one in library() if one.document.key == key), None)
    if found is None:
        raise NotInPacks(
            _("There is no document %(key)s.") % {"key": key}, next_step=_("Choose a document from the library.")
        )
    return found


def provision(key: str, *, on: date | None = None) -> Provision:
    """One provision as it reads on a day, else as it reads last; NotInPacks for an unknown key."""
    found = snapshot().provisions.get(key, [])
    dated = [one for one in found if on is None or on in one.during]
    if not dated:
        words = {"key": key, "day": on.isoformat() if on else ""}
        message = (
            _("There is no provision %(key)s.") if not found else _("The provision %(key)s does not count on %(day)s.")
        )
        raise NotInPacks(message % words, next_step=_("Choose a provision from its document."))
    return max(dated, key=lambda one: one.during.lower)


def has_provision(provision_key: str) -> bool:
    """Whether the packs of today hold a provision of this key."""
    return provision_key in snapshot().provisions


def carried_out_by(provision_key: str) -> CarriedOut:
    """What carries a provision out. Empty where nothing does yet, or where the text sets no duty for a machine."""
    state = snapshot()
    declared = [one for kind in sorted(state.declarations) for one in state.declarations[kind].values()]
    rows = [one for code in sorted(state.parameters) for one in state.parameters[code]]
    return CarriedOut(
        [one for one in declared if provision_key in one.basis],
        [one for one in rows if one.provision_key == provision_key],
    )


def declared(kind: str, *, on: date | None = None) -> list[DeclarationVersion]:
    """All declarations of a kind, by code: as they are now, or as the packs said at the end of a day."""
    if on is None:
        return list(snapshot().declarations.get(kind, {}).values())
    evening = datetime.combine(on + timedelta(1), time(0), timezone.get_current_timezone()) - timedelta(microseconds=1)
    found = DeclarationVersion.objects.filter(declaration__kind=kind).known_at(evening)
    return list(found.select_related("declaration", "document", "jurisdiction").order_by("declaration__code"))


def declaration(kind: str, code: str) -> DeclarationVersion:
    """One declaration as it is now; NotInPacks for an unknown or retired one."""
    found = snapshot().declarations.get(kind, {}).get(code)
    if found is None:
        raise NotInPacks(
            _("The packs declare no %(kind)s %(code)s.") % {"kind": kind, "code": code},
            next_step=_("Choose one from the list, or add it to a pack and run `liren packs load`."),
        )
    return found


def _by_document(state: Snapshot) -> tuple[dict[int, list[Provision]], dict[int, list[Parameter]]]:
    provisions: dict[int, list[Provision]] = {}
    parameters: dict[int, list[Parameter]] = {}
    for texts in state.provisions.values():
        for text in texts:
            provisions.setdefault(text.document_id, []).append(text)
    for rows in state.parameters.values():
        for row in rows:
            parameters.setdefault(row.document_id, []).append(row)
    for found in provisions.values():
        found.sort(key=lambda one: (one.position, one.pk))
    return provisions, parameters
