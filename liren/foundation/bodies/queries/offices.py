"""Posts and who holds them on a day; duty lists as they stood on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from liren.foundation.bodies.models import Body, Duty, OfficeHolding, Post
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit

MOST = 500
#: A chair by virtue of a chair by virtue of a chair: further than that nobody follows.
DEPTH = 5


@dataclass(frozen=True)
class Held:
    """One seat that is taken: the name that is published, and the post by virtue of which it is held, if any."""

    holding: OfficeHolding
    name: str
    via: Post | None = None


@dataclass
class Office:
    """A post on a day with its holders; ``vacant`` seats are free."""

    post: Post
    held: list[Held] = field(default_factory=list)

    @property
    def vacant(self) -> int:
        return max(0, self.post.seats - len(self.held))


def offices(body: Body, actor: Actor, on: date) -> list[Office]:
    """The posts of a body on a day, the leading one first, each with its holders of that day; a few queries in all.

    A seat held by virtue of another post shows whoever holds that one on the day, or nobody while it is vacant.
    """
    posts = Post.objects.visible_to(actor).filter(body=body, during__contains=on).order_by("-is_head", "id")[:MOST]
    found = {post.pk: Office(post) for post in posts}
    rows = list(_held_on(list(found), actor, on))
    names = _names_of({row.by_post_id for row in rows if row.by_post_id}, actor, on)
    for row in rows:
        name = names.get(row.by_post_id, "") if row.by_post_id else row.holder
        found[row.post_id].held.append(Held(row, name, row.by_post))
    return list(found.values())


def _held_on(post_ids: list[int], actor: Actor, on: date) -> list[OfficeHolding]:
    held = OfficeHolding.objects.visible_to(actor).filter(post__in=post_ids, during__contains=on)
    return list(held.select_related("account", "by_post__body", "sent_by").order_by("post_id", "seat"))


def _names_of(post_ids: set[int], actor: Actor, on: date) -> dict[int, str]:
    """Who holds each of these posts on the day, along chains of posts held by virtue of posts."""
    names: dict[int, str] = {}
    leads: dict[int, int] = {}
    ask = set(post_ids)
    for _step in range(DEPTH):
        if not ask:
            break
        rows = _held_on(sorted(ask), actor, on)
        asked, ask = ask, set()
        for row in rows:
            if row.by_post_id:
                leads[row.post_id] = row.by_post_id
                ask.add(row.by_post_id)
            else:
                names.setdefault(row.post_id, row.holder)
        ask -= asked
    for start in post_ids:
        at, steps = start, 0
        while at in leads and at not in names and steps < DEPTH:
            at, steps = leads[at], steps + 1
        if at in names:
            names[start] = names[at]
    return names


def duty_list(body: Body, on: date) -> list[Duty]:
    """The published duties of a body on a day, its posts' among them, in the order in which they were published."""
    rows = Duty.objects.filter(body=body, during__contains=on).select_related("post")
    return list(rows.order_by("kind", "id")[:MOST])


def duties_resting_on(provision_key: str, on: date, *, unit: Unit | None = None) -> list[Duty]:
    """What bodies have published as their duty under a provision, in a unit and below it; at most ``MOST``."""
    rows = Duty.objects.filter(basis=provision_key, during__contains=on).select_related("body", "post")
    if unit is not None:
        rows = rows.filter(body__unit__path__startswith=unit.path)
    return list(rows.order_by("id")[:MOST])


@dataclass(frozen=True)
class Published:
    """Of all bodies of a kind in a unit and below it, how many have published a duty under a provision."""

    kind: str
    published: int
    bodies: int


def published_under(provision_key: str, on: date, unit: Unit) -> list[Published]:
    """By kind of body, for the kinds of which one has. Whether all of a kind must, the documents do not say. Two
    queries."""
    here = Q(unit__path__startswith=unit.path, during__contains=on)
    resting = Duty.objects.filter(basis=provision_key, during__contains=on).values("body_id")
    kinds = Body.objects.filter(here, pk__in=resting).order_by("kind").values_list("kind").annotate(n=Count("pk"))
    published = dict(kinds)
    rows = (
        Body.objects.filter(here, kind__in=list(published)).order_by("kind").values_list("kind").annotate(n=Count("pk"))
    )
    return [Published(kind, published[kind], count) for kind, count in rows]


def count_resting_on(provision_keys: Collection[str], on: date) -> int:
    """How many published duties rest on any of these provisions."""
    return Duty.objects.filter(basis__in=list(provision_keys), during__contains=on).count()


def leading_post(body: Body) -> Post | None:
    """The post that leads a body, while it exists."""
    return Post.objects.filter(body=body, is_head=True, during__upper_inf=True).first()


def holders_over_time(post: Post, actor: Actor, *, limit: int = MOST) -> list[OfficeHolding]:
    """Everyone who held the post, newest first."""
    rows = OfficeHolding.objects.visible_to(actor).filter(post=post)
    return list(rows.select_related("account", "by_post", "sent_by").order_by("-during", "seat")[:limit])
