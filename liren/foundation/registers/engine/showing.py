"""Values as people read them, and what the public does not read: numbers of people that single somebody out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from liren.foundation.kernel.engine.quantities import UNITS, Quantity
from liren.foundation.kernel.suppression import published
from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec, Words

HIDDEN = Words("少于5", "fewer than 5")


class Names(Protocol):
    """Names of what values refer to."""

    def unit(self, key: int) -> str: ...

    def body(self, key: int) -> str: ...

    def file(self, key: int) -> str: ...


def exact(value: Any) -> Decimal | None:
    """A kept number; None where an older version kept something else in this field."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def is_small(field: FieldSpec, value: Any) -> bool:
    """A number of people that is not shown to the public."""
    number = exact(value) if field.kind == "number" and field.counts_people else None
    return number is not None and published(int(number)) is None


def public_values(spec: RegisterSpec, values: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """What everybody may read of the values, and the fields whose small numbers were left out."""
    shown = {field.code: values[field.code] for field in spec.fields_for("public") if field.code in values}
    small = frozenset(code for code in shown if is_small(spec.by_code[code], shown[code]))
    return {code: value for code, value in shown.items() if code not in small}, small


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value in words. ``hidden``: there is a number, too small to be shown."""

    field: FieldSpec
    value: Any
    text: str
    hidden: bool = False


def text_of(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    """A kept value as people read it; "" for none, the bare value where it is of another kind than the field."""
    if value is None:
        return ""
    reader = TEXTS.get(field.kind)
    return str(reader(field, value, language, names)) if reader else str(value)


def _number(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    number = exact(value)
    if number is None:
        return str(value)
    if not field.unit:
        return f"{number:f}" if language.startswith("zh") else f"{number:,f}"
    return Quantity(number, UNITS[field.unit]).text("zh" if language.startswith("zh") else "en")


def _choice(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    found = field.choice(value) if isinstance(value, str) else None
    return found.name.text(language) if found else str(value)


def _choices(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    many = value if isinstance(value, list | tuple) else [value]
    return ("、" if language.startswith("zh") else ", ").join(_choice(field, one, language, names) for one in many)


def _yes_no(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    if not isinstance(value, bool):
        return str(value)
    return Words("是", "yes").text(language) if value else Words("否", "no").text(language)


def _bilingual(field: FieldSpec, value: Any, language: str, names: Names) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    return Words(str(value.get("zh", "")), str(value.get("en", ""))).text(language)


def _referred(kind: str) -> Any:
    def read(field: FieldSpec, value: Any, language: str, names: Names) -> str:
        return getattr(names, kind)(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)

    return read


TEXTS = {
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "bilingual": _bilingual,
    "unit": _referred("unit"),
    "body": _referred("body"),
    "file": _referred("file"),
}


def former(old: RegisterSpec, new: RegisterSpec | None) -> tuple[FieldSpec, ...]:
    """Fields that an older version had and the present one has no longer: shown in the history."""
    return tuple(field for field in old.fields if new is None or field.code not in new.by_code)
