"""What the code writes into the audit log, read out of the code itself: each action with the names of its facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "liren"
#: Doors to the log, and their own parameters, which are no facts.
LOG = frozenset({"action", "obj", "by", "at", "unit_id"})
#: A door that takes facts in a list, each beside its object.
OF_MANY = "noted_of_many"


@dataclass(frozen=True)
class Room:
    """The modules of one room, which may have doors of their own before those of the log."""

    trees: tuple[ast.Module, ...]


def rooms() -> Iterator[Room]:
    folders: dict[tuple[str, ...], list[ast.Module]] = {}
    for path in sorted(HOUSE.rglob("*.py")):
        where = path.relative_to(HOUSE).parts
        if "migrations" not in where:
            folders.setdefault(where[:2], []).append(ast.parse(path.read_text(encoding="utf-8")))
    return (Room(tuple(trees)) for trees in folders.values())


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_log(call: ast.Call) -> bool:
    return ast.unparse(call.func) in ("audit.record", "audit.entry", "record", "entry")


def doors(room: Room) -> dict[str, frozenset[str]]:
    """Functions that hand their ``**facts`` on to the log, by name, with their own parameters."""
    defined = {one.name for tree in room.trees for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    found = {OF_MANY: frozenset({"role"})} if OF_MANY in defined else {}
    while True:
        before = len(found)
        for tree in room.trees:
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef) and function.args.kwarg and function.name not in LOG:
                    rest = function.args.kwarg.arg
                    writes = [one for one in calls(function) if is_log(one) or named(one) in found]
                    if any(rest in names(one) for call in writes for one in [*call.args, *call.keywords]):
                        own = [*function.args.args, *function.args.kwonlyargs]
                        found[function.name] = frozenset(one.arg for one in own)
        if len(found) == before:
            return found


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call))


def names(tree: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}


def keys(tree: ast.AST) -> set[str]:
    """Names in dictionaries that are written out."""
    held = {key.value for one in ast.walk(tree) if isinstance(one, ast.Dict) for key in one.keys
            if isinstance(key, ast.Constant) and isinstance(key.value, str)}  # fmt: skip
    for one in calls(tree):
        held |= {key.arg for key in one.keywords if key.arg} if named(one) == "dict" else set()
    return held


def assigned(tree: ast.Module, wanted: set[str]) -> set[str]:
    """Names in dictionaries that a module gives to one of these variables or parameters."""
    held: set[str] = set()
    for one in ast.walk(tree):
        if isinstance(one, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and one.value is not None:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id in wanted:
                    held |= keys(one.value)
                is_place = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant)
                if is_place and names(target.value) & wanted:
                    held.add(str(target.slice.value))
    takers = {function.name for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)
              and wanted & {arg.arg for arg in [*function.args.args, *function.args.kwonlyargs]}}  # fmt: skip
    for call in calls(tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "append" and names(call.func.value) & wanted:
            held |= {key for arg in call.args for key in keys(arg)}
        if named(call) in takers:
            held |= {key for arg in call.args if isinstance(arg, ast.Dict) for key in keys(arg)}
    return held


@cache
def facts() -> tuple[set[str], list[str]]:
    """Names of facts that are written, and calls whose facts can't be told from the code of their module."""
    told: set[str] = set()
    dark: list[str] = []
    for room in rooms():
        held = doors(room)
        for tree in room.trees:
            for call in calls(tree):
                if not is_log(call) and named(call) not in held:
                    continue
                own = LOG if is_log(call) else LOG | held[named(call)]
                told |= {key.arg for key in call.keywords if key.arg and key.arg not in own}
                for rest in [*(key.value for key in call.keywords if key.arg is None), *told_of_many(call)]:
                    more = keys(rest) | assigned(tree, names(rest))
                    told |= more
                    if not more and not is_passed_on(tree, call, rest):
                        dark.append(ast.unparse(call))
    return told, dark


def told_of_many(call: ast.Call) -> list[ast.expr]:
    return call.args[1:2] if named(call) == OF_MANY else []


def is_passed_on(tree: ast.Module, call: ast.Call, rest: ast.expr) -> bool:
    """The facts of a door itself: whoever calls it says them."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and call in calls(function):
            own = function.args.kwarg
            return function.name == OF_MANY or (own is not None and own.arg in names(rest))
    return False


def deeds_of_cases() -> set[str]:
    """Codes that the room of cases writes through its own doors: said there, or handed on as ``kind``."""
    told: set[str] = set()
    for path in sorted((HOUSE / "service/cases/services").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in calls(tree):
            is_door = named(call) in ("noted", OF_MANY) and call.args
            is_told = named(call) in ("_tell", "_retold") and len(call.args) > 1
            if is_door or is_told:
                said = call.args[0] if is_door else call.args[1]
                branches = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
                told |= {str(one.value) for one in branches if isinstance(one, ast.Constant)}
    return {f"cases.{one}" for one in told}
