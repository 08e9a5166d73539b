"""Every write of this room. Keyword-only, ``by`` the actor, ``at`` the moment; one transaction, one audit entry."""

from liren.foundation.bodies.services.bodies import change_body, dissolve_body, found_body, register_body
from liren.foundation.bodies.services.contacts import arrange_contact, end_arrangement, record_reception
from liren.foundation.bodies.services.imports import BodyReport, import_bodies
from liren.foundation.bodies.services.names import forget_names
from liren.foundation.bodies.services.posts import (
    change_post,
    close_post,
    correct_holder,
    end_holding,
    fill_post,
    link_account,
    make_post,
    publish_duty,
    withdraw_duty,
)
from liren.foundation.bodies.services.records import record_activity, record_entry, record_figure
from liren.foundation.bodies.services.succession import follow_units
from liren.foundation.bodies.services.ties import (
    admit_member,
    end_authority,
    end_liaison,
    end_membership,
    end_strand,
    extend_authority,
    lead_strand,
    name_liaison,
    pair,
    record_delivery,
    unpair,
)

__all__ = [
    "BodyReport",
    "admit_member",
    "arrange_contact",
    "change_body",
    "change_post",
    "close_post",
    "correct_holder",
    "dissolve_body",
    "end_arrangement",
    "end_authority",
    "end_holding",
    "end_liaison",
    "end_membership",
    "end_strand",
    "extend_authority",
    "fill_post",
    "follow_units",
    "forget_names",
    "found_body",
    "import_bodies",
    "lead_strand",
    "link_account",
    "make_post",
    "name_liaison",
    "pair",
    "publish_duty",
    "record_activity",
    "record_delivery",
    "record_entry",
    "record_figure",
    "record_reception",
    "register_body",
    "unpair",
    "withdraw_duty",
]
