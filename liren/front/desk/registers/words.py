"""Words that pages of registers share."""

from django.utils.translation import gettext_lazy as _

from liren.front.kit.registers import GROUPS as GROUPS

#: Who may read an entry, as a tag beside the name of a register.
READERS = {"public": _("Open to everybody"), "workers": _("For workers"), "sealed": _("Sealed: every look is logged")}
