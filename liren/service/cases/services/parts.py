"""Who else is on a case: mediators, parties, helpers, agents. Consent is given by the person, and can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models import Account
from liren.service.cases.engine.answers import Unfit, one_line
from liren.service.cases.engine.spec import Part
from liren.service.cases.models import Case, CasePart, bodies_of, posts_of
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import GIVES, acts_as
from liren.service.cases.queries.colleagues import colleagues
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.gating import through_gate
from liren.service.cases.services.story import changed, locked_case, noted, role_of, wrote

LONGEST_ALIAS = 40


@transaction.atomic
def add_part(
    case_id: int,
    *,
    role: str,
    account_id: int | None = None,
    body_id: int | None = None,
    alias: str = "",
    by: Actor,
    at: datetime,
) -> CasePart:
    """Give somebody a part that the type knows: an account or a body; or a name used on this case alone.

    A part opens the case. So one that asks for no consent is held by those alone whose work the case is, or who see it
    anyway; one that does is for the person concerned, who agrees; one that is
    served for whom a notice goes to. Nobody of the body complained of has any.

    Raises:
        NoCase. NotAllowed: only who works on the case. BadInput: no such role, nobody is named, or nobody of these.
        Conflict: the case is closed, the role is full, or held by this person already.
        NotAdmitted: an office's work for a community, without an admission that holds there.
    """
    case = locked_case(case_id, by)
    if not acts_as(case, by) & GIVES:
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    part = _role(case, role)
    holder = _holder(part, case, account_id, body_id, alias, at)
    if holder["account_id"] is not None:
        _fits(part, case, holder["account_id"], by, at)
    held = list(CasePart.objects.filter(case=case, role=role, left_at=None))
    if any(one.account_id == holder["account_id"] is not None for one in held) or (
        any(one.body_id == holder["body_id"] is not None for one in held)
    ):
        raise Conflict(_("They have this part already."))
    if len(held) >= part.most:
        raise Conflict(_("This part is held by as many as it can be."), next_step=_("End one of them first."))
    with through_gate(case, holder["body_id"], "add_part", by=by, at=at):
        made = CasePart.objects.create(case=case, role=role, joined_at=at, **holder)
    _written(case, made, "part", by=by, at=at, what="joined")
    return made


def _role(case: Case, role: str) -> Part:
    if case.phase == "closed":
        raise Conflict(_("This case is closed."))
    part = next((one for one in by_version(case.written_as_id).parts if one.code == role), None)
    if part is None:
        raise BadInput(_("Cases of this type know no such part."))
    return part


def _holder(
    part: Part, case: Case, account_id: int | None, body_id: int | None, alias: str, at: datetime
) -> dict[str, Any]:
    """Exactly one of: a living account, a living body, a name."""
    try:
        name = one_line(alias, LONGEST_ALIAS)
    except Unfit as unfit:
        raise BadInput(_(unfit.message) % unfit.facts) from unfit
    if part.kind == "body":
        found = Body.objects.living_on(timezone.localdate(at)).filter(pk=body_id or 0).exists()
        if not found or body_id == case.about_body_id:
            raise BadInput(_("Name a body that exists."))
        return {"account_id": None, "body_id": body_id, "alias": ""}
    if account_id is not None and not Account.objects.filter(pk=account_id, is_active=True).exists():
        raise BadInput(_("There is no such account."))
    if account_id is None and not name:
        raise BadInput(_("Name an account, or a name used on this case."))
    return {"account_id": account_id, "body_id": None, "alias": name}


def _fits(part: Part, case: Case, account_id: int, by: Actor, at: datetime) -> None:
    account, today = Account.objects.get(pk=account_id), timezone.localdate(at)
    named = _("They may not be given this part.")
    if case.about_body_id is not None and case.about_body_id in posts_of(account):
        raise BadInput(named, next_step=_("The complaint is about their own body."))
    if part.consent or part.served or Case.objects.visible_to(account).filter(pk=case.pk).exists():
        return
    if all(one.pk != account_id for one in colleagues(case, by, on=today)):
        raise BadInput(named, next_step=_("Choose a colleague whose work this is, or write a name used on this case."))


@transaction.atomic
def consent(part_id: int, *, by: Actor, at: datetime) -> CasePart:
    """Agree to one's part. For somebody without an account, whoever works on the case notes the consent down.

    Raises:
        NoCase. NotAllowed: it is another person's to give. Conflict: the part has ended.
    """
    case, part = _held(part_id, by)
    if not _is_own(part, by) and not (part.account_id is None and part.body_id is None and _gives(case, by)):
        raise NotAllowed(_("Only they themselves can agree."))
    if part.consented_at is None:
        part.consented_at = at
        part.save(update_fields=["consented_at"])
        _written(case, part, "consented", by=by, at=at, what="consented")
    return part


@transaction.atomic
def leave_part(part_id: int, *, by: Actor, at: datetime) -> CasePart:
    """End a part: one's own at any time, which takes consent back; another's for whoever works on the case."""
    case, part = _held(part_id, by)
    if not _is_own(part, by) and not _gives(case, by):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    part.left_at = at
    part.save(update_fields=["left_at"])
    _written(case, part, "part", by=by, at=at, what="left")
    return part


def _held(part_id: int, by: Actor) -> tuple[Case, CasePart]:
    """A part with its case, both held."""
    case_id = CasePart.objects.filter(pk=part_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NoCase.unknown()
    case = locked_case(case_id, by)
    part = CasePart.objects.select_for_update().get(pk=part_id)
    if part.left_at is not None:
        raise Conflict(_("This part has ended."))
    return case, part


def _is_own(part: CasePart, by: Any) -> bool:
    mine = by.pk is not None and part.account_id == by.pk
    return mine or (part.body_id is not None and part.body_id in bodies_of(by))


def _gives(case: Case, by: Actor) -> bool:
    return bool(acts_as(case, by) & GIVES)


def _written(case: Case, part: CasePart, kind: str, *, by: Actor, at: datetime, what: str) -> None:
    role = f"part:{part.role}" if _is_own(part, by) else role_of(case, by)
    facts = {"role": part.role, "part": part.pk, "what": what}
    wrote(case, kind, by=by, at=at, role=role, told=True, acting_for_id=part.body_id, facts=facts)
    changed(case, at=at)
    noted(f"part_{what}", case, by=by, at=at, role=role, part=part.pk)
