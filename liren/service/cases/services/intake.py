"""Taking a matter in, by any channel: one number, one clock, one receipt, however often the same is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.files import Clean, Upload
from liren.foundation.kernel.handwritten import insert_with
from liren.foundation.kernel.prepared import prepared
from liren.foundation.kernel.rights import ANONYMOUS, Actor, SystemActor, require
from liren.foundation.people.services import keyed_digest
from liren.foundation.policy.queries import pinned
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.answers import is_mostly_links
from liren.service.cases.engine.places import cell_of
from liren.service.cases.engine.spec import Part
from liren.service.cases.models import ApiKey, Case, CaseEvent, CasePart
from liren.service.cases.models.declared import DeclaredType, type_of
from liren.service.cases.queries.acting import REPORTER, SYSTEM
from liren.service.cases.queries.dispatch import responsible_for
from liren.service.cases.services import clocks
from liren.service.cases.services.contacts import keep_contact
from liren.service.cases.services.faults import OfJourney
from liren.service.cases.services.files import attach
from liren.service.cases.services.gating import admitted_as, through_gate
from liren.service.cases.services.receipts import key_of
from liren.service.cases.services.sending import Sent, checked
from liren.service.cases.services.story import entry, line, noted
from liren.service.cases.services.words import search_of

ONCE = "case_is_taken_in_once"


@dataclass(frozen=True)
class Taken:
    """A case that was taken in, and the key for its receipt. ``repeated``: it had been sent before, and is the same."""

    case: Case
    receipt_key: str
    repeated: bool = False


@dataclass
class Draft:
    """A case on its way into the tables: its lines of story, its files, how its reporter is reached."""

    kind: DeclaredType
    case: Case
    lines: list[CaseEvent] = field(default_factory=list)
    files: list[Clean] = field(default_factory=list)
    contact: Mapping[str, str] = field(default_factory=dict)
    own_parts: list[str] = field(default_factory=list)


@prepared()
@pinned()
def report(
    type: str,
    *,
    text: str,
    by: Actor,
    at: datetime,
    channel: str = "web",
    unit_id: int | None = None,
    unit: Unit | None = None,
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    category: str = "",
    severity: str | None = None,
    values: Mapping[str, Any] | None = None,
    contact: Mapping[str, str] | None = None,
    about_body_id: int | None = None,
    reporter_id: int | None = None,
    taken_by_desk: bool = False,
    client_key: UUID | None = None,
    language: str = "zh-hans",
    files: Sequence[Upload] = (),
    key: ApiKey | None = None,
    admission_id: int | None = None,
    journey: str = "",
) -> Taken:
    """Take a matter in. Place (WGS 84 degrees) decides the unit; ``unit_id`` counts where no place is given.
    ``unit`` says the same by what the caller has just read, so that it is not read again.

    Whoever reports with an account is its reporter, but for a type whose cases hang on no account (R107);
    ``taken_by_desk`` says that ``by`` takes it in for somebody else, whose account may be named by ``reporter_id``.
    ``client_key`` makes a repeat harmless: it gives the first case.
    ``admission_id`` counts for what an office asks of communities, and is not needed for what residents ask.
    ``journey`` is named by a file of ``journeys`` alone, for types that it takes in together with rows of other rooms.

    Raises:
        NoType: no such type. NotAllowed: ``by`` takes in for others without that duty.
        BadReport: what is wrong, field by field. TooLarge: a file of more than 10 MB.
        Conflict: the same ``client_key`` was used with other content.
        NotAdmitted: the catalogue sends an office's work to a community, and no admission holds.
        OfJourney: cases of this type are taken in by a journey, and it is not this journey that does.
    """
    require(by, "cases.report")
    if not taken_by_desk and reporter_id not in (None, by.pk):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    known = unit or (key.unit if key and key.unit_id == unit_id else None)
    unit_id, kind = known.pk if known else unit_id, type_of(type)
    if kind.spec.is_unlinked:
        by, reporter_id = by if taken_by_desk else ANONYMOUS, None
    sent = Sent(
        channel, text, unit_id, lon, lat, address, category, severity, values or {}, contact or {}, about_body_id,
        reporter_id if taken_by_desk else by.pk, taken_by_desk, language, tuple(files), key, known,
    )  # fmt: skip
    digest = _digest(type, sent, by) if client_key else None
    try:
        with transaction.atomic():
            if kind.spec.journey not in ("", journey):
                raise OfJourney
            draft = _draft(kind, sent, by=by, at=at)
            draft.case.client_key, draft.case.client_digest = client_key, digest
            admitted_as(draft.case, admission_id)
            with through_gate(draft.case, draft.case.body, "report", by=by, at=at):
                return _kept(draft, by=by, at=at)
    except IntegrityError as error:
        if client_key is None or ONCE not in str(error):
            raise
        return _earlier(client_key, digest)


def _digest(type: str, sent: Sent, by: Actor) -> bytes:
    """What was sent, and who sent it, under the key of this installation: a bare digest would betray a number."""
    content = {**vars(sent), "files": [hashlib.sha256(bytes(one.content)).hexdigest() for one in sent.files]}
    del content["known"]  # its id is there already
    content |= {"type": type, "by": by.label, "key": sent.key.pk if sent.key else None}
    plain = json.dumps(content, sort_keys=True, default=str)
    return keyed_digest("case-content", plain.encode(errors="surrogatepass").hex())


def _earlier(client_key: UUID, digest: bytes | None) -> Taken:
    case = Case.objects.select_related("unit", "body").get(client_key=client_key)
    if bytes(case.client_digest or b"") != digest:
        raise Conflict(
            _("This report was sent before with other content; the first one counts."),
            next_step=_("Add to the first one, or begin a new report."),
        )
    return Taken(case, key_of(case), repeated=True)


def _draft(kind: DeclaredType, sent: Sent, *, by: Actor, at: datetime) -> Draft:
    spec, facts = kind.spec, checked(kind, sent, by=by, at=at)
    case = Case(
        type_id=kind.pk,
        written_as_id=kind.version,
        work=spec.work,
        state=spec.start,
        confidentiality=spec.confidentiality,
        sealed_to=spec.sealed_to if spec.confidentiality == "sealed" else "",
        channel=sent.channel,
        taken_by=by.label,
        received_at=at,
        changed_at=at,
        is_simulated=bool(getattr(by, "is_simulated", False)),
        **facts.columns,
    )
    case.cell = cell_of(case.lon, case.lat)
    case.search = "" if case.confidentiality == "sealed" else search_of(case.text, case.address)
    role = "desk" if sent.taken_by_desk else SYSTEM if sent.is_machine else REPORTER
    more = {"key": sent.key.pk} if sent.key else {}
    first = line(case, "received", by=by, at=at, role=role, target=spec.start, facts={"channel": sent.channel, **more})
    own = [one.code for one in spec.parts if _is_theirs(one, case)]
    told = [line(case, "part", by=by, at=at, role=role, facts={"role": one, "what": "joined"}) for one in own]
    draft = Draft(kind, case, [first, *told], facts.files, facts.contact, own)
    if sent.is_strange and is_mostly_links(case.text) and case.confidentiality != "sealed":
        _held(draft, at=at)
    else:
        _sent_on(draft, at=at)
    return draft


def _is_theirs(part: Part, case: Case) -> bool:
    """Whether the answers say that whoever reported is the person of this part."""
    answered = all(case.values.get(code) == choice for code, choice in part.given_if.items())
    return bool(part.given_if) and answered and case.reporter_id is not None


def _held(draft: Draft, *, at: datetime) -> None:
    """What looks like an advertisement is taken in like everything else, but somebody at the desk looks at it first."""
    draft.case.is_hidden = True
    facts = {"hidden": True, "why": "links"}
    draft.lines.append(line(draft.case, "hidden", by=SystemActor("intake"), at=at, role=SYSTEM, facts=facts))


def _sent_on(draft: Draft, *, at: datetime) -> None:
    """Where the catalogue names exactly one body, the case goes there at once. A sealed case waits for its own desk."""
    case, spec = draft.case, draft.kind.spec
    move = spec.plain_dispatch
    if case.confidentiality == "sealed" or move is None:
        return
    today = timezone.localdate(at)
    answer = responsible_for(case, draft.kind, spec, today)
    if answer.body is None:
        return
    case.body, case.dispatched_at, case.state = answer.body, at, move.target
    case.phase = spec.state(move.target).phase
    named = {"rule": answer.rule.pk} if answer.rule else {"item": answer.item}
    facts = {"as": SYSTEM, **named, "body": answer.body.pk}
    more = {"move": move.code, "source": spec.start, "target": move.target, "acting_for": answer.body}
    draft.lines.append(CaseEvent(case=case, kind="dispatched", at=at, actor="system:catalogue", facts=facts, **more))


def _kept(draft: Draft, *, by: Actor, at: datetime) -> Taken:
    case, role = draft.case, draft.lines[0].facts["as"]
    running = clocks.planned(case, draft.kind.spec, at)
    said = entry(
        "reported", case, by=by, at=at, role=role, type=draft.kind.code, channel=case.channel, body=case.body_id
    )
    insert_with(case, draft.lines, running, [said])
    for code in draft.own_parts:
        agreed = at if role == REPORTER else None  # nobody at a desk agrees for them
        part = CasePart.objects.create(
            case=case, role=code, account_id=case.reporter_id, joined_at=at, consented_at=agreed
        )
        noted("part_joined", case, by=by, at=at, role=role, part=part.pk)
    if draft.contact:
        keep_contact(case, draft.contact, at=at)
    if draft.files:
        attach(case, draft.lines[0], draft.files, by=by, at=at)
    return Taken(case, key_of(case))


def uploads(files: Iterable[Any]) -> list[Upload]:
    """Files of a form (``request.FILES.getlist``) as ``report`` and ``move`` take them."""
    return [Upload(str(one.name or ""), one.read()) for one in files]
