"""Builders for packs: a small sound set of files of an invented nation with two cities, and ways to change it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone

from liren.foundation.kernel.rights import SystemActor
from liren.foundation.policy import services
from liren.foundation.policy.engine.difference import Difference
from liren.foundation.policy.engine.faults import Where
from liren.foundation.policy.engine.kinds import Fault, Kind, declare_kind, forget_kind
from liren.foundation.policy.engine.packs import read_packs

SYSTEM = SystemActor("test")
MOMENT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
NORTH, SOUTH, HILL = "980100000000", "980200000000", "980101000000"


def jurisdiction(code: str, division: str = "", parent: str = "cn") -> str:
    return f"""\
code = "{code}"
name = {{ zh = "某{code}", en = "Place {code}" }}
division = "{division}"
parent = "{parent}"
is_simulated = false
"""


def document(code: str, *versions: str, kind: str = "opinion") -> str:
    head = f"""\
code = "{code}"
kind = "{kind}"
title = {{ zh = "关于{code}的文件", en = "Document {code}" }}
issuer = {{ zh = "某机关", en = "Some office" }}
number = ""
note = {{ zh = "", en = "" }}
"""
    return head + "".join(versions)


def version(label: str, start: str, status: str = "in_force", more: str = "") -> str:
    force = "" if status in {"draft", "reported"} else f"in_force_on = {start}\n"
    return f"""
[[versions]]
label = "{label}"
status = "{status}"
issued_on = {start}
{force}certainty = "full_text"
source = {{ zh = "测试文本", en = "text of a test" }}
{more}"""


def provision(number: str, more: str = "") -> str:
    return f"""\
[[provisions]]
number = "{number}"
place = "（{number}）"
heading = {{ zh = "第{number}项", en = "Item {number}" }}
duty = {{ zh = "某机关应当办理。", en = "Some office must act." }}
requirements = ["R239"]
{more}
"""


def parameter(code: str, value: str, start: str = "2017-01-01", **more: str) -> str:
    facts = {
        "operator": '">="',
        "unit": '"m2_per_100_households"',
        "attribute": '"binding"',
        "provision": '"4"',
        **more,
    }
    lines = "\n".join(f"{key} = {text}" for key, text in facts.items())
    return f"""\
[[parameters]]
code = "{code}"
name = {{ zh = "{code}的数", en = "Number of {code}" }}
value = {value}
from = {start}
{lines}
phrase = "不低于{value.strip('"')}"

"""


def thing(code: str = "lamp", more: str = "") -> str:
    return f"""\
code = "{code}"
name = {{ zh = "灯", en = "Lamp" }}
basis = ["north/opinion-2017#4"]
requirements = ["R239"]
colour = "red"
{more}"""


def subject(code: str, *numbers: str) -> str:
    """A matter that several documents rule, and the numbers by which they do."""
    named = "".join(f'[[numbers]]\nparameter = "{one}"\n' for one in numbers)
    says = 'says = { zh = "有两种算法。", en = "They are counted in two ways." }'
    return f'code = "{code}"\nname = {{ zh = "{code}中文", en = "{code} in English" }}\n{says}\n{named}'


AREA = "area_per_100_households"
FILES = {
    "cn/jurisdiction.toml": jurisdiction("cn", parent=""),
    "cn/law-2020/document.toml": document("law-2020", version("2020", "2020-01-01"), kind="law"),
    "cn/law-2020/provisions.toml": provision("4") + provision("5"),
    "cn/law-2020/parameters.toml": parameter(AREA, "20", "2020-01-01")
    + parameter("notice_days", "10", "2020-01-01", unit='"day"', provision='"5"')
    + parameter("quorum", "50", "2020-01-01", operator='">"', unit='"percent"'),
    "north/jurisdiction.toml": jurisdiction("north", NORTH),
    "north/opinion-2017/document.toml": document("opinion-2017", version("2017", "2017-01-01")),
    "north/opinion-2017/provisions.toml": provision("4") + provision("5"),
    "north/opinion-2017/parameters.toml": parameter(AREA, "30"),
    "north/opinion-2017/things/lamp.toml": thing(),
    "north/draft-2024/document.toml": document(
        "draft-2024", version("draft", "2024-01-01", "draft"), kind="regulation"
    ),
    "north/draft-2024/provisions.toml": provision("4"),
    "north/draft-2024/parameters.toml": parameter("quorum", "60", "2024-01-01", operator='">="', unit='"percent"'),
    "south/jurisdiction.toml": jurisdiction("south", SOUTH),
    "south/plan-2022/document.toml": document("plan-2022", version("2022", "2022-01-01"), kind="plan"),
    "south/plan-2022/provisions.toml": provision("4"),
    "south/plan-2022/parameters.toml": parameter(AREA, "25", "2020-12-31", attribute='"baseline"', until="2022-01-01")
    + parameter(AREA, '"30"', "2022-01-01", attribute='"expected"')
    + parameter("years", "3", "2022-01-01", operator='"range"', high="5", unit='"year"', by="2025-12-31"),
}


def check_thing(content: dict[str, Any], where: Where) -> list[Fault]:
    """A thing must have a colour that exists."""
    if content.get("colour") in ["red", "green"]:
        return []
    return [where.at("colour").fault("there is no such colour", "write red or green")]


THING = Kind("thing", "things", check_thing)


def packs(folder: Path, **changed: str) -> Path:
    """The files above, written into ``folder/packs``."""
    root = folder / "packs"
    for name, text in {**FILES, **changed}.items():
        put(root, name, text)
    return root


def put(root: Path, name: str, text: str | bytes) -> Path:
    """One file of a pack."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Change the first place where ``old`` stands in a file."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(root: Path) -> list[str]:
    """What the checker says."""
    return [str(fault) for fault in read_packs(root).faults]


def load(root: Path, minutes: int = 0, **more: Any) -> Difference:
    """Load as the system, some minutes after the first moment."""
    return services.load_packs(root, by=SYSTEM, at=MOMENT + timedelta(minutes=minutes), **more)


def library(division: str = NORTH, **changed: str) -> None:
    """The files above, loaded for pages and the API; ``division`` is where the north lies."""
    moved = {"north/jurisdiction.toml": jurisdiction("north", division)}
    declare_kind(THING)
    try:
        with TemporaryDirectory() as folder:
            services.load_packs(packs(Path(folder), **{**moved, **changed}), by=SYSTEM, at=timezone.now())
    finally:
        forget_kind(THING.name)
