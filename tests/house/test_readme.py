"""The README counts what the generated reference counts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "counted", "said"),
    [
        ("parameters.md", r"(\d+) values of", (r"(\d+) 项数值", r"(\d+) numbers with unit")),
        ("registers.md", r"(\d+) registers are declared", (r"(\d+) 个登记簿", r"one register: (\d+) of them")),
        ("case-types.md", r"(\d+) case types are declared", (r"(\d+) 种办件", r"(\d+) case types")),
    ],
)
def test_the_readme_counts_what_is_declared(page: str, counted: str, said: tuple[str, ...]) -> None:
    (number,) = re.findall(counted, (ROOT / "docs/reference" / page).read_text(encoding="utf-8"))
    assert [re.findall(one, README) for one in said] == [[number]] * len(said)
