"""The pages of docs/reference that follow from the packs: every register, and every number with its days."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

from liren.foundation.kernel.engine.quantities import UNITS, Quantity, plain
from liren.foundation.policy.engine.packs import Reading, read_packs
from liren.foundation.policy.engine.specs import ParameterSpec
from liren.foundation.registers.engine.declaration import parse
from liren.foundation.registers.engine.spec import GROUPS, Condition, FieldSpec, GateSpec, MeasureSpec, RegisterSpec

PACKS = Path(__file__).resolve().parents[2] / "packs"
SIGNS = {">=": "≥", "<=": "≤"}
GROUP_NAMES = {
    "organisation": "组织 Organisation", "services": "服务 Services", "safety": "平安 Safety",
    "self_government": "自治 Self-government", "property": "物业 Property", "funds": "资金 Funds",
    "social": "社会力量 Social forces", "volunteering": "志愿服务 Volunteering", "workers": "社区工作者 Workers",
    "planning": "规划 Planning", "care": "照护 Care", "development": "发展 Development",
    "evaluation": "评价 Evaluation", "disclosure": "公开 Disclosure", "privacy": "隐私 Privacy",
}  # fmt: skip
SEEN = {
    "public": "everybody",
    "workers": "workers who hold `registers.read` there",
    "sealed": "sealed: each look is logged",
}
CERTAIN = {
    "full_text": "full text",
    "law_text_found": "text of the law",
    "secondary": "second hand",
    "from_memory": "from memory",
}


@cache
def reading() -> Reading:
    found = read_packs(PACKS)
    if found.faults:
        raise SystemExit("\n".join(str(fault) for fault in found.faults))
    return found


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table; what would end a cell is written so that it does not."""
    titles = list(head)
    lines = [
        titles,
        ["---"] * len(titles),
        *([str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows),
    ]
    return [f"| {' | '.join(line)} |" for line in lines]


def registers() -> str:
    """Every register by group: what it is for, who keeps and sees it, its fields, its measures."""
    specs = [parse(one.content) for one in reading().packs.declarations if one.kind == "register"]
    lines = [
        "# Registers",
        "",
        f"{len(specs)} registers are declared in the packs. Each is a list, a form, a map, a table in and out, a",
        "history and figures of coverage without a line of code of its own. Beside the fields below an entry has a",
        "name in both languages, its unit, the days between which it holds, and the day of its last review.",
    ]
    for group in GROUPS:
        mine = sorted((one for one in specs if one.group == group), key=lambda one: one.code)
        if mine:
            lines += ["", f"## {GROUP_NAMES[group]}"]
        for one in mine:
            lines += _register(one)
    return "\n".join(lines)


def _register(spec: RegisterSpec) -> list[str]:
    people = " Names holders of posts with their public function." if spec.covers_people else ""
    keeps = f"An entry hangs on: {', '.join(spec.levels)}. Kept by: {spec.kept_by}. Seen by: {SEEN[spec.visible]}."
    place = {"required": "needed", "optional": "optional", "none": "none"}[spec.place]
    lines = ["", f"### {spec.name.zh} · {spec.name.en} (`{spec.code}`)", "", spec.purpose.zh, spec.purpose.en, ""]
    lines += [f"{keeps} Place on the map: {place}. Review: every {spec.review_days} days.{people}"]
    lines += [
        f"Requirements: {', '.join(spec.requirements)}. Basis: {', '.join(f'`{key}`' for key in spec.basis)}.",
        "",
    ]
    lines += table(("field", "字段", "English", "kind", "needed", "seen by"), map(_field, spec.fields))
    if spec.measures:
        lines += [
            "",
            *table(("measure", "指标", "English", "how", "unit", "target"), (_measure(m, spec) for m in spec.measures)),
        ]
    if spec.gates:
        head = ("gate", "关口", "English", "an entry behind it", "must show")
        lines += ["", *table(head, map(_gate, spec.gates))]
    return lines


def _gate(one: GateSpec) -> list[str]:
    when = " and ".join(_condition(each) for each in one.when)
    needs = [f"{_condition(need.condition)}{_where_set(need.parameter)}" for need in one.needs]
    return [f"`{one.code}`", one.name.zh, one.name.en, when, "; ".join(needs)]


def _where_set(parameter: str) -> str:
    """The number of a document that goes before, where one sets it."""
    return f" (or [`{parameter}`](parameters.md#{parameter}), asked where a document sets it)" if parameter else ""


def _field(one: FieldSpec) -> list[str]:
    return [f"`{one.code}`", one.name.zh, one.name.en, _kind(one), "yes" if one.required else "", one.visible]


def _kind(one: FieldSpec) -> str:
    """The kind with what it allows: unit and bounds, words to choose from, days."""
    more = []
    if one.unit:
        more.append(f"{UNITS[one.unit].zh} {UNITS[one.unit].en}")
    if one.low is not None or one.high is not None:
        more.append(f"{'' if one.low is None else plain(one.low)}–{'' if one.high is None else plain(one.high)}")
    if one.whole:
        more.append("whole")
    if one.counts_people:
        more.append("people: 1 to 4 hidden")
    if one.choices:
        more.append("; ".join(f"{choice.name.zh} {choice.name.en}" for choice in one.choices))
    if one.future:
        more.append("may lie ahead")
    if one.body_kinds:
        more.append(", ".join(one.body_kinds))
    return one.kind.replace("_", " ") + (f" ({'; '.join(more)})" if more else "")


def _measure(one: MeasureSpec, spec: RegisterSpec) -> list[str]:
    target = f"[`{one.parameter}`](parameters.md#{one.parameter})" if one.parameter else ""
    return [f"`{one.code}`", one.name.zh, one.name.en, _how(one), one.unit, target]


def _how(one: MeasureSpec) -> str:
    area = "" if one.of == "all" else f"{one.of} "
    what = f"sum of `{one.sum}`" if one.sum else "entries"
    where = " and ".join(_condition(each) for each in one.where)
    counted = f" where {where}" if where else ""
    if one.measure == "units":
        many = "an entry" if one.at_least == 1 else f"{one.at_least} entries"
        return f"share of {area}{one.level} units with {many}{counted}"
    if one.measure == "entries":
        return f"share of {area}entries{counted}"
    if one.measure == "ratio":
        return f"sum of `{one.sum}` over sum of `{one.over}`{counted}"
    per = f" per {one.per.replace('_', ' ')}" if one.per else ""
    return f"{area}{what}{counted}{per}"


def _condition(one: Condition) -> str:
    if one.op == "filled":
        return f"`{one.field}` is {'' if one.value else 'not '}filled"
    words = ", ".join(map(str, one.value)) if isinstance(one.value, tuple) else str(one.value).lower()
    over = f" over `{one.over}`" if one.over else ""
    return f"`{one.field}`{over} {one.op.replace('_', ' ')} {words}"


def parameters() -> str:
    """Every number by code: what each jurisdiction sets, from when to when, how binding, where it stands."""
    packs = reading().packs
    names = {one.code: f"{one.name_zh} {one.name_en}" for one in packs.jurisdictions}
    codes = sorted({one.code for one in packs.parameters})
    lines = [
        "# Parameters",
        "",
        f"{len(packs.parameters)} values of {len(codes)} numbers, each with the provision it stands in and its days.",
        "“binding” and “expected” set something; “baseline” and “reported” only say how things stood; a draft binds",
        "nobody yet. “by” is the last day by which the document wants it reached; a number that is past that day still",
        f"stands. The values of {names['liren']} are simulated. The certainty says how the text was known when it",
        "was entered.",
    ]
    for code in codes:
        mine = [one for one in packs.parameters if one.code == code]
        lines += ["", f"## {code}", "", f"{mine[0].name_zh} · {mine[0].name_en}", ""]
        lines += table(
            ("where", "value", "scope", "from", "until", "by", "attribute", "provision", "requirements", "certainty"),
            (_parameter(one, names) for one in sorted(mine, key=lambda p: (p.jurisdiction, str(p.start)))),
        )
    return "\n".join(lines)


def _parameter(one: ParameterSpec, names: dict[str, str]) -> list[str]:
    days = [str(day or "") for day in (one.start, one.end, one.due_on)]
    versions = [each.status for each in reading().packs.versions if each.document == one.document]
    draft = " (draft)" if versions and set(versions) == {"draft"} else ""
    stands = [f"{one.attribute}{draft}", f"`{one.provision}`", ", ".join(one.requirements), _certainty(one)]
    return [names[one.jurisdiction], _value(one), f"{one.scope_zh} {one.scope_en}", *days, *stands]


def _value(one: ParameterSpec) -> str:
    """The number as both languages write it."""
    unit, low = UNITS[one.unit], plain(one.value or Decimal(0))
    number = Quantity(low, unit).text("zh")
    if one.high is not None:
        number = f"{low}–{Quantity(plain(one.high), unit).text('zh')}"
    sign = SIGNS.get(one.operator, one.operator).replace("range", "").replace("=", "")
    english = f" ({unit.en})" if unit.en and unit.dimension != "share" else ""
    return f"{sign} {number}{english}".strip()


def _certainty(one: ParameterSpec) -> str:
    packs = reading().packs
    found = next((each.certainty for each in packs.provisions if each.key == one.provision and each.certainty), "")
    versions = [each.certainty for each in packs.versions if each.document == one.document]
    certain = found or (versions[0] if versions else "")
    return CERTAIN.get(certain, certain)
