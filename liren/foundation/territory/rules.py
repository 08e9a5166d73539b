"""Who may do what with territory. The powers that roles grant bear the names of these actions."""

from typing import Any

from liren.foundation.kernel.rights import Actor, rule
from liren.foundation.territory.models import FormationProposal, Street, Unit


@rule("territory.view")
def _view(actor: Actor, obj: Any) -> bool:
    """Territory is public: whoever reads may see every unit, its history, its outline and its counts."""
    return True


@rule("territory.found")
def _found(actor: Actor, obj: Any) -> bool:
    """Found a root of the tree (a province, a city): only commands and jobs do, since nobody stands above a root."""
    return actor.holds("territory.found")


@rule("territory.change")
def _change(actor: Actor, unit: Unit) -> bool:
    """Create below, rename, convert, move, merge, split, abolish, correct: decided at or above the unit's parent.

    A unit never decides on itself; a root, which has no parent, is decided on by whoever holds the power on it.
    """
    return actor.holds("territory.change", unit if unit.parent is None else unit.parent)


@rule("territory.propose")
def _propose(actor: Actor, obj: Unit | FormationProposal) -> bool:
    """Raise or withdraw a proposal for a new community (R027): whoever answers for the compound's surroundings."""
    return actor.holds("territory.propose", obj.compound if isinstance(obj, FormationProposal) else obj)


@rule("territory.decide_proposal")
def _decide(actor: Actor, proposal: FormationProposal) -> bool:
    """Accept or decline a proposal: the power must reach over the community that the compound lies in today."""
    return actor.holds("territory.decide_proposal", proposal.compound.parent)


@rule("territory.street")
def _street(actor: Actor, obj: Unit | Street) -> bool:
    """Register streets and lanes and name their chiefs, in the unit that looks after them."""
    return actor.holds("territory.street", obj.unit if isinstance(obj, Street) else obj)


@rule("territory.population")
def _population(actor: Actor, unit: Unit) -> bool:
    """Record counts of households and residents of the unit: official figures and returns, never persons."""
    return actor.holds("territory.population", unit)


@rule("territory.boundary")
def _boundary(actor: Actor, obj: Any) -> bool:
    """Draw or replace the outline of a unit; for a zone, which crosses units, the power anywhere is enough."""
    return actor.holds("territory.boundary", obj if isinstance(obj, Unit) else None)


@rule("territory.zone")
def _zone(actor: Actor, unit: Unit | None) -> bool:
    """Found and end zones (the power anywhere), and put the unit in a zone or take it out."""
    return actor.holds("territory.zone", unit)


@rule("territory.grid")
def _grid(actor: Actor, unit: Unit) -> bool:
    """Describe grids, name service contacts, and keep the list of buildings and organisations that need one."""
    return actor.holds("territory.grid", unit)


@rule("territory.compound")
def _compound(actor: Actor, unit: Unit) -> bool:
    """Say how the compound is managed and how many of its homes are lived in."""
    return actor.holds("territory.compound", unit)


@rule("territory.size_bands")
def _size_bands(actor: Actor, unit: Unit) -> bool:
    """Set the bands of size and the rate of occupancy that hold below the unit."""
    return actor.holds("territory.size_bands", unit)
