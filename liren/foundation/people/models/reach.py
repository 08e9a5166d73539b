"""How far an actor's authority reaches: down the tree of units, never up or sideways."""

from __future__ import annotations

from typing import Any

from django.db.models import Q


def covers(holder_path: str, path: str) -> bool:
    """Is the unit at ``path`` the holder's unit itself or one below it?

    Paths are the ids from the root, each between slashes ("/1/5/9/"), so "/1/5/" covers "/1/5/9/" and not "/1/50/".
    """
    return path.startswith(holder_path)


def inside(paths: tuple[str, ...], lookup: str = "unit__path") -> Q:
    """The condition "this row's unit is one of these units or below one of them"; no path, no row."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{lookup}__startswith": path})
    return condition


def paths_of(actor: Any, power: str) -> tuple[str, ...]:
    """The paths over which ``actor`` holds ``power`` today; "/" for an actor that holds it everywhere.

    An account knows its paths. Other actors (system, anonymous) are asked through the protocol alone.
    """
    known = getattr(actor, "paths_with", None)
    if known is not None:
        return tuple(known(power))
    return ("/",) if actor.holds(power) else ()
