"""Every write of territory. Keyword-only, ``by`` the actor, ``at`` the moment; one transaction, one audit entry."""

from liren.foundation.territory.services.boundaries import set_boundary
from liren.foundation.territory.services.changes import (
    abolish_unit,
    convert_unit,
    create_unit,
    move_unit,
    rename_unit,
    undistrict_unit,
)
from liren.foundation.territory.services.compounds import (
    accept_proposal,
    complete_proposal,
    decline_proposal,
    raise_formation_proposal,
    record_management,
    record_occupancy,
    withdraw_proposal,
)
from liren.foundation.territory.services.corrections import correct_unit
from liren.foundation.territory.services.counts import record_population, set_size_band
from liren.foundation.territory.services.faces import refresh_today
from liren.foundation.territory.services.grids import describe_grid, name_service_contact, register_service_subject
from liren.foundation.territory.services.merging import NewUnit, Part, merge_units, split_unit
from liren.foundation.territory.services.streets import appoint_street_chief, close_street, register_street
from liren.foundation.territory.services.zones import close_zone, create_zone, put_in_zone, take_out_of_zone

__all__ = [
    "NewUnit",
    "Part",
    "abolish_unit",
    "accept_proposal",
    "appoint_street_chief",
    "close_street",
    "close_zone",
    "complete_proposal",
    "convert_unit",
    "correct_unit",
    "create_unit",
    "create_zone",
    "decline_proposal",
    "describe_grid",
    "merge_units",
    "move_unit",
    "name_service_contact",
    "put_in_zone",
    "raise_formation_proposal",
    "record_management",
    "record_occupancy",
    "record_population",
    "refresh_today",
    "register_service_subject",
    "register_street",
    "rename_unit",
    "set_boundary",
    "set_size_band",
    "split_unit",
    "take_out_of_zone",
    "undistrict_unit",
    "withdraw_proposal",
]
