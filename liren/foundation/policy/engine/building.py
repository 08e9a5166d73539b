"""From one file's table to specifications: each key read, typed and bounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.policy.engine import specs
from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.kinds import Kind
from liren.foundation.policy.engine.places import DIVISION
from liren.foundation.policy.engine.tables import CODE, LARGEST, UNSEEN, Table, short
from liren.foundation.policy.engine.words import say as _

FOLDER = re.compile(r"[a-z][a-z0-9-]{0,59}")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
LABEL = re.compile(r"\S(.{0,38}\S)?")
KEY = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*#[0-9A-Za-z][0-9A-Za-z._-]*")
DEEPEST, LONGEST = 12, 4000


def jurisdiction(content: Any, where: Where, faults: list[Fault], folder: str) -> specs.JurisdictionSpec:
    """jurisdiction.toml."""
    table = Table(content, where, faults)
    code = _own_code(table, folder)
    name = table.words("name", most=60)
    division = table.text("division", default="")
    if division and not DIVISION.fullmatch(division):
        message = _("division = {value} has not 12 digits", value=short(division))
        table.fault("division", message, _("add zeros: 510100000000"))
        division = ""
    parent = table.text("parent", default="")
    spec = specs.JurisdictionSpec(code, *name, division, parent, table.flag("is_simulated", False), where)
    table.done()
    return spec


def document(content: Any, where: Where, faults: list[Fault], of: str, folder: str) -> specs.DocumentSpec:
    """document.toml; ``of``: the jurisdiction's folder."""
    table = Table(content, where, faults)
    _own_code(table, folder)
    key = f"{of}/{folder}"
    kind = table.choice("kind", specs.DOCUMENT_KINDS)
    title, issuer = table.words("title", most=300), table.words("issuer", most=300)
    number = table.text("number", default="")
    note = table.words("note", most=2000, default=("", ""))
    versions = tuple(version(one, key) for one in table.tables("versions"))
    if table.has("versions") and not versions:
        table.fault("versions", _("the document has no version"), _("add one under [[versions]]"))
    table.done()
    return specs.DocumentSpec(key, of, kind, *title, *issuer, number, *note, versions, where)


def version(table: Table, key: str) -> specs.VersionSpec:
    """One [[versions]]: it holds from the day in force, or, where there is none, from the day of issue."""
    label = table.text("label", most=40, like=LABEL, form=_('a short label: "2017"'))
    status = table.choice("status", specs.STATUSES)
    issued, force, end = table.day("issued_on", None), table.day("in_force_on", None), table.day("until", None)
    certainty = table.choice("certainty", specs.CERTAINTIES)
    source = table.words("source", most=500)
    if not table.has("issued_on") and not table.has("in_force_on"):
        table.fault("issued_on", _("the version has no date"), _("add issued_on = 2017-09-20, or in_force_on"))
    if status == "draft" and force:
        table.fault("in_force_on", _("a draft is not in force"), _("take in_force_on out, or change the status"))
    if issued and force and force < issued:
        message = _("in_force_on {later} is before issued_on {earlier}", later=force, earlier=issued)
        table.fault("in_force_on", message, _("put the two dates right"))
    start = force or issued
    _in_order(table, start, end)
    table.done()
    return specs.VersionSpec(key, label, status, issued, force, start, end, certainty, *source, table.where)


def provisions(content: Any, where: Where, faults: list[Fault], of: specs.DocumentSpec) -> list[specs.ProvisionSpec]:
    """provisions.toml of one document."""
    table = Table(content, where, faults)
    found = [_provision(one, of, position) for position, one in enumerate(table.tables("provisions"))]
    table.done()
    return found


def _provision(table: Table, of: specs.DocumentSpec, position: int) -> specs.ProvisionSpec:
    number = table.text("number", most=40, like=NUMBER, form=_('letters, figures, points and hyphens: "4", "box1-3"'))
    place = table.text("place", most=100)
    heading, duty = table.words("heading", most=200), table.words("duty", most=2000)
    requirements = table.requirements()
    labels = table.texts("versions", like=LABEL, form=_("labels of versions"), default=())
    chosen = _versions(table, of, labels)
    ends = [one.end for one in chosen]
    default_end = None if not ends or None in ends else max(end for end in ends if end)
    start = table.day("from", min((one.start for one in chosen if one.start), default=None))
    end = table.day("until", default_end)
    certainty = table.choice("certainty", specs.CERTAINTIES, chosen[0].certainty if chosen else "")
    _in_order(table, start, end)
    table.done()
    return specs.ProvisionSpec(
        f"{of.key}#{number}" if number else "",
        of.key,
        number,
        place,
        *heading,
        *duty,
        requirements,
        tuple(one.label for one in chosen),
        start,
        end,
        certainty,
        position,
        table.where,
    )


def _versions(table: Table, of: specs.DocumentSpec, labels: tuple[str, ...]) -> list[specs.VersionSpec]:
    """The versions a provision stands in: those named, else all."""
    known = {one.label: one for one in of.versions}
    for number, label in enumerate(labels):
        if label not in known:
            message = _("there is no version {label}", label=short(label))
            mend = _("known here: {keys}", keys=", ".join(known) or "—")
            table.faults.append(table.where.at("versions", number).fault(message, mend))
    return [known[label] for label in labels if label in known] or list(of.versions)


def parameters(content: Any, where: Where, faults: list[Fault], of: specs.DocumentSpec) -> list[specs.ParameterSpec]:
    """parameters.toml of one document."""
    table = Table(content, where, faults)
    found = [_parameter(one, of) for one in table.tables("parameters")]
    table.done()
    return found


def _parameter(table: Table, of: specs.DocumentSpec) -> specs.ParameterSpec:
    code = table.text("code", most=80, like=CODE, form=_("small letters, figures and _"))
    name = table.words("name")
    operator, value, high = _number(table)
    unit = table.choice("unit", sorted(UNITS))
    attribute = table.choice("attribute", specs.ATTRIBUTES)
    scope = table.words("scope", default=("", ""))
    number = table.text("provision", most=40, like=NUMBER, form=_('the number of a provision: "4"'))
    start, end, due = table.day("from"), table.day("until", None), table.day("by", None)
    requirements = table.requirements()
    phrase = table.text("phrase", most=300, default="")
    note = table.words("note", most=2000, default=("", ""))
    _in_order(table, start, end)
    _due(table, due, start, attribute)
    table.done()
    provision = f"{of.key}#{number}" if number else ""
    return specs.ParameterSpec(
        code,
        of.jurisdiction,
        of.key,
        provision,
        *name,
        operator,
        value,
        high,
        unit,
        attribute,
        *scope,
        phrase,
        *note,
        requirements,
        start,
        end,
        due,
        table.where,
    )


def _due(table: Table, due: date | None, start: date | None, attribute: str) -> None:
    """The day by which a number is to be reached: only for what is aimed at, and not before it counts."""
    if due and start and due < start:
        message = _("by {due} is before the first day {start}", due=due, start=start)
        table.fault("by", message, _("by is the last day on which it may be reached"))
    if due and attribute in ("baseline", "reported"):
        message = _("by belongs to a number that is aimed at, not to {attribute}", attribute=attribute)
        table.fault("by", message, _("take it out, or change the attribute"))


def _number(table: Table) -> tuple[str, Decimal | None, Decimal | None]:
    operator, value, high = table.choice("operator", specs.OPERATORS), table.number("value"), table.number("high", None)
    if operator == "range" and not table.has("high"):
        table.fault("high", _("a range has no upper end"), _("add high = …"))
    if operator and operator != "range" and table.has("high"):
        message = _("high belongs to a range, not to {operator}", operator=operator)
        table.fault("high", message, _('take it out, or write operator = "range"'))
    if value is not None and high is not None and high <= value:
        message = _("high = {high} is not above value = {value}", high=short(high), value=short(value))
        table.fault("high", message, _("put the smaller number first"))
    return operator, value, high


def declaration(
    content: Any, where: Where, faults: list[Fault], kind: Kind, of: str, document: str, name: str
) -> specs.DeclarationSpec:
    """One file in a folder of declarations; what is special to the kind its own room checks."""
    table = Table(content, where, faults)
    code = _own_code(table, name, CODE, _("small letters, figures and _"))
    if kind.by_requirements:
        basis = _drawn_later(table)
    elif not kind.carries:
        basis = ()
    else:
        table.requirements()
        basis = table.texts("basis", like=KEY, form=_('keys of provisions: "chengdu/opinion-2017#4"'))
    if table.has("basis") and table.content["basis"] == []:
        table.fault("basis", _("basis is empty"), _("name the provision that asks for this"))
    before = len(faults)
    plain = _plain(table.content, where, faults, 0)
    if len(faults) == before:
        faults += kind.check(plain, where)
    return specs.DeclarationSpec(kind.name, code, of, document, basis, plain, where)


def _drawn_later(table: Table) -> tuple[str, ...]:
    """The provisions of such a declaration are found when all packs are read; without requirements there are none."""
    if table.has("basis"):
        table.fault("basis", _("basis is drawn from the requirements here"), _("take it out"))
    if not table.requirements() and not table.has("requirements"):
        table.fault("requirements", _("requirements is missing"), _('add requirements = ["R239"]'))
    return ()


def _own_code(table: Table, name: str, like: re.Pattern[str] = FOLDER, form: str = "") -> str:
    """The code, which is also the name of the folder or file."""
    code = table.text("code", most=80, like=like, form=form or _("small letters, figures and hyphens"))
    if code and code != name:
        message = _(
            "code = {code} differs from the name of its file or folder, {name}", code=short(code), name=short(name)
        )
        table.fault("code", message, _("make the two the same"))
    return code


def _in_order(table: Table, start: date | None, end: date | None) -> None:
    if start and end and end <= start:
        message = _("until {end} is not after the first day {start}", end=end, start=start)
        table.fault("until", message, _("until is the first day without it"))


def _plain(value: Any, where: Where, faults: list[Fault], depth: int) -> Any:
    """A value as JSON can hold it; what it can't hold, or nobody would read, is a fault."""
    if depth > DEEPEST:
        faults.append(where.fault(_("tables are nested too deeply"), _("at most {count} levels", count=DEEPEST)))
        return None
    if isinstance(value, dict):
        return {
            key: _plain(one, where.at(key), faults, depth + 1) for key, one in value.items() if _key(key, where, faults)
        }
    if isinstance(value, list):
        return [_plain(one, where.at(number), faults, depth + 1) for number, one in enumerate(value)]
    if wrong := next((words for is_wrong, words in WRONG if is_wrong(value)), None):
        faults.append(where.fault(*wrong))
        return None
    return value.isoformat() if isinstance(value, date) else f"{value:f}" if isinstance(value, Decimal) else value


def _key(key: str, where: Where, faults: list[Fault]) -> bool:
    if UNSEEN.search(key) or len(key) > 200:
        message = _("a key holds a character that can't be seen, or is very long")
        faults.append(where.fault(message, _("write a plain key")))
        return False
    return True


def _too_large(value: Any) -> bool:
    if not isinstance(value, (int, Decimal)):
        return False
    number = Decimal(value)
    return not (number.is_finite() and abs(number) < LARGEST)


def _long_tail(value: Any) -> bool:
    return isinstance(value, Decimal) and not _too_large(value) and int(value.as_tuple().exponent) < -12


#: What no declaration may hold, whatever its kind.
WRONG: list[tuple[Callable[[Any], bool], tuple[str, str]]] = [
    (_too_large, (_("this number is too large, or is none"), _("write the number that is meant"))),
    (_long_tail, (_("this number has too many decimal places"), _("write at most 12"))),
    (
        lambda value: isinstance(value, (datetime, time)),
        (_("a time of day stands here"), _("write a date: 2017-09-20")),
    ),
    (
        lambda value: isinstance(value, str) and UNSEEN.search(value) is not None,
        (_("a character that can't be seen stands here"), _("type the text anew here")),
    ),
    (
        lambda value: isinstance(value, str) and len(value) > LONGEST,
        (_("this text is longer than {count} characters", count=LONGEST), _("shorten it")),
    ),
]
