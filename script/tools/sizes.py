"""The size table: how long functions and files are, how tangled, how much test to how much code.

Lines are code lines: no blank ones, no comments, no docstrings. Exit code 1 when something is over its limit.
"""

import ast
import io
import statistics
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE, TESTS, TOOLS = ("liren",), ("tests",), ("script", "bench")
MEDIAN, CENTILE, LONGEST, FILE, TANGLE = 7, 30, 60, 400, 10
QUIET = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
OPEN_ENDS = ("TO" + "DO", "FIX" + "ME", "XX" + "X ")
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Measured:
    """One file."""

    path: Path
    lines: int
    functions: dict[str, int]
    tangles: dict[str, int]
    open_ends: int


def measure(path: Path) -> Measured:
    """Read and count one file."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    lines = code_lines(text, nodes)
    named = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node for node in nodes if isinstance(node, Function)
    }
    functions = {name: len(lines & span(node)) for name, node in named.items()}
    tangles = {name: complexity(node) for name, node in named.items()}
    return Measured(path, len(lines), functions, tangles, open_ends(text))


def complexity(node: Function) -> int:
    """McCabe's number, as ruff's C901 counts it: one, and one more for each branch."""
    return 1 + sum(isinstance(inner, BRANCHES) for inner in ast.walk(node))


def span(node: Function) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def code_lines(text: str, nodes: list[ast.AST]) -> set[int]:
    """Numbers of the lines that hold code."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in QUIET:
            found.update(range(token.start[0], token.end[0] + 1))
    return found - docstrings(nodes)


def docstrings(nodes: list[ast.AST]) -> set[int]:
    """Numbers of the lines of docstrings."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def open_ends(text: str) -> int:
    """Promises without an owner."""
    return sum(text.count(word) for word in OPEN_ENDS)


def files(*folders: str) -> list[Path]:
    """Python files, without migrations, whose length is not ours to choose."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def table(name: str, measured: list[Measured]) -> str:
    """One line of the table."""
    lengths = sorted(length for one in measured for length in one.functions.values()) or [0]
    biggest = max((one.lines for one in measured), default=0)
    tangle = max((value for one in measured for value in one.tangles.values()), default=0)
    return (
        f"{name:8}{len(measured):>7}{sum(one.lines for one in measured):>8}{len(lengths):>11}"
        f"{statistics.median(lengths):>9.0f}{lengths[int(0.95 * (len(lengths) - 1))]:>7}{lengths[-1]:>6}"
        f"{biggest:>10}{tangle:>12}"
    )


def over(measured: list[Measured]) -> list[str]:
    """What is over its limit, one line each."""
    found = [
        f"{one.path.relative_to(ROOT)}: {one.lines} code lines (limit {FILE})" for one in measured if one.lines > FILE
    ]
    found += [f"{one.path.relative_to(ROOT)}: {one.open_ends} open ends" for one in measured if one.open_ends]
    for one in measured:
        found += [f"{name}: {n} lines (limit {LONGEST})" for name, n in one.functions.items() if n > LONGEST]
        found += [f"{name}: complexity {n} (limit {TANGLE})" for name, n in one.tangles.items() if n > TANGLE]
    return found


def centiles(measured: list[Measured]) -> list[str]:
    """Whether the code's functions are short as a whole."""
    lengths = sorted(length for one in measured for length in one.functions.values()) or [0]
    median, long = statistics.median(lengths), lengths[int(0.95 * (len(lengths) - 1))]
    found = [f"median function {median:.0f} lines (limit {MEDIAN})"] if median > MEDIAN else []
    return found + ([f"95th centile function {long} lines (limit {CENTILE})"] if long > CENTILE else [])


def main() -> int:
    """Print the table and what is over."""
    code, tests, tools = ([measure(path) for path in files(*part)] for part in (CODE, TESTS, TOOLS))
    print("           files   lines  functions   median   95 %   max  max file  complexity")
    for name, measured in (("liren", code), ("tests", tests), ("tools", tools)):
        print(table(name, measured))
    ratio = sum(one.lines for one in tests) / max(1, sum(one.lines for one in code))
    print(f"tests to code {ratio:.2f} (goal 1.2 to 1.8)")
    wrong = over([*code, *tests, *tools]) + centiles(code)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
