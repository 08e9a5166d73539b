"""Who may do what with the life circle. What it finds is public; the powers bear the names of these actions."""

from typing import Any

from liren.foundation.kernel.rights import Actor, rule
from liren.foundation.territory.models import Unit


@rule("lifecircle.view")
def _view(actor: Actor, obj: Any) -> bool:
    """What lies near a compound, and what does not, is public: a compound is no person."""
    return True


@rule("lifecircle.import")
def _import(actor: Actor, city: Unit) -> bool:
    """Record a network of ways or a table of places of the city."""
    return actor.holds("lifecircle.import", city)


@rule("lifecircle.run")
def _run(actor: Actor, city: Unit) -> bool:
    """Ask for a run, a what-if or a choice of sites of the city."""
    return actor.holds("lifecircle.run", city)
