"""Posts, who holds them, and the published duty lists."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body, Duty, DutyKind, Filled, OfficeHolding, Post
from liren.foundation.bodies.services.checks import (
    KEEP,
    checked_choice,
    checked_document,
    checked_name,
    in_two_languages,
    lasting,
    living_body,
    lock_body_of,
    locked_post,
    other_body,
)
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import Account
from liren.foundation.policy.queries import has_provision
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.dated import check_day, end

MOST_SEATS = 500
#: Posts that hold posts that hold posts: deeper than any chair by virtue of a chair.
DEPTH = 8
BASIS = re.compile(r"[a-z0-9-]+/[a-z0-9.-]+#[a-z0-9.-]+")


@transaction.atomic
def make_post(
    body_id: int,
    *,
    name_zh: str,
    name_en: str = "",
    duty_zh: str = "",
    duty_en: str = "",
    seats: int = 1,
    filled_by: str,
    is_head: bool = False,
    is_published: bool = True,
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> Post:
    """Establish a post of a body from a day on, with so many seats. A body has one leading post at a time.

    Raises:
        BadInput: a number of seats, a way of filling or a text that can't be.
        Conflict: the body does not exist on the day, or has a leading post already.
    """
    body = living_body(body_id, effective_on, by)
    _check_seats(seats, is_head)
    if is_head and Post.objects.filter(body=body, is_head=True, during__overlap=DateRange(effective_on)).exists():
        raise Conflict(
            _("%(name)s has a leading post already.") % {"name": body.name_zh}, next_step=_("Close that post first.")
        )
    post = Post.objects.create(
        body=body,
        name_zh=checked_name(name_zh),
        name_en=checked_text(name_en, most=200),
        **in_two_languages(duty_zh=duty_zh, duty_en=duty_en),
        seats=seats,
        filled_by=checked_choice(filled_by, Filled.values, _("This way of filling a post is not in the list.")),
        is_head=is_head,
        is_published=is_published,
        during=DateRange(effective_on, body.during.upper),
        instrument=checked_document(instrument),
    )
    audit.record("bodies.make_post", post, by=by, at=at, unit_id=body.unit_id, body=body.pk, seats=seats)
    return post


def _check_seats(seats: int, is_head: bool) -> None:
    if not 1 <= seats <= MOST_SEATS:
        raise BadInput(_("A post has between 1 and %(most)d seats.") % {"most": MOST_SEATS})
    if is_head and seats != 1:
        raise BadInput(_("A post that leads the body has one seat."))


@transaction.atomic
def change_post(
    post_id: int,
    *,
    seats: int,
    is_published: bool,
    duty_zh: str,
    duty_en: str = "",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> Post:
    """Give a post another number of seats, other words about its duty, or another publicity.

    Raises:
        Conflict: seats that are held would be taken away.
    """
    post = locked_post(post_id, effective_on, by)
    _check_seats(seats, post.is_head)
    held = OfficeHolding.objects.filter(post=post, seat__gt=seats, during__overlap=DateRange(effective_on))
    if held.exists():
        raise Conflict(_("A seat that would be taken away is held."), next_step=_("End that holding first."))
    post.seats, post.is_published = seats, is_published
    post.duty_zh, post.duty_en = checked_long_text(duty_zh), checked_long_text(duty_en)
    post.save(update_fields=["seats", "is_published", "duty_zh", "duty_en"])
    facts = {"seats": seats, "is_published": is_published, "effective_on": effective_on}
    audit.record("bodies.change_post", post, by=by, at=at, unit_id=post.body.unit_id, **facts)
    return post


@transaction.atomic
def close_post(post_id: int, *, effective_on: date, by: Actor, at: datetime) -> Post:
    """The post exists no more from the day on; whoever holds it leaves it on that day."""
    check_day(effective_on)
    post = _post_by_itself(post_id, by)
    lasting(post, effective_on, _("The post does not exist on that day."))
    end(OfficeHolding.objects.filter(post=post), effective_on)
    end(Duty.objects.filter(post=post), effective_on)
    post.during = DateRange(post.during.lower, effective_on)
    post.save(update_fields=["during"])
    audit.record("bodies.close_post", post, by=by, at=at, unit_id=post.body.unit_id, effective_on=effective_on)
    return post


def _post_by_itself(post_id: int, by: Actor) -> Post:
    lock_body_of(Post.objects.filter(pk=post_id), "body")
    rows = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("body__unit", "body__parent__unit")
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise BadInput(_("There is no such post."))
    require(by, KEEP, post.body)
    return post


@transaction.atomic
def fill_post(
    post_id: int,
    *,
    name: str = "",
    account_id: int | None = None,
    by_post_id: int | None = None,
    how: str = "",
    sent_by_id: int | None = None,
    effective_on: date,
    until: date | None = None,
    instrument: str,
    by: Actor,
    at: datetime,
) -> OfficeHolding:
    """Give a free seat of a post to a person, by the name that is published, or to another post ex officio (R002).

    ``how``: as the post is filled, where nothing is said. ``until``: the first day no longer in office.
    ``sent_by_id``: the body from which a part-time member comes (R011). ``account_id``: an account the actor may see.

    Raises:
        BadInput: no holder, two sorts of holder, or a post that would hold itself.
        Conflict: every seat is taken on one of the days, or the account holds what it may not hold at once.
    """
    post = locked_post(post_id, effective_on, by)
    days = _days(post, effective_on, until)
    account, other = _account(account_id, by), _other_post(by_post_id, post, effective_on)
    name = _holder(name, account, other)
    how = Filled.EX_OFFICIO if other else how or post.filled_by
    checked_choice(how, Filled.values, _("This way of filling a post is not in the list."))
    if how == Filled.EX_OFFICIO and other is None:
        raise BadInput(_("Name the other post by virtue of which this one is held."))
    _check_account(post, account, days)
    holding = OfficeHolding.objects.create(
        post=post,
        seat=_free_seat(post, days),
        name=name,
        account=account,
        by_post=other,
        how=how,
        sent_by=other_body(sent_by_id, effective_on),
        during=days,
        instrument=checked_document(instrument),
    )
    facts = {"post": post.pk, "seat": holding.seat, "how": how, "effective_on": effective_on, "until": until}
    audit.record("bodies.fill_post", holding, by=by, at=at, unit_id=post.body.unit_id, **facts)
    return holding


def _days(post: Post, start: date, until: date | None) -> DateRange:
    last = post.during.upper if until is None else until
    if last is not None and (last <= start or (post.during.upper is not None and last > post.during.upper)):
        raise BadInput(_("An office ends after it began, and not after the post."))
    return DateRange(start, last)


def _account(account_id: int | None, by: Actor) -> Account | None:
    """An account that the actor may see; of others nobody learns here that they exist."""
    if account_id is None:
        return None
    everyone = not hasattr(by, "paths_with")  # a command or a job
    found = (Account.objects.all() if everyone else Account.objects.visible_to(by)).filter(pk=account_id).first()
    if found is None or not found.is_active:
        raise BadInput(_("There is no such account within your unit."))
    return found


def _other_post(post_id: int | None, post: Post, day: date) -> Post | None:
    """The post by virtue of which this one is held; never, over whatever detour, the post itself."""
    if post_id is None:
        return None
    other = Post.objects.filter(pk=post_id, during__contains=day).first()
    if other is None:
        raise BadInput(_("There is no such post on that day."))
    seen = {other.pk}
    for _step in range(DEPTH):
        if post.pk in seen:
            raise BadInput(_("The post would be held by virtue of itself."))
        rows = OfficeHolding.objects.filter(post__in=seen, by_post__isnull=False, during__overlap=DateRange(day))
        seen |= set(rows.values_list("by_post_id", flat=True))
    return other


def _holder(name: str, account: Account | None, other: Post | None) -> str:
    name = checked_text(name, most=60)
    if other is not None and (name or account is not None):
        raise BadInput(_("A post is held by a person or by virtue of another post, not by both."))
    if other is None and not name and account is None:
        raise BadInput(_("Name the holder, or the post by virtue of which it is held."))
    return name


def _check_account(post: Post, account: Account | None, days: DateRange) -> None:
    """What the database would refuse, in words."""
    if account is None:
        return
    mine = OfficeHolding.objects.filter(account=account, during__overlap=days)
    if mine.filter(post=post).exists():
        raise Conflict(_("This account holds a seat of the post already."))
    parts = {"checks": ("decides", "carries_out"), "decides": ("checks",), "carries_out": ("checks",)}
    against = parts.get(post.body.part, ())
    if mine.filter(post__body__unit=post.body.unit, post__body__part__in=against).exists():
        raise Conflict(
            _("Who decides or carries out in a community does not check there."),
            next_step=_("End the other office first, or choose another holder."),
        )


def _free_seat(post: Post, days: DateRange) -> int:
    taken = set(OfficeHolding.objects.filter(post=post, during__overlap=days).values_list("seat", flat=True))
    free = next((seat for seat in range(1, post.seats + 1) if seat not in taken), None)
    if free is None:
        raise Conflict(
            _("Every seat of “%(post)s” is taken on these days.") % {"post": post.name_zh},
            next_step=_("End a holding first, or choose a later day."),
        )
    return free


@transaction.atomic
def end_holding(holding_id: int, *, effective_on: date, by: Actor, at: datetime) -> OfficeHolding:
    """The holder is in office no more from the day on."""
    holding = _holding(holding_id, by)
    lasting(holding, effective_on, _("This holder is not in office on that day."))
    holding.during = DateRange(holding.during.lower, effective_on)
    holding.save(update_fields=["during"])
    unit_id = holding.post.body.unit_id
    audit.record("bodies.end_holding", holding, by=by, at=at, unit_id=unit_id, effective_on=effective_on)
    return holding


@transaction.atomic
def correct_holder(holding_id: int, *, name: str, by: Actor, at: datetime) -> OfficeHolding:
    """Put a misspelled name right, as everyone may claim of their own data (PIPL art. 46); the old one is not kept."""
    holding = _holding(holding_id, by)
    if holding.by_post_id or holding.forgotten_on:
        raise Conflict(_("There is no name here to be put right."))
    holding.name = checked_text(name, most=60, empty=_("Enter the name."))
    holding.save(update_fields=["name"])
    audit.record("bodies.correct_holder", holding, by=by, at=at, unit_id=holding.post.body.unit_id)
    return holding


@transaction.atomic
def link_account(holding_id: int, *, account_id: int | None, by: Actor, at: datetime) -> OfficeHolding:
    """Say which account is the holder's, so that its offices are kept apart and taken along (R021); None takes it back.

    Raises:
        BadInput: an account that the actor does not see, or the one that is linked already.
        Conflict: no person holds the seat, nobody would be named any more, or the account may not hold it at once.
    """
    holding = _holding(holding_id, by)
    if holding.by_post_id or holding.forgotten_on:
        raise Conflict(_("No person is named here."), next_step=_("Open the body again and look who holds the post."))
    account = _account(account_id, by)
    if holding.account_id == account_id:
        raise BadInput(_("Nothing would change."))
    if account is None and not holding.name:
        raise Conflict(_("Without the account nobody would be named."), next_step=_("Put the name right first."))
    _check_account(holding.post, account, holding.during)
    holding.account = account
    holding.save(update_fields=["account"])
    unit_id = holding.post.body.unit_id
    audit.record("bodies.link_account", holding, by=by, at=at, unit_id=unit_id, account=account_id)
    return holding


def _holding(holding_id: int, by: Actor) -> OfficeHolding:
    lock_body_of(OfficeHolding.objects.filter(pk=holding_id), "post__body")
    rows = OfficeHolding.objects.select_for_update(no_key=True, of=("self",))
    holding = rows.select_related("post__body__unit", "post__body__parent__unit").filter(pk=holding_id).first()
    if holding is None:
        raise BadInput(_("There is no such holding of a post."))
    require(by, KEEP, holding.post.body)
    return holding


@transaction.atomic
def publish_duty(
    body_id: int,
    *,
    text_zh: str,
    text_en: str = "",
    post_id: int | None = None,
    kind: str = DutyKind.DUTY,
    basis: str = "",
    instrument: str = "",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> Duty:
    """Put a line on the published duty list of a body, or of one of its posts (R003, R007).

    ``basis``: the key of the provision it rests on, such as ``chengdu/opinion-2017#20``; the library must hold it.
    ``instrument``: where the library holds none, the document in words.
    """
    body = living_body(body_id, effective_on, by)
    basis, instrument = _checked_basis(basis.strip(), checked_text(instrument, most=300))
    duty = Duty.objects.create(
        body=body,
        post=_post_of(body, post_id, effective_on),
        kind=checked_choice(kind, DutyKind.values, _("This kind of line is not in the list.")),
        text_zh=checked_long_text(text_zh, empty=_("Enter the Chinese text.")),
        text_en=checked_long_text(text_en),
        basis=basis,
        instrument=instrument,
        during=DateRange(effective_on, body.during.upper),
    )
    facts = {"body": body.pk, "kind": kind, "basis": basis, **({"instrument": instrument} if instrument else {})}
    audit.record("bodies.publish_duty", duty, by=by, at=at, unit_id=body.unit_id, **facts)
    return duty


def _checked_basis(basis: str, instrument: str) -> tuple[str, str]:
    """What a duty rests on: a provision that the library holds, or a document in words."""
    if basis and not BASIS.fullmatch(basis):
        raise BadInput(_("A basis is written as city/document#number, for example chengdu/opinion-2017#20."))
    if basis and instrument:
        raise BadInput(_("A duty rests on a provision of the library or on another document, not on both."))
    if basis and not has_provision(basis):
        raise BadInput(
            _("The library holds no provision %(key)s.") % {"key": basis},
            next_step=_("Look it up under documents, or name the document in words."),
        )
    return basis, instrument


def _post_of(body: Body, post_id: int | None, day: date) -> Post | None:
    if post_id is None:
        return None
    post = Post.objects.filter(pk=post_id, body=body, during__contains=day).first()
    if post is None:
        raise BadInput(_("The body has no such post on that day."))
    return post


@transaction.atomic
def withdraw_duty(duty_id: int, *, effective_on: date, by: Actor, at: datetime) -> Duty:
    """The line stands on the list no more from the day on; that it stood there stays recorded."""
    lock_body_of(Duty.objects.filter(pk=duty_id), "body")
    rows = Duty.objects.select_for_update(no_key=True, of=("self",))
    duty = rows.select_related("body__unit", "body__parent__unit").filter(pk=duty_id).first()
    if duty is None:
        raise BadInput(_("There is no such line."))
    require(by, KEEP, duty.body)
    lasting(duty, effective_on, _("The line is not on the list on that day."))
    duty.during = DateRange(duty.during.lower, effective_on)
    duty.save(update_fields=["during"])
    audit.record("bodies.withdraw_duty", duty, by=by, at=at, unit_id=duty.body.unit_id, effective_on=effective_on)
    return duty
