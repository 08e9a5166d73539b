"""What every service of the room asks first: texts that fit, days that can be, rows that are there and locked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.engine import codes
from liren.foundation.bodies.models import Body, Post, Registration
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit
from liren.foundation.territory.models.words import clean
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.dated import check_day

KEEP = "bodies.keep"


def checked_name(name_zh: str) -> str:
    """A Chinese name in its one spelling."""
    return clean(checked_text(name_zh, most=120, empty=_("Enter the Chinese name.")))


def checked_document(instrument: str) -> str:
    return checked_text(instrument, most=300, empty=_("Name the document it rests on."))


def checked_choice(word: str, known: list[str], sentence: str) -> str:
    """A word of the list, or the sentence."""
    if word not in known:
        raise BadInput(sentence)
    return word


def checked_code(code: str, registration: str) -> str:
    """A unified social credit code in its one spelling; "" where none is given.

    Raises:
        BadInput: not eighteen characters of the alphabet, a wrong check character, or a body that is not registered.
    """
    code = codes.compact(code)
    if not code:
        return ""
    fault = codes.fault_of(code)
    if fault == "shape":
        raise BadInput(_("A unified social credit code has 18 digits and capitals, without I, O, S, V and Z."))
    if fault == "check":
        raise BadInput(
            _("The last character of the unified social credit code does not fit the others: a slip of the pen?")
        )
    if registration != Registration.REGISTERED:
        raise BadInput(_("Only a registered body has a unified social credit code."))
    return code


def check_code_is_free(code: str, but_for: int = 0) -> None:
    if code and Body.objects.filter(uscc=code).exclude(pk=but_for).exists():
        raise Conflict(
            _("Another body bears this unified social credit code."),
            next_step=_("Look for the code in the list of bodies; the body may be there already."),
        )


def check_past(day: date, at: datetime) -> None:
    """For what has happened: today or earlier."""
    if not date(1900, 1, 1) <= day <= timezone.localdate(at):
        raise BadInput(_("This happened today or earlier; the day can't lie ahead."))


def unit_of(unit_id: int) -> Unit:
    """The unit, with its parent for the rules."""
    unit = Unit.objects.select_related("parent").filter(pk=unit_id).first()
    if unit is None:
        raise BadInput(_("There is no such unit."))
    return unit


def lock_bodies(*ids: int | None) -> None:
    """Hold bodies, in the order of their numbers, before anything that hangs on them is locked: then two who write at
    once wait for each other and never block each other for good."""
    wanted = sorted({pk for pk in ids if pk is not None})
    list(Body.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))


def lock_body_of(rows: QuerySet[Any], *columns: str) -> None:
    """Hold the bodies that a row names in these columns; nothing where there is no such row."""
    lock_bodies(*(pk for found in rows.values_list(*columns) for pk in found))


def locked_body(body_id: int, by: Actor) -> Body:
    """The body, held until the transaction ends, if the actor keeps it."""
    rows = Body.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "parent__unit")
    body = rows.filter(pk=body_id).first()
    if body is None:
        raise BadInput(_("There is no such body."))
    require(by, KEEP, body)
    return body


def living_body(body_id: int, day: date, by: Actor) -> Body:
    """The same, refused on a day on which the body does not exist."""
    check_day(day)
    body = locked_body(body_id, by)
    check_lives(body, day)
    return body


def check_lives(body: Body, day: date) -> None:
    if day not in body.during:
        raise Conflict(
            _("%(name)s does not exist on %(day)s.") % {"name": body.name_zh, "day": day.isoformat()},
            next_step=_("Look at its history and choose a day within its life."),
        )


def other_body(body_id: int | None, day: date) -> Body | None:
    """Another body that is named and need not be kept by the actor."""
    if body_id is None:
        return None
    body = Body.objects.select_related("unit").filter(pk=body_id).first()
    if body is None:
        raise BadInput(_("There is no such body."))
    check_lives(body, day)
    return body


def locked_post(post_id: int, day: date, by: Actor) -> Post:
    """The post, held until the transaction ends, if the actor keeps its body and it exists on the day."""
    check_day(day)
    lock_body_of(Post.objects.filter(pk=post_id), "body")
    rows = Post.objects.select_for_update(no_key=True, of=("self",))
    post = rows.select_related("body__unit", "body__parent__unit").filter(pk=post_id).first()
    if post is None:
        raise BadInput(_("There is no such post."))
    require(by, KEEP, post.body)
    if day not in post.during:
        raise Conflict(_("The post does not exist on that day."), next_step=_("Choose a day within its life."))
    return post


def in_two_languages(**texts: str) -> dict[str, str]:
    """Texts of some sentences, without blanks around them."""
    return {name: checked_long_text(text) for name, text in texts.items()}


def lasting(row: Any, day: date, sentence: str) -> None:
    """For what is to be ended: it runs on the day before, and its end lies not before its beginning."""
    check_day(day)
    if day <= row.during.lower or (row.during.upper is not None and row.during.upper <= day):
        raise Conflict(sentence, next_step=_("Open the page again, and choose a day after its beginning."))
