"""What may follow: the state table of a run."""

from liren.development.lifecircle.models import RunState
from liren.foundation.kernel.engine.states import State, StateTable, move

RUN = StateTable(
    name="lifecircle_run",
    start=RunState.ASKED.value,
    states=(
        State("asked", "已提交", "Asked for", owner="system", clock="30 minutes"),
        State("running", "计算中", "Running", owner="system", clock="30 minutes"),
        State("done", "已完成", "Done", final=True),
        State("failed", "未完成", "Failed", final=True),
    ),
    moves=(
        move("start", ["asked"], "running", "开始计算", "Start", by="system"),
        move("finish", ["running"], "done", "完成", "Finish", by="system"),
        move("fail", ["asked", "running"], "failed", "未能完成", "Fail", by="system", note_required=True),
    ),
)
