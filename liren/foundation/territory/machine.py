"""What may follow: the state table of a proposal for a new community (R027)."""

from liren.foundation.kernel.engine.states import State, StateTable, move
from liren.foundation.territory.models import ProposalState

DECIDE_WITHIN_WORKDAYS = 30
FOUND_WITHIN_WORKDAYS = 180

# Translators: 里仁市设立社区的建议
FORMATION = StateTable(
    name="formation_proposal",
    start=ProposalState.RAISED.value,
    states=(
        State("raised", "已提出", "Raised", owner="territory.decide_proposal", clock="30 working days"),
        State("accepted", "已采纳", "Accepted", owner="territory.change", clock="180 working days"),
        State("declined", "未采纳", "Declined", final=True),
        State("withdrawn", "已撤回", "Withdrawn", final=True),
        State("formed", "社区已设立", "Community founded", final=True),
    ),
    moves=(
        move("accept", ["raised"], "accepted", "采纳", "Accept", by="territory.decide_proposal"),
        move(
            "decline", ["raised"], "declined", "不采纳", "Decline", by="territory.decide_proposal", note_required=True
        ),
        move(
            "withdraw", ["raised", "accepted"], "withdrawn", "撤回", "Withdraw", by="territory.propose",
            note_required=True,
        ),
        move("form", ["accepted"], "formed", "设立社区", "Found the community", by="territory.change"),
    ),
)  # fmt: skip
