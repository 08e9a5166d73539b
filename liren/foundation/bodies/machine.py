"""What may follow: how an organisation of residents grows from a group to a registered one (R175, R185)."""

from liren.foundation.kernel.engine.states import State, StateTable, move

REGISTRATION = StateTable(
    name="registration",
    start="none",
    states=(
        State("none", "居民自组织", "Group of residents", owner="bodies.keep", clock="none: it may stay as it is"),
        State("filed", "已备案", "Filed", owner="bodies.keep", clock="yearly report"),
        State("registered", "已登记", "Registered", owner="bodies.keep", clock="yearly report"),
        State("dissolved", "已终止", "Dissolved", final=True),
    ),
    moves=(
        move("file", ["none"], "filed", "备案", "File", by="bodies.keep"),
        move("register", ["none", "filed"], "registered", "登记", "Register", by="bodies.keep"),
        move(
            "cancel", ["filed", "registered"], "none", "注销备案或登记", "Cancel", by="bodies.keep", note_required=True
        ),
        move("dissolve", ["none", "filed", "registered"], "dissolved", "终止", "Dissolve", by="bodies.keep"),
    ),
)
