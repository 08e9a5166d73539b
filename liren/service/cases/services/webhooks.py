"""Telling other systems what happens to public cases: rows are the queue, and nothing is lost when a worker dies.

A trigger queues each event in the transaction that wrote it. A delivery is claimed for some minutes, sent outside of
any transaction, and marked; a worker that dies in between leaves it to the next. So it may come twice: the receiver
knows it by ``Liren-Delivery``. Of one case, events are sent in their order.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, SystemActor, require
from liren.foundation.people.services import seal_value, unseal_value
from liren.service.cases.models import ApiKey, Delivery, Subscription
from liren.service.cases.models.declared import type_of
from liren.service.cases.queries.exchange import told_of
from liren.service.cases.queries.feeds import face_of, is_told_to_programs
from liren.service.cases.queries.keys import partner
from liren.service.cases.queries.timeline import OPEN_KINDS
from liren.service.cases.services.outward import Unsafe, checked_address, post

Send = Callable[[str, bytes, Mapping[str, str]], int]
SEALED = {"table": "cases_subscription", "column": "sealed_secret"}
#: Waits between attempts; after the last one the event is given up.
WAITS = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 180, 360, 720, 1440))
#: Kinds of keys to whose programs events are sent.
TOLD = ("exchange", "partner")
LEASE = timedelta(minutes=5)
#: So many events given up one after the other, and the subscription ends: nobody is there.
PATIENCE = 5
MOST = 20


@dataclass(frozen=True)
class Subscribed:
    """A new subscription, and the secret by which the receiver knows us; it is shown once."""

    subscription: Subscription
    secret: str


@transaction.atomic
def subscribe(key_id: int, *, address: str, types: Sequence[str] = (), by: Actor, at: datetime) -> Subscribed:
    """Send events of public cases within the reach of a key to ``address``; of these types, or of all. The key of a
    partner is told besides, in full, what happens to cases of its body.

    Raises:
        BadInput: no such key for exchange, or no address of the open internet. NoType. NotAllowed. Conflict: it ended.
    """
    key = ApiKey.objects.select_related("unit").filter(pk=key_id, kind__in=TOLD).first()
    if key is None:
        raise BadInput(_("There is no such key for exchange."))
    require(by, "cases.keys", key.unit)
    if key.ended_at is not None:
        raise Conflict(_("This key ended before."))
    facts = {"address": checked_address(address), "types": [type_of(one).code for one in types]}
    made = Subscription.objects.create(key=key, sealed_secret=b"", made_at=at, **facts)
    secret = secrets.token_urlsafe(32)
    made.sealed_secret = seal_value(secret, **SEALED, row=made.pk)
    made.save(update_fields=["sealed_secret"])
    audit.record("cases.subscribed", made, by=by, at=at, unit_id=key.unit_id, key=key.pk)
    return Subscribed(made, secret)


@transaction.atomic
def unsubscribe(subscription_id: int, *, by: Actor, at: datetime) -> Subscription:
    """Send nothing more.

    Raises:
        BadInput: no such subscription. NotAllowed. Conflict: it ended before.
    """
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("key__unit")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise BadInput(_("There is no such subscription."))
    require(by, "cases.keys", found.key.unit)
    if found.ended_at is not None:
        raise Conflict(_("This subscription ended before."))
    _end(found, by=by, at=at)
    return found


def _end(subscription: Subscription, *, by: Actor, at: datetime) -> None:
    subscription.ended_at = at
    subscription.save(update_fields=["ended_at"])
    audit.record("cases.unsubscribed", subscription, by=by, at=at, failures=subscription.failures)


def can_go_on(subscription: Subscription) -> bool:
    """Whether it runs, or ended only because nobody was there; what somebody ended stays so."""
    return subscription.ended_at is None or subscription.failures >= PATIENCE


@transaction.atomic
def send_again(subscription_id: int, *, by: Actor, at: datetime) -> int:
    """Send once more what was given up, in its order; how many events. A subscription that ended because nobody was
    there goes on.

    Raises:
        BadInput: no such subscription. NotAllowed. Conflict: it was ended by somebody, or its key was, or nothing was
            given up.
    """
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("key__unit")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise BadInput(_("There is no such subscription."))
    require(by, "cases.keys", found.key.unit)
    if found.key.ended_at is not None or not can_go_on(found):
        raise Conflict(_("This subscription ended before."), next_step=_("Let events be sent there anew."))
    lost = Delivery.objects.filter(subscription=found, given_up=True)
    many = lost.update(given_up=False, done_at=None, next_at=at, attempts=0, answer="")
    if not many:
        raise Conflict(_("Nothing was given up there."))
    found.ended_at, found.failures = None, 0
    found.save(update_fields=["ended_at", "failures"])
    audit.record("cases.sent_again", found, by=by, at=at, unit_id=found.key.unit_id, deliveries=many)
    return many


# --- sending ---


def deliver_due(at: datetime, *, send: Send = post, limit: int = MOST) -> int:
    """Send what is due, at most ``limit`` events; how many were tried. Call until it says 0."""
    claimed = _claimed(at, limit)
    for delivery in claimed:
        _settle(delivery, _sent(delivery, at, send), at)
    return len(claimed)


@transaction.atomic
def _claimed(at: datetime, limit: int) -> list[Delivery]:
    """Deliveries that nobody else will try for some minutes. Those of a case wait for the earlier ones."""
    earlier = Delivery.objects.filter(
        subscription=OuterRef("subscription"), event__case=OuterRef("event__case"), done_at=None, pk__lt=OuterRef("pk")
    )
    due = Delivery.objects.filter(~Exists(earlier), done_at=None, next_at__lte=at).order_by("next_at", "pk")
    found = list(due.select_for_update(skip_locked=True, of=("self",)).select_related(*RELATED)[:limit])
    Delivery.objects.filter(pk__in=[one.pk for one in found]).update(attempts=F("attempts") + 1, next_at=at + LEASE)
    for one in found:
        one.attempts += 1
    return found


RELATED = ("subscription__key", "event__case__unit", "event__case__body", "event__case__type")


def _sent(delivery: Delivery, at: datetime, send: Send) -> tuple[bool, str]:
    """Whether it is done with, and what came back. What is no longer public is not sent."""
    subscription = delivery.subscription
    said = None if subscription.ended_at or subscription.key.ended_at else message(delivery)
    if said is None:
        return True, "not sent"
    body = json.dumps(said, ensure_ascii=False).encode()
    secret = unseal_value(bytes(subscription.sealed_secret), **SEALED, row=subscription.pk)
    try:
        status = send(subscription.address, body, headers(delivery, secret, body, at))
    except Unsafe as unsafe:
        return False, f"not sent: {unsafe}"
    except (OSError, http.client.HTTPException) as error:
        return False, f"not reached: {type(error).__name__}"
    return 200 <= status < 300, f"answered {status}"


def message(delivery: Delivery) -> dict[str, Any] | None:
    """What happened, and how the case stands now: as everybody sees it, and whole for the body whose work it is. None:
    it is for this receiver no more."""
    event, key = delivery.event, delivery.subscription.key
    told = told_of(event, partner(key)) if key.body_id else None
    is_open = is_told_to_programs(event.case) and event.kind in OPEN_KINDS and event.told
    if told is None and not is_open:
        return None
    said = {"delivery": delivery.pk, "event": event.kind, "at": event.at.isoformat(), "case": face_of(event.case)}
    return said if told is None else {**said, **told}


def headers(delivery: Delivery, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The signature is HMAC-SHA256 over the moment, a full stop and the body, so that an old message can't be sent
    again as a new one."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Liren",
        "Liren-Delivery": str(delivery.pk),
        "Liren-Signature": f"t={moment},v1={signed}",
    }


@transaction.atomic
def _settle(delivery: Delivery, result: tuple[bool, str], at: datetime) -> None:
    """Done, to be tried again later, or given up."""
    done, answer = result
    delivery.answer = answer[:200]
    given_up = delivery.given_up = not done and delivery.attempts > len(WAITS)
    if done or given_up:
        delivery.done_at, delivery.next_at = at, None
    else:
        delivery.next_at = at + WAITS[delivery.attempts - 1]
    delivery.save(update_fields=["answer", "done_at", "next_at", "given_up"])
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=delivery.subscription_id)
    failures = subscription.failures + 1 if given_up else 0 if done else subscription.failures
    if failures != subscription.failures:
        subscription.failures = failures
        subscription.save(update_fields=["failures"])
    if failures >= PATIENCE and subscription.ended_at is None:
        _end(subscription, by=SystemActor("webhooks"), at=at)
