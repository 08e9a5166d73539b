"""Service passes: made by a move, shown to their holder alone, asked about by providers, and nothing kept of that.

The number for one provider is 16 signs: a tag worked out from the pass and the provider, and the id of the pass masked
by that tag under the key of this installation. So two providers see two unrelated numbers of one pass; a number says
nothing at another provider; and no list of who uses the pass where is needed to look a number up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.engine.worktime import add_months
from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.services import keyed_digest
from liren.service.cases.models import Case, ServicePass, bodies_of
from liren.service.cases.queries.acting import REPORTER, is_reporter
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.receipts import ALPHABET, MISREAD
from liren.service.cases.services.story import locked_case, noted

MONTHS, SIGNS, TAG_BYTES, ID_BYTES, NONCE_BYTES = 12, 16, 6, 4, 16


def issue(case: Case, *, at: datetime) -> ServicePass:
    """Make the pass of this case; inside the transaction of the move that does, which the log names."""
    until = _until(timezone.localdate(at))
    return ServicePass.objects.create(case=case, nonce=secrets.token_bytes(NONCE_BYTES), made_at=at, expires_on=until)


def pass_of(case: Case, actor: Actor) -> ServicePass:
    """The pass of a case for its holder; NoCase for everybody else, or where none came out of the case."""
    found = ServicePass.objects.select_related("case").filter(case=case).first()
    if found is None or not is_reporter(case, actor) or not _stands(found.case):
        raise NoCase.unknown()
    return found


def has_pass(case: Case, actor: Actor) -> bool:
    """Whether there is a pass for the page of its holder."""
    try:
        return bool(pass_of(case, actor))
    except NoCase:
        return False


def numbers_of(held: ServicePass, providers: Iterable[int]) -> dict[int, str]:
    """The number of the pass for each of these bodies, in groups of four signs."""
    return {pk: "-".join(_number(held, pk)[at : at + 4] for at in range(0, SIGNS, 4)) for pk in providers}


def check_number(typed: str, *, provider_id: int, by: Actor, at: datetime) -> date | None:
    """Until when the pass with this number holds; None for whatever is not valid at this provider. Nothing is stored.

    Raises:
        NotAllowed: ``by`` does not act for the provider.
    """
    require(by, "cases.serve")
    if provider_id not in bodies_of(by):
        raise NotAllowed(_("You hold no post in this body."))
    signs = "".join(one for one in typed[:80].upper() if one.isalnum()).translate(MISREAD)
    if len(signs) != SIGNS or not set(signs) <= set(ALPHABET):
        return None
    raw = _bits(signs).to_bytes(TAG_BYTES + ID_BYTES, "big")
    pk = int.from_bytes(_masked(raw[TAG_BYTES:], raw[:TAG_BYTES], provider_id), "big")
    found = ServicePass.objects.select_related("case").filter(pk=pk).first()
    if found is None or not hmac.compare_digest(_number(found, provider_id).encode(), signs.encode()):
        return None
    return found.expires_on if holds(found, timezone.localdate(at)) else None


def holds(found: ServicePass, on: date) -> bool:
    """Whether the pass is neither revoked nor over, and its case did not fall through."""
    return found.revoked_at is None and on <= found.expires_on and _stands(found.case)


@transaction.atomic
def revoke_pass(case_id: int, *, by: Actor, at: datetime) -> ServicePass:
    """End the pass, from this moment and everywhere; a repeat changes nothing. NoCase for whoever does not hold it."""
    found = pass_of(locked_case(case_id, by), by)
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        noted("pass_revoked", found.case, by=by, at=at, role=REPORTER)
    return found


@transaction.atomic
def renew_pass(case_id: int, *, by: Actor, at: datetime) -> ServicePass:
    """Let the pass hold for another year from today, with the same numbers.

    Raises:
        NoCase: not the holder. Conflict: it is revoked or over.
    """
    found, today = pass_of(locked_case(case_id, by), by), timezone.localdate(at)
    if not holds(found, today):
        raise Conflict(_("This pass holds no longer."), next_step=_("Apply for a new one."))
    found.expires_on = _until(today)
    found.save(update_fields=["expires_on"])
    noted("pass_renewed", found.case, by=by, at=at, role=REPORTER, end=found.expires_on.isoformat())
    return found


def _until(day: date) -> date:
    """The end of a month: the date is what every provider reads, and must not tell one pass from another."""
    return add_months(day.replace(day=1), MONTHS + 1) - timedelta(days=1)


def _stands(case: Case) -> bool:
    return case.phase != "closed" or case.outcome == "done"


def _number(held: ServicePass, provider_id: int) -> str:
    secret = keyed_digest("pass-secret", bytes(held.nonce).hex())
    tag = hmac.new(secret, str(provider_id).encode(), hashlib.sha256).digest()[:TAG_BYTES]
    bits = int.from_bytes(tag + _masked(held.pk.to_bytes(ID_BYTES, "big"), tag, provider_id), "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(5 * (SIGNS - 1), -5, -5))


def _masked(value: bytes, tag: bytes, provider_id: int) -> bytes:
    """The id under a mask that is another one for each number; masked twice, it is the id again."""
    mask = keyed_digest("pass-mask", f"{provider_id}:{tag.hex()}")[:ID_BYTES]
    return bytes(one ^ other for one, other in zip(value, mask, strict=True))


def _bits(signs: str) -> int:
    found = 0
    for one in signs:
        found = found << 5 | ALPHABET.index(one)
    return found
