"""How good a choice of sites is, in sentences that say no more than was proven."""

from __future__ import annotations

from django.utils.translation import gettext as _

from liren.development.lifecircle.models import Proposal, ProposalKind


def certificate(one: Proposal) -> list[str]:
    """The sentences under a proposal."""
    facts = {"p": f"{one.certificate_percent:.2f}", "most": f"{one.upper_bound:,}"}
    if one.kind == ProposalKind.SITES:
        if one.is_proven:
            return [_("Proven: no choice of as many sites reaches more residents.")]
        return [
            _("At most %(p)s%% from the best: no choice of as many sites reaches more than %(most)s residents.") % facts
        ]
    if one.is_proven:
        first = _("Proven: no choice of as many of these ways reaches more residents.")
    else:
        first = (
            _("At most %(p)s%% from the best: no choice of as many of these ways reaches more than %(most)s residents.")
            % facts
        )
    return [first, *_covered(one)]


def _covered(one: Proposal) -> list[str]:
    """What a certificate of gates and crossings is about, and what not."""
    told = one.parameters
    if "in_line_m" not in told:
        return [_("Each of them is counted alone; what several give only together was not weighed.")]
    far = {"far": told["in_line_m"], "many": f"{told['pairs']:,}"}
    said = [
        _(
            "Each of them is counted alone, and two in line up to %(far)d m of walking apart together (%(many)s pairs);"
            " three or more that help only together are not weighed."
        )
        % far
    ]
    if not told["all_pairs"]:
        said.append(_("There were too many pairs: those that shorten the way least were left out of choice and bound."))
    if told.get("opened_together", one.people_after) > one.people_after:
        said.append(
            _("With all of them open at once %(many)s residents are within reach.")
            % {"many": f"{told['opened_together']:,}"}
        )
    return said
