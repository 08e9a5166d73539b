"""How well recurring matters are found again among real messages, and how long it takes.

    script/bench topics           or: .venv/bin/python bench/topics.py [--messages 4326]

The messages carry no labels. So matters that anybody finds in them by their names (below) are the key: each message
that names place and trouble of a matter belongs to it. Grouping never sees the key. Places are masked in the file, so
all messages are grouped as if they came from one place: harder than in use, where each unit is grouped for itself.
"""

import argparse
import csv
import re
import time
from collections import Counter
from math import comb
from pathlib import Path

from scratch import SHARED

KEY = {
    "mixing plant beside 丽发新城": r"丽发.*(搅拌|噪音|水泥|灰尘|扰民|污染)|搅拌.*丽发",
    "parking sold with flats, 伊景园滨河苑": r"伊景园|滨河苑",
    "58 car loans": r"58车贷",
    "railway at 绿地海外滩": r"绿地海外滩.*(高铁|铁路|渝长厦|噪音)|(高铁|铁路|渝长厦).*绿地海外滩",
    "compulsory internships": r"经济学院.*(实习|打工)|(学校|学院|学生).*(强制|强迫).*实习",
    "fumes and noise in 魅力之城": r"魅力之城.*(油烟|烧烤|夜宵|噪音|扰民)",
    "cracks in 魅力之城": r"魅力之城.*(开裂|楼板)",
    "hospital at 诺亚山林": r"诺亚山林.*医院",
    "national road 107": r"国道107",
    "housing subsidy for talents": r"人才.*(购房|房补|补贴|补助)",
}


def messages(path: Path) -> list[tuple[str, str]]:
    """Title and text, oldest first."""
    with path.open(encoding="utf-8-sig") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: _when(row["留言时间"]))
    return [(row["留言主题"].strip(), row["留言详情"].strip()) for row in rows]


def _when(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"\D+", text) if part)


def key_of(title: str) -> str:
    """The matter of the key that a title names, or ""."""
    return next((name for name, sign in KEY.items() if re.search(sign, title)), "")


def judged(groups: list[list[int]], keys: list[str]) -> None:
    """For each matter: how much of it lies in its largest group, and how much of that group is of it."""
    where = {place: n for n, members in enumerate(groups) for place in members}
    print(f"{'matter of the key':44}{'messages':>9}{'found':>9}{'group':>9}{'of it':>9}")
    for name in KEY:
        mine = [place for place, key in enumerate(keys) if key == name]
        best = Counter(where[place] for place in mine if place in where).most_common(1)
        hit, size = (best[0][1], len(groups[best[0][0]])) if best else (0, 0)
        print(f"{name:44}{len(mine):9}{hit / max(1, len(mine)):9.0%}{size:9}{hit / size if size else 0:9.0%}")


def together(groups: list[list[int]], keys: list[str]) -> tuple[float, float, float]:
    """Pairs of messages of the key: precision, recall, adjusted Rand index. What is in no group stands alone."""
    where = {place: n for n, members in enumerate(groups) for place in members}
    named = [place for place, key in enumerate(keys) if key]
    cells = Counter((keys[place], where.get(place, -1 - place)) for place in named)
    rows = Counter(keys[place] for place in named)
    columns = Counter(where.get(place, -1 - place) for place in named)
    both, kin, grouped = (sum(comb(n, 2) for n in one.values()) for one in (cells, rows, columns))
    chance = kin * grouped / comb(len(named), 2)
    rand = (both - chance) / ((kin + grouped) / 2 - chance)
    return both / grouped if grouped else 1.0, both / kin, rand


def main() -> None:
    """Measure, print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=SHARED / "complaints" / "topics.csv")
    parser.add_argument("--messages", type=int, default=10_000)
    arguments = parser.parse_args()
    found = messages(arguments.file)[: arguments.messages]
    from liren.service.cases.engine import topics

    texts = [f"{title} {text}" for title, text in found]
    begin = time.perf_counter()
    groups = topics.group(texts)
    took = time.perf_counter() - begin
    keys = [key_of(title) for title, _text in found]
    judged(groups, keys)
    precision, recall, rand = together(groups, keys)
    print(f"\npairs of the key: precision {precision:.3f}, recall {recall:.3f}, adjusted Rand {rand:.3f}")
    print(f"{len(texts):,} messages, {len(groups)} matters of five messages or more, {took:.1f} s; the largest:")
    for members in groups[:12]:
        named = [found[place][0] for place in members]
        print(f"  {len(members):4}  {' '.join(topics.words([texts[place] for place in members])[:4]):30}  {named[0]}")


if __name__ == "__main__":
    main()
