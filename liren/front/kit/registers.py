"""Words for registers that portal and desk share."""

from django.utils.translation import gettext_lazy as _

#: Groups of registers, in the order in which every page shows them.
GROUPS = {
    "services": _("Services close by"),
    # Translators: 一老一小、残疾人等关爱服务
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
