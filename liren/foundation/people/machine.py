"""What may follow what in a residency: claimed by the person, decided by the unit, ended by either."""

from liren.foundation.kernel.engine.states import State, StateTable, move

RESIDENCY = StateTable(
    name="residency",
    start="claimed",
    states=(
        State("claimed", "已申报", "Claimed", owner="unit", clock="10 working days (set locally)"),
        State("verified", "已核实", "Verified", owner="resident", clock="none: ends when the resident moves"),
        State("refused", "未通过", "Refused", final=True),
        State("withdrawn", "已撤回", "Withdrawn", final=True),
        State("ended", "已结束", "Ended", final=True),
    ),
    moves=(
        move("verify", ["claimed"], "verified", "核实", "Verify", by="unit"),
        move("refuse", ["claimed"], "refused", "不予通过", "Refuse", by="unit", note_required=True),
        move("withdraw", ["claimed"], "withdrawn", "撤回申报", "Withdraw the claim", by="resident"),
        move("end", ["verified"], "ended", "结束登记", "End the residency", by="resident or unit"),
    ),
)
