"""Who may do what with territory. The powers that roles grant bear the names of these actions."""

from typing import Any

from liren.foundation.kernel.rights import Actor, power_rule, rule
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


# Record counts of households and residents: official figures and returns, never persons.
power_rule("territory.population")
# Draw or replace the outline of a unit; a zone, which crosses units, needs the power anywhere.
power_rule("territory.boundary", unit_of=lambda obj: obj if isinstance(obj, Unit) else None)
# Found zones and put units in them.
power_rule("territory.zone")
# Describe grids, name service contacts, and keep the list of buildings and organisations that need one.
power_rule("territory.grid")
# Say how a compound is managed and how much of it is lived in.
power_rule("territory.compound")
# Set the bands of size and occupancy that hold below a unit.
power_rule("territory.size_bands")
