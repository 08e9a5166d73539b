"""What may follow: work that was handed to a community, and reports of work handed down outside of the gate."""

from liren.foundation.kernel.engine.states import State, StateTable, move

ASSIGNMENT = StateTable(
    name="assignment",
    start="asked",
    states=(
        State("asked", "待社区回复", "Asked", owner="admission.answer", clock="until its due day"),
        State("accepted", "已承接", "Accepted", owner="admission.answer", clock="until its due day"),
        State("refused", "已拒绝", "Refused", final=True),
        State("done", "已完成", "Done", final=True),
        State("withdrawn", "已撤回", "Withdrawn", final=True),
        State("closed", "随事项取消", "Closed with its admission", final=True),
    ),
    moves=(
        move("accept", ["asked"], "accepted", "承接", "Accept", by="admission.answer"),
        move("refuse", ["asked", "accepted"], "refused", "拒绝", "Refuse", by="admission.answer", note_required=True),
        move("finish", ["asked", "accepted"], "done", "完成", "Done", by="admission.answer"),
        move("withdraw", ["asked", "accepted"], "withdrawn", "撤回", "Withdraw", by="admission.apply"),
        move("close", ["asked", "accepted"], "closed", "随事项终止", "Close", by="admission.decide"),
    ),
)

OUTSIDE = StateTable(
    name="outside",
    start="reported",
    states=(
        State("reported", "已反映", "Reported", owner="admission.decide", clock="admission_correction_days"),
        State("ordered", "已责令改正", "Correction ordered", owner="admission.decide",
              clock="admission_correction_days"),
        State("corrected", "已改正", "Corrected", final=True),
        State("criticised", "已通报批评", "Criticised in public", final=True),
        State("accountable", "已移送追责", "Passed on", final=True),
        State("unfounded", "不属实", "Not confirmed", final=True),
    ),
    moves=(
        move("order", ["reported"], "ordered", "责令改正", "Order correction", by="admission.decide",
             note_required=True),
        move("correct", ["reported", "ordered"], "corrected", "已改正", "Corrected", by="admission.decide",
             note_required=True),
        move("criticise", ["reported", "ordered"], "criticised", "通报批评", "Criticise", by="admission.decide",
             note_required=True),
        move("pass_on", ["reported", "ordered"], "accountable", "移送追责", "Pass on", by="admission.decide",
             note_required=True),
        move("dismiss", ["reported"], "unfounded", "不属实", "Not confirmed", by="admission.decide",
             note_required=True),
    ),
)  # fmt: skip
