"""Words that pages of registers share."""

from django.utils.translation import gettext_lazy as _

#: The groups of registers, in the order in which they are listed (the portal lists them under the same words).
GROUPS = {
    "services": _("Services close by"),
    "care": _("Care"),
    "safety": _("Safety and law"),
    "self_government": _("Self-government"),
    "volunteering": _("Volunteering"),
    "social": _("Social organisations"),
    "property": _("Compounds and property"),
    "planning": _("Space and planning"),
    "development": _("Community development"),
    "funds": _("Funds and assets"),
    "organisation": _("Organisation"),
    "workers": _("Community workers"),
    "evaluation": _("Evaluation"),
    "disclosure": _("Disclosure"),
    "privacy": _("Data and privacy"),
}
#: Who may read an entry, as a tag beside the name of a register.
READERS = {"public": _("Open to everybody"), "workers": _("For workers"), "sealed": _("Sealed: every look is logged")}
