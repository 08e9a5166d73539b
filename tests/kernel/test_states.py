"""State tables: a checker that finds each fault, moves that are allowed exactly where the table says, and drawings."""

import dataclasses

import pytest

from liren.foundation.kernel.engine.states import State, StateTable, WrongMove, check_table, move

STATES = (
    State("received", "已收到", "received", owner="desk", clock="1 working day"),
    State("assigned", "办理中", "in hand", owner="worker", clock="5 working days"),
    State("closed", "已办结", "closed", final=True),
    State("refused", "不予受理", "refused", final=True),
)
MOVES = (
    move("assign", ["received"], "assigned", "交办", "Assign", by="desk"),
    move("close", ["assigned"], "closed", "办结", "Close", by="worker"),
    move("refuse", ["received", "assigned"], "refused", "不予受理", "Refuse", by="desk", note_required=True),
)
TABLE = StateTable("test", "received", STATES, MOVES)


def changed(**changes: object) -> StateTable:
    return dataclasses.replace(TABLE, **changes)


def test_a_good_table_has_no_faults() -> None:
    assert check_table(TABLE) == []


@pytest.mark.parametrize("code", [m.code for m in MOVES])
@pytest.mark.parametrize("state", [s.code for s in STATES])
def test_a_move_is_allowed_exactly_where_the_table_says(code: str, state: str) -> None:
    allowed = {("assign", "received"), ("close", "assigned"), ("refuse", "received"), ("refuse", "assigned")}
    if (code, state) in allowed:
        assert TABLE.check(code, state, "reason").code == code
        assert code in [m.code for m in TABLE.open_moves(state)]
    else:
        with pytest.raises(WrongMove):
            TABLE.check(code, state, "reason")
        assert code not in [m.code for m in TABLE.open_moves(state)]


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_move_that_needs_a_reason_is_refused_without(note: str) -> None:
    with pytest.raises(WrongMove, match="a reason is needed"):
        TABLE.check("refuse", "received", note)


def test_an_unknown_move_is_refused() -> None:
    with pytest.raises(WrongMove, match="unknown move") as caught:
        TABLE.check("burn", "received")
    assert (caught.value.move, caught.value.state) == ("burn", "received")


FAULTS = {
    "The start 'born' is not a state.": changed(start="born"),
    "The move 'lose' names the unknown state 'lost'.": changed(
        moves=(*MOVES, move("lose", ["assigned"], "lost", "丢", "Lose"))
    ),
    "The state 'received' stands twice in the table.": changed(states=(*STATES, STATES[0])),
    "The move 'close' stands twice in the table.": changed(moves=(*MOVES, MOVES[1])),
    "The move 'drift' starts nowhere.": changed(moves=(*MOVES, move("drift", [], "closed", "漂", "Drift"))),
    "The state 'stuck' reaches no end.": changed(
        states=(*STATES, State("stuck", "卡", "stuck", owner="desk", clock="1 day")),
        moves=(*MOVES, move("stick", ["received"], "stuck", "卡", "Stick")),
    ),
    "The state 'lonely' is never reached from 'received'.": changed(
        states=(*STATES, State("lonely", "孤", "lonely", final=True))
    ),
    "The state 'received' has no owner.": changed(states=(dataclasses.replace(STATES[0], owner=""), *STATES[1:])),
    "The state 'received' has no clock.": changed(states=(dataclasses.replace(STATES[0], clock=""), *STATES[1:])),
    "The final state 'closed' has a clock.": changed(
        states=(*STATES[:2], dataclasses.replace(STATES[2], clock="1 day"), STATES[3])
    ),
    "The move 'reopen' leaves the final state 'closed'.": changed(
        moves=(*MOVES, move("reopen", ["closed"], "assigned", "重开", "Reopen"))
    ),
    "'assign' has no name in 'zh'.": changed(moves=(dataclasses.replace(MOVES[0], zh=" "), *MOVES[1:])),
    "'received' has no name in 'en'.": changed(states=(dataclasses.replace(STATES[0], en=""), *STATES[1:])),
}


@pytest.mark.parametrize(("says", "table"), FAULTS.items(), ids=FAULTS.keys())
def test_each_fault_is_found_and_named(says: str, table: StateTable) -> None:
    assert says in check_table(table)


def test_the_table_is_printed_in_both_languages() -> None:
    assert TABLE.rows("zh")[0] == ["操作", "从", "到", "由谁", "须写明理由", "新状态的时限"]
    assert TABLE.rows("zh")[3] == ["不予受理", "已收到、办理中", "不予受理", "desk", "是", ""]
    assert TABLE.rows("en")[1] == ["Assign", "received", "in hand", "desk", "no", "5 working days"]


def test_the_table_is_markdown() -> None:
    piped = changed(moves=(*MOVES[:2], dataclasses.replace(MOVES[2], en="Refuse | return")))
    lines = piped.markdown("en").splitlines()
    assert (len(lines), lines[1]) == (5, "| --- | --- | --- | --- | --- | --- |")
    assert lines[4].startswith("| Refuse \\| return | received, in hand |")


def test_the_table_is_drawn() -> None:
    quoted = changed(states=(dataclasses.replace(STATES[0], en='the "start": now; here'), *STATES[1:]))
    assert quoted.mermaid("en") == (
        "stateDiagram-v2\n"
        "    state \"the 'start'  now, here\" as received\n"
        '    state "in hand" as assigned\n'
        '    state "closed" as closed\n'
        '    state "refused" as refused\n'
        "    [*] --> received\n"
        "    received --> assigned: Assign\n"
        "    assigned --> closed: Close\n"
        "    received --> refused: Refuse\n"
        "    assigned --> refused: Refuse\n"
        "    closed --> [*]\n"
        "    refused --> [*]\n"
    )


def test_final_states_are_known() -> None:
    assert TABLE.final == {"closed", "refused"}
    assert TABLE.state("assigned").owner == "worker"
