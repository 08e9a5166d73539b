"""What stands in an Office file and can't be seen: hidden by a style, white on white, too small to be read.

What a style hides is taken out as what a run hides; white and tiny text is made legible instead, since white on a dark
cell is as good as black on paper: in the colour "auto" both can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from liren.foundation.kernel.engine.office.trees import Node

#: Half points: below four points nobody reads.
LEAST = 8
#: Per cent of the width of a letter, below which a line is a stroke.
NARROW = 33
WHITE = re.compile(r"(?:[0-9A-F]{2})?(?:F[0-9A-F]){3}", re.IGNORECASE)
LIGHT = frozenset({"background1", "light1"})
OFF = frozenset({"0", "false", "off"})


def is_on(mark: Node | None) -> bool:
    return mark is not None and mark.get("val") not in OFF


# --- texts ---


def unseen_styles(root: Node) -> frozenset[str]:
    """Ids of the styles of paragraphs and letters that hide what is written in them, by themselves or by the style they
    are based on; "" where that holds for a paragraph without a style."""
    styles = {one.get("styleId"): one for one in root.nodes() if one.local == "style"}
    found = {key for key, one in styles.items() if one.get("type") != "table" and _hides(one, styles)}
    plain = {key for key in found if styles[key].get("default") not in ("", *OFF)}
    return frozenset(found | ({""} if plain else set()))


def _hides(style: Node | None, styles: dict[str, Node]) -> bool:
    seen: set[int] = set()
    while style is not None and id(style) not in seen:
        seen.add(id(style))
        facts, base = style.child("rPr"), style.child("basedOn")
        if facts is not None and facts.has("vanish"):
            return is_on(facts.child("vanish"))
        style = styles.get(base.get("val")) if base is not None else None
    return False


def legible_text(root: Node) -> None:
    """Letters in a colour and a size that can be read; and what a whole table or text would hide is shown."""
    shown = {id(one) for part in _wholes(root) for one in part.walk()}
    for node in root.walk():
        if node.local == "rPr":
            _legible(node, id(node) in shown)


def _wholes(root: Node) -> Iterator[Node]:
    """Parts whose letters are no paragraph's and no run's own: of the whole text, of tables, of numbers."""
    for node in root.nodes():
        if node.local in ("docDefaults", "abstractNum", "num") or node.get("type") in ("table", "numbering"):
            yield node


def _legible(facts: Node, is_shown: bool) -> None:
    shade, mark = facts.child("shd"), facts.child("highlight")
    on_colour = shade is not None and shade.get("fill") not in ("", "auto") and not WHITE.fullmatch(shade.get("fill"))
    on_colour = on_colour or (mark is not None and mark.get("val") not in ("none", "white"))
    kept: list[Node | str] = []
    for one in facts.children:
        if isinstance(one, Node):
            if one.local == "textFill" or (one.local == "vanish" and is_shown) or _is_stroke(one):
                continue
            if one.local == "color" and not on_colour and _is_white(one):
                one.attrs = [(name, "auto") for name, _value in one.attrs if name[1] == "val"]
            if one.local in ("sz", "szCs") and one.get("val").isdecimal() and int(one.get("val")) < LEAST:
                one.attrs = [(name, str(LEAST)) for name, _value in one.attrs if name[1] == "val"]
        kept.append(one)
    facts.children = kept


def _is_stroke(node: Node) -> bool:
    said = node.get("val").removesuffix("%")
    return node.local == "w" and said.isdecimal() and int(said) < NARROW


def _is_white(colour: Node) -> bool:
    theme = colour.get("themeColor")
    if theme and not (colour.get("themeShade") or colour.get("themeTint")):
        return theme in LIGHT
    return WHITE.fullmatch(colour.get("val")) is not None


# --- workbooks ---


def unseen_cells(sheet: Node) -> bool:
    """Whether something is written in a row or a column that isn't shown."""
    spans = [one for cols in sheet.nodes() if cols.local == "cols" for one in cols.nodes() if _is_folded(one, "width")]
    unseen = [(int(one.get("min")), int(one.get("max"))) for one in spans]
    rows = [row for data in sheet.nodes() if data.local == "sheetData" for row in data.nodes()]
    for row in rows:
        at, folded = 0, _is_folded(row, "ht")
        for cell in row.nodes():
            at = _column(cell.get("r")) or at + 1
            is_there = folded or any(low <= at <= high for low, high in unseen)
            if is_there and any(one.local in ("v", "is", "f") for one in cell.nodes()):
                return True
    return False


def _is_folded(node: Node, size: str) -> bool:
    return node.get("hidden") in ("1", "true") or float(node.get(size) or 1) == 0


def _column(said: str) -> int:
    """The number of a column out of the name of a cell; 0 where it says none."""
    number = 0
    for letter in said.upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def legible_cells(styles: Node) -> None:
    """White letters on no ground, and numbers in a format that shows nothing, as plain ones."""
    held = {one.local: one for one in styles.nodes()}
    fonts, fills = (list(held[name].nodes()) if name in held else [] for name in ("fonts", "fills"))
    blank = {one.get("numFmtId") for one in _of(held, "numFmts") if not one.get("formatCode").strip(";")}
    made: dict[str, str] = {}
    for look in _of(held, "cellXfs"):
        number, fill = look.get("fontId"), look.get("fillId") or "0"
        font = _at(fonts, number)
        if font is not None and _is_white_font(font) and _is_bare(_at(fills, fill)):
            if number not in made:
                made[number] = str(len(fonts))
                fonts.append(_without_colour(font))
            _say(look, "fontId", made[number])
        if look.get("numFmtId") in blank:
            _say(look, "numFmtId", "0")
    if made:
        held["fonts"].children = list(fonts)
        _say(held["fonts"], "count", str(len(fonts)))


def _of(held: dict[str, Node], name: str) -> Iterator[Node]:
    return held[name].nodes() if name in held else iter(())


def _at(many: list[Node], number: str) -> Node | None:
    return many[int(number)] if number.isdecimal() and int(number) < len(many) else None


def _is_white_font(font: Node) -> bool:
    colour = font.child("color")
    if colour is None or colour.get("tint"):
        return False
    if colour.get("rgb"):
        return WHITE.fullmatch(colour.get("rgb")) is not None
    return colour.get("theme") == "0" or colour.get("indexed") in ("1", "9")


def _is_bare(fill: Node | None) -> bool:
    """No ground, or a white one."""
    pattern = fill.child("patternFill") if fill else None
    if pattern is None:
        return fill is None
    ground = pattern.child("fgColor")
    kind = pattern.get("patternType") or "none"
    return kind == "none" or (kind == "solid" and ground is not None and bool(WHITE.fullmatch(ground.get("rgb"))))


def _without_colour(font: Node) -> Node:
    made = Node((font.uri, font.local, font.prefix))
    made.attrs, made.decls = font.attrs, font.decls
    made.children = [one for one in font.children if isinstance(one, str) or one.local != "color"]
    return made


def _say(node: Node, local: str, value: str) -> None:
    node.attrs = [(name, value if name[1] == local else said) for name, said in node.attrs]
