"""Packs from their files into the database. The files are the truth; what they no longer say is retired, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from liren import __version__
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, as_actor, require
from liren.foundation.policy.engine.difference import ADDED, CHANGED, RETIRED, Change, Difference, Facts, compare
from liren.foundation.policy.engine.faults import Fault
from liren.foundation.policy.engine.packs import Progress, Reading, read_packs
from liren.foundation.policy.engine.specs import Packs
from liren.foundation.policy.models import Declaration, DeclarationVersion, Document, Jurisdiction, Load, Provision
from liren.foundation.policy.services.parts import (
    DECLARATION,
    DOCUMENT,
    JURISDICTION,
    PARAMETER,
    PARTS,
    PROVISION,
    VERSION,
    Part,
)

Found = dict[str, list[Change]]
ROWS_AT_ONCE = 1000


class BadPacks(BadInput):
    """The packs have faults, and nothing was loaded. ``faults`` are all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        message = _("The packs have %(count)s faults. The first: %(fault)s") % {
            "count": len(faults),
            "fault": faults[0].said(_),
        }
        super().__init__(message, next_step=_("Nothing was loaded. Run `liren packs check` and mend what it names."))
        self.faults = faults


def load_packs(
    folder: Path,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    agrees: Callable[[Difference], bool] = lambda difference: True,
    progress: Progress = lambda done, total: None,
) -> Difference:
    """Bring the database in line with a folder of packs; what changed, or with ``dry_run`` what would change.

    ``agrees`` is shown the difference before anything is written; where it says no, nothing is.

    All or nothing: one transaction, and two loads at once pass one after the other. Loading the same packs again
    changes nothing and writes nothing.

    Raises:
        NotAllowed: anybody but the system.
        BadPacks: the packs have faults.
        Conflict: packs were loaded at a later moment than this.
    """
    require(by, "policy.load")
    reading = read_packs(folder, progress)
    if reading.faults:
        raise BadPacks(reading.faults)
    with transaction.atomic():
        _one_at_a_time()
        found = _changes(reading.packs)
        difference = Difference(tuple(change for changes in found.values() for change in changes), reading.fingerprint)
        if not dry_run and agrees(difference):
            _write(reading, found, difference, by, at)
    return difference


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.policy_load', 0))")


def _changes(packs: Packs) -> Found:
    """What differs, part by part."""
    return {part.what: compare(part.what, part.loaded(), part.wanted(packs)) for part in PARTS}


def _write(reading: Reading, found: Found, difference: Difference, by: Actor, at: datetime) -> None:
    newest = Load.objects.first()
    if not difference and newest and newest.fingerprint == reading.fingerprint:
        return
    if newest and newest.at > at:
        raise Conflict(_("Packs were loaded at a later moment: %(at)s.") % {"at": newest.at.isoformat()})
    corrected = list(_corrected(found))
    _Writer(at, as_actor(by).label).write(found)
    _order_provisions(reading.packs)
    load = Load.objects.create(
        at=at, by=as_actor(by).label, fingerprint=reading.fingerprint, counts=difference.counts(), tool=__version__
    )
    audit.record("policy.load", load, by=by, at=at, fingerprint=reading.fingerprint, counts=load.counts)
    for row, name, old, new in corrected:
        audit.record("policy.correct", row, by=by, at=at, name=name, before=old, after=new)


Corrected = tuple[Model, str, dict[str, Any], dict[str, Any]]


def _corrected(found: Found) -> Iterator[Corrected]:
    """Places and documents whose name, title, issuer or number is put right in place, with what stood there before:
    the only rows that no new row follows. One that comes back after it was taken out is compared too."""
    for part in (JURISDICTION, DOCUMENT):
        wanted = {part.name(facts): facts for facts in _new(found[part.what])}
        which = {f"{part.columns[0]}__in": list(wanted)}
        rows = part.model._default_manager.filter(**which).in_bulk()
        for key, old in part.rows(**which):
            new = wanted[part.name(old)]
            columns = [column for column in part.columns if old[column] != new[column]]
            if columns:
                before, after = ({one: facts[one] for one in columns} for facts in (old, new))
                yield rows[key], part.name(old), before, after


class _Writer:
    """Writes the changes of one load, in an order in which no constraint is in the way."""

    def __init__(self, at: datetime, by: str) -> None:
        self.at, self.by = at, by

    def write(self, found: Found) -> None:
        for part in (VERSION, PROVISION, PARAMETER, DECLARATION):
            self._retire(part, found[part.what])
        for part in (DOCUMENT, JURISDICTION):
            gone = [change.old[part.columns[0]] for change in found[part.what] if change.how == RETIRED]
            part.model._default_manager.filter(**{f"{part.columns[0]}__in": gone}).update(retired_at=self.at)
        self._jurisdictions(_new(found[JURISDICTION.what]))
        self.jurisdictions = {one.code: one for one in Jurisdiction.objects.all()}
        self._documents(_new(found[DOCUMENT.what]))
        self.documents = {one.key: one for one in Document.objects.all()}
        for part in (VERSION, PROVISION, PARAMETER):
            self._insert(part.model, [self._resolved(facts) for facts in _new(found[part.what])])
        self._declarations(_new(found[DECLARATION.what]))

    def _retire(self, part: Part, changes: list[Change]) -> None:
        """Rows that were changed or taken out: each is named by what it says, so that no other is met."""
        gone = {change.name for change in changes if change.how in (CHANGED, RETIRED)}
        if gone:
            keys = [key for key, facts in part.rows() if part.name(facts) in gone]
            part.model._default_manager.filter(pk__in=keys).update(retired_at=self.at)

    def _jurisdictions(self, wanted: list[Facts]) -> None:
        """Divisions are cleared first: two places may exchange theirs."""
        Jurisdiction.objects.filter(code__in=[facts["code"] for facts in wanted]).update(division="")
        for facts in wanted:
            plain = {column: value for column, value in facts.items() if column not in {"code", "parent"}}
            Jurisdiction.objects.update_or_create(code=facts["code"], defaults={**plain, "retired_at": None})
        for facts in wanted:
            parent = Jurisdiction.objects.get(code=facts["parent"]) if facts["parent"] else None
            Jurisdiction.objects.filter(code=facts["code"]).update(parent=parent)

    def _documents(self, wanted: list[Facts]) -> None:
        for facts in wanted:
            plain = {column: value for column, value in facts.items() if column != "key"}
            plain["jurisdiction"] = self.jurisdictions[facts["jurisdiction"]]
            Document.objects.update_or_create(key=facts["key"], defaults={**plain, "retired_at": None})

    def _declarations(self, wanted: list[Facts]) -> None:
        """The identity is found or made; a new version counts on from the last."""
        known = {(one.kind, one.code): one for one in Declaration.objects.all()}
        pairs = [(facts["kind"], facts["code"]) for facts in wanted]
        made = Declaration.objects.bulk_create(Declaration(kind=k, code=c) for k, c in pairs if (k, c) not in known)
        known |= {(one.kind, one.code): one for one in made}
        numbers = dict(DeclarationVersion.objects.values_list("declaration_id").annotate(last=Max("number")))
        rows = []
        for facts, pair in zip(wanted, pairs, strict=True):
            plain = {column: value for column, value in self._resolved(facts).items() if column not in {"kind", "code"}}
            number = numbers.get(known[pair].pk, 0) + 1
            rows.append({**plain, "declaration": known[pair], "number": number, "loaded_by": self.by})
        self._insert(DeclarationVersion, rows)

    def _resolved(self, facts: Facts) -> dict[str, Any]:
        """Codes and keys become the rows they point to."""
        found = dict(facts)
        if "document" in found:
            found["document"] = self.documents.get(found["document"])
        if "jurisdiction" in found:
            found["jurisdiction"] = self.jurisdictions[found["jurisdiction"]]
        return found

    def _insert(self, model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
        made = [model(**row, loaded_at=self.at) for row in rows]
        model._default_manager.bulk_create(made, batch_size=ROWS_AT_ONCE)


def _new(changes: list[Change]) -> list[Facts]:
    return [change.new for change in changes if change.how in (ADDED, CHANGED)]


def _order_provisions(packs: Packs) -> None:
    """The order of reading is no fact of law: it is put right in place."""
    wanted = {PROVISION.name(facts): spec.position for facts, spec in _with_specs(packs)}
    rows = list(Provision.objects.current().only("id", "key", "during", "position"))
    moved = []
    for row in rows:
        position = wanted[PROVISION.name({"key": row.key, "during": row.during})]
        if row.position != position:
            row.position = position
            moved.append(row)
    Provision.objects.bulk_update(moved, ["position"], batch_size=ROWS_AT_ONCE)


def _with_specs(packs: Packs) -> Iterator[tuple[Facts, Any]]:
    return zip(PROVISION.wanted(packs).values(), packs.provisions, strict=True)
