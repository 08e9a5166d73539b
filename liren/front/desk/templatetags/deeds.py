"""Words for what the audit log records: the log keeps codes, people read sentences."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

DEEDS = {
    "calendar.publish": _("Recorded a notice of the calendar"),
    "calendar.seed": _("Loaded the announced holidays"),
    "demo.boundaries": _("Drew the simulated city"),
    "demo.people": _("Peopled the simulated city"),
    "demo.territory": _("Built the simulated city"),
    "people.close_contact": _("Closed a contact again"),
    "people.consent": _("Gave or withdrew consent"),
    "people.correct": _("Corrected one's own data"),
    "people.destroyed": _("Destroyed what was past its time"),
    "people.end_mandate": _("Ended a mandate"),
    "people.enrol": _("Set up a second factor"),
    "people.erase": _("Erased an account"),
    "people.export": _("Took out one's own data"),
    "people.grant": _("Granted a mandate"),
    "people.load_roles": _("Loaded the roles"),
    "people.open_contact": _("Opened a contact"),
    "people.recover": _("Let somebody in again"),
    "people.register": _("Opened an account"),
    "people.remove_contact": _("Removed a contact"),
    "people.resealed": _("Sealed contacts with a new key"),
    "people.residency_carry": _("Carried a residency over"),
    "people.residency_claim": _("Claimed a residency"),
    "people.residency_end": _("Ended a residency"),
    "people.residency_refuse": _("Refused a residency"),
    "people.residency_verify": _("Verified a residency"),
    "people.residency_withdraw": _("Withdrew a claim of residency"),
    "people.review_access": _("Reviewed a look"),
    "people.set_contact": _("Recorded a contact"),
    "territory.abolish": _("Abolished a unit"),
    "territory.boundary": _("Set a boundary"),
    "territory.close_street": _("Closed a street"),
    "territory.close_zone": _("Ended a zone"),
    "territory.convert": _("Converted a unit"),
    "territory.correct": _("Corrected an entry of a unit"),
    "territory.create": _("Created a unit"),
    "territory.create_zone": _("Founded a zone"),
    "territory.describe_grid": _("Described a grid"),
    "territory.import": _("Took over a list of divisions"),
    "territory.management": _("Recorded how a compound is managed"),
    "territory.merge": _("Merged units"),
    "territory.move": _("Moved a unit"),
    "territory.occupancy": _("Recorded occupancy"),
    "territory.population": _("Recorded counts"),
    "territory.proposal_accept": _("Accepted a proposal"),
    "territory.proposal_decline": _("Declined a proposal"),
    "territory.proposal_form": _("Noted that a community was founded"),
    "territory.proposal_raise": _("Proposed a community"),
    "territory.proposal_withdraw": _("Withdrew a proposal"),
    "territory.put_in_zone": _("Put a unit in a zone"),
    "territory.register_street": _("Registered a street"),
    "territory.rename": _("Renamed a unit"),
    "territory.service_contact": _("Named a service contact"),
    "territory.service_subject": _("Registered a building or an organisation"),
    "territory.size_bands": _("Set a band of sizes"),
    "territory.split": _("Split a unit"),
    "territory.street_chief": _("Appointed a street chief"),
    "territory.take_out_of_zone": _("Took a unit out of a zone"),
    "territory.undistrict": _("Dissolved a unit"),
}


@register.filter
def deed(action: str) -> str:
    """What was done, in words; the code itself where it has none yet."""
    return str(DEEDS.get(action, action))
