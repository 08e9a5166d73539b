"""Who, and what, an entry of the audit log is about, in words; where there are none, the code says it alone."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from liren.service.cases.models import Case

register = template.Library()

#: The kinds of things that entries name, by their code.
THINGS = {
    "admission.admission": pgettext_lazy("thing", "Admission"),
    "admission.agreement": pgettext_lazy("thing", "Agreement of assistance"),
    "admission.application": pgettext_lazy("thing", "Application for an admission"),
    "admission.assignment": pgettext_lazy("thing", "Work asked of a community"),
    "admission.burden": pgettext_lazy("thing", "Matter of an inventory"),
    "admission.hearing": pgettext_lazy("thing", "Word of a community at a hearing"),
    "admission.ledger": pgettext_lazy("thing", "Ledger"),
    "admission.ledgerentry": pgettext_lazy("thing", "Entry of a ledger"),
    "admission.listchange": pgettext_lazy("thing", "Change of a list"),
    "admission.listcomment": pgettext_lazy("thing", "Comment on a list"),
    "admission.listrevision": pgettext_lazy("thing", "Version of a list"),
    "admission.mutualappraisal": pgettext_lazy("thing", "Appraisal of an agreement"),
    "admission.outsidereport": pgettext_lazy("thing", "Report of work outside of the gate"),
    "bodies.activity": pgettext_lazy("thing", "Activity"),
    "bodies.authority": pgettext_lazy("thing", "Extension of authority"),
    "bodies.body": pgettext_lazy("thing", "Body"),
    "bodies.contactarrangement": pgettext_lazy("thing", "Arrangement with a deputy"),
    "bodies.delivery": pgettext_lazy("thing", "What was delivered"),
    "bodies.duty": pgettext_lazy("thing", "Published duty"),
    "bodies.entry": pgettext_lazy("thing", "Entry about a body"),
    "bodies.figure": pgettext_lazy("thing", "Number about a body"),
    "bodies.liaison": pgettext_lazy("thing", "Liaison"),
    "bodies.membershipofbody": pgettext_lazy("thing", "Membership of a body"),
    "bodies.officeholding": pgettext_lazy("thing", "Office-holder"),
    "bodies.pairing": pgettext_lazy("thing", "Pairing"),
    "bodies.post": pgettext_lazy("thing", "Post"),
    "bodies.reception": pgettext_lazy("thing", "Reception by a deputy"),
    "bodies.strand": pgettext_lazy("thing", "Strand of work"),
    "cases.apikey": pgettext_lazy("thing", "Key of a program"),
    "cases.case": pgettext_lazy("thing", "Case"),
    "cases.dispatchrule": pgettext_lazy("thing", "Rule of the dispatch catalogue"),
    "cases.subscription": pgettext_lazy("thing", "Subscription of a program"),
    "people.accessgrant": pgettext_lazy("thing", "Look at contact data"),
    "people.account": pgettext_lazy("thing", "Account"),
    "people.consentevent": pgettext_lazy("thing", "Consent"),
    "people.contact": pgettext_lazy("thing", "Contact data"),
    "people.destruction": pgettext_lazy("thing", "Destruction"),
    "people.mandate": pgettext_lazy("thing", "Mandate"),
    "people.residency": pgettext_lazy("thing", "Residency"),
    "policy.document": pgettext_lazy("thing", "Document"),
    "policy.jurisdiction": pgettext_lazy("thing", "Place with documents"),
    "policy.load": pgettext_lazy("thing", "Load of the packs"),
    "registers.entry": pgettext_lazy("thing", "Entry of a register"),
    "registers.importbatch": pgettext_lazy("thing", "Imported table"),
    "territory.formationproposal": pgettext_lazy("thing", "Proposal"),
    "territory.gridprofile": pgettext_lazy("thing", "Description of a grid"),
    "territory.management": pgettext_lazy("thing", "Management of a compound"),
    "territory.occupancy": pgettext_lazy("thing", "Occupancy"),
    "territory.population": pgettext_lazy("thing", "Count of people"),
    "territory.servicecontact": pgettext_lazy("thing", "Service contact"),
    "territory.servicesubject": pgettext_lazy("thing", "Building or organisation"),
    "territory.sizeband": pgettext_lazy("thing", "Band of sizes"),
    "territory.street": pgettext_lazy("thing", "Street"),
    "territory.streetchief": pgettext_lazy("thing", "Street chief"),
    "territory.unit": pgettext_lazy("thing", "Unit"),
    "territory.zone": pgettext_lazy("thing", "Zone"),
    "territory.zoneunit": pgettext_lazy("thing", "Unit in a zone"),
}


@register.filter
def thing(label: str) -> str:
    """What kind of thing it is; "" where it has no words, and the code beside it says it alone."""
    return str(THINGS.get(label, ""))


@register.filter
def breakable(code: str) -> SafeString:
    """A code that a narrow column breaks after a point or an underscore, and nowhere else."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in re.findall(r"[^._:]*[._:]?", code) if part))


@register.filter
def numbered(entry: object) -> str:
    """The number under which people know it: that of a case as it is spoken, any other as it is stored."""
    label, pk = getattr(entry, "object_type", ""), str(getattr(entry, "object_id", ""))
    return Case(pk=int(pk)).number if label == "cases.case" and pk.isdecimal() else pk


@register.filter
def whose(label: str) -> str:
    """Who did it, as far as the log knows: an account by its number, never by its name."""
    kind, _colon, rest = label.partition(":")
    words = {
        "account": _("Account no. %(rest)s"),
        "key": _("Program with key no. %(rest)s"),
        "receipt": _("Whoever holds the receipt"),
        "reporter": _("The reporter, in confidence"),
        "system": _("The system by itself"),
        "anonymous": _("Somebody without an account"),
    }
    return words[kind] % {"rest": rest} if kind in words else ""
