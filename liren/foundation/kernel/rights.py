"""One question, one registry: may this actor do this action to this object?

Each room registers its rules in its own ``rules.py``; code asks ``can`` or ``require`` and never a role by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import NotAllowed

PUBLIC, SIGNED_IN = "public", "signed_in"


@runtime_checkable
class Actor(Protocol):
    """Whoever acts: an account, a command or job of the system, or a stranger."""

    @property
    def pk(self) -> Any: ...

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def label(self) -> str:
        """Who, for the audit log: ``account:12``, ``system:import``, ``anonymous``. Never a name."""

    def holds(self, power: str, unit: Any = None) -> bool:
        """Whether a mandate active today gives this power on ``unit`` or on one above it; None asks for anywhere."""


@dataclass(frozen=True)
class SystemActor:
    """A command or a job. It holds every power, and only our own code can make one."""

    name: str
    pk: None = None
    is_authenticated: bool = True

    @property
    def label(self) -> str:
        return f"system:{self.name}"

    def holds(self, power: str, unit: Any = None) -> bool:
        return True


@dataclass(frozen=True)
class Anonymous:
    """A stranger: holds nothing."""

    pk: None = None
    is_authenticated: bool = False
    label: str = "anonymous"

    def holds(self, power: str, unit: Any = None) -> bool:
        return False


ANONYMOUS = Anonymous()

Rule = Callable[[Any, Any], bool]
_rules: dict[str, Rule] = {}
#: Powers that are given on by whoever has the duty to appoint, without holding them.
_duties: dict[str, str] = {}
R = TypeVar("R", bound=Rule)
F = TypeVar("F", bound=Callable[..., Any])


def rule(action: str) -> Callable[[R], R]:
    """Register ``(actor, obj) -> bool`` as the rule of ``action``. A second rule for one action is an error."""

    def register(function: R) -> R:
        if action in _rules:
            raise ValueError(f"The action {action!r} has a rule already.")
        _rules[action] = function
        return function

    return register


def power_rule(action: str, *, unit_of: Callable[[Any], Any] = lambda obj: obj) -> None:
    """Register the commonest rule: the actor holds the power of this name on the object's unit (or above)."""

    @rule(action)
    def holds_it(actor: Actor, obj: Any) -> bool:
        return actor.holds(action, None if obj is None else unit_of(obj))


def given_by(power: str, duty: str) -> None:
    """Register that ``power`` is given on by whoever holds ``duty``, who has nothing of what the power opens.

    For a power that counts only where it is held: who appoints those who speak for a community does not speak for it.
    """
    if power in _duties:
        raise ValueError(f"The power {power!r} is given by a duty already.")
    _duties[power] = duty


def may_give(actor: Actor, power: str, unit: Any = None) -> bool:
    """Whether the actor may give this power on in the unit: by holding it there, or by the duty to appoint."""
    duty = _duties.get(power)
    return actor.holds(power, unit) or (duty is not None and actor.holds(duty, unit))


def givable(powers: frozenset[str]) -> frozenset[str]:
    """These powers, and those that their holder may give on without holding them."""
    return powers | {power for power, duty in _duties.items() if duty in powers}


def actions() -> list[str]:
    """Every action that has a rule, sorted."""
    return sorted(_rules)


def can(actor: Any, action: str, obj: Any = None) -> bool:
    """Whether ``actor`` may do ``action`` to ``obj``. An unknown action is a KeyError, for everyone."""
    answer = _rules[action]
    return isinstance(actor, SystemActor) or bool(answer(as_actor(actor), obj))


def require(actor: Any, action: str, obj: Any = None) -> None:
    """Raise NotAllowed (403) unless ``actor`` may do ``action`` to ``obj``."""
    if not can(actor, action, obj):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))


def as_actor(user: Any) -> Any:
    """Django's own anonymous user becomes ours; everything else is an actor already."""
    if user is None or not getattr(user, "is_authenticated", False):
        return user if isinstance(user, Anonymous) else ANONYMOUS
    return user


def guarded_by(action: str) -> Callable[[F], F]:
    """Mark a view with the action it guards, or ``public``, or ``signed_in``. A mark for the tests, not the guard."""

    def mark(view: F) -> F:
        view.guarded_by = action  # type: ignore[attr-defined]  # a mark on a function, read by the URL matrix
        return view

    return mark
