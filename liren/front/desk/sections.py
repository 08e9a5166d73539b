"""What the desk is made of: each section with the power that opens it, so that nobody is offered a closed door."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """A tab: address, words, one sentence on what it is for, and the powers of which one is enough ("" = everyone)."""

    url_name: str
    title: Promise
    text: Promise
    powers: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name)


#: Whoever works on cases in any way.
CASES = (
    "cases.work", "cases.serve", "cases.supervise", "cases.arbitrate",
    "cases.sealed.mediation", "cases.sealed.support", "cases.sealed.refuge", "cases.sealed.supervision",
)  # fmt: skip

#: Whoever has to do with what is asked of communities.
GATE = (
    "admission.apply", "admission.answer", "admission.decide", "admission.lists", "admission.burden",
    "admission.agree",
)  # fmt: skip

SECTIONS = (
    Section("desk", _("Overview"), _("Your mandates and what waits for you.")),
    Section(
        "desk-cases",
        _("Cases"),
        _("What residents reported and what has to be answered: take, answer, pass on, decide."),
        CASES,
    ),
    Section(
        "desk-phone",
        _("Telephone and counter"),
        _("Take in for others, and ask whether it is solved."),
        ("cases.take", "cases.callback"),
    ),
    Section(
        "desk-catalogue", _("Dispatch catalogue"), _("Who is responsible for what, and where."), ("cases.catalogue",)
    ),
    Section(
        "desk-keys",
        _("Keys for programs"),
        _("Which programs may report or are told, and until when."),
        ("cases.keys",),
    ),
    Section(
        "desk-gate",
        # Translators: 社区事项准入
        _("Admission gate"),
        _("What may be asked of communities: apply, hear, decide, accept, refuse."),
        GATE,
    ),
    Section(
        "desk-registers",
        _("Registers"),
        _("What is there in your area: enter, review, close, import."),
        ("registers.keep",),
    ),
    Section(
        "desk-circle",
        _("Life circle"),
        _("What residents reach on foot, what is missing where, what if, and where best."),
        ("lifecircle.run",),
    ),
    Section("desk-residency", _("Residency claims"), _("Verify or refuse who says to live here."), ("people.verify",)),
    Section("desk-mandates", _("Mandates"), _("Who holds which role, and until when."), ("people.see_mandates",)),
    Section(
        "desk-proposals",
        _("New communities"),
        _("Compounds that are lived in and may need a community of their own."),
        ("territory.propose", "territory.decide_proposal"),
    ),
    Section("desk-bodies", _("Bodies"), _("Who acts where: posts, holders, duties, pairings."), ("bodies.keep",)),
    Section(
        "desk-zones", _("Zones"), _("Parks, business districts and the like, laid over the tree."), ("territory.zone",)
    ),
    Section(
        "desk-pass", _("Service pass"), _("Ask whether a pass that is shown to your body holds."), ("cases.serve",)
    ),
    Section("desk-calendar", _("Work calendar"), _("Working days, holidays and make-up days, with their source.")),
    Section("desk-audit", _("Audit log"), _("Who changed what, in a chain that can be checked."), ("audit.read",)),
    Section("desk-access", _("Access review"), _("Who looked at whose data, and why."), ("people.review_access",)),
)


def sections_for(actor: Any) -> list[Section]:
    """The sections that this actor can enter."""
    return [one for one in SECTIONS if not one.powers or any(actor.holds(power) for power in one.powers)]
