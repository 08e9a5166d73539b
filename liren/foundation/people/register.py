"""The register of data sets, consents and automated tools: read from TOML, checked, and shown to everybody.

No database and no Django: what stands in the files is published as it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
END, ASKED = "period_over", "owner_asked"

#: Classes of archives (GB/T 18894 and the State Archives Administration's periods), and one for what ends earlier.
ARCHIVE_CLASSES = {"permanent": None, "30_years": 10958, "10_years": 3653, "short": 1830}

#: What an automated tool may do (R375): with places and services, never with persons.
TOOL_DOES = {"sorts", "routes", "forecasts"}
TOOL_ON = {"places", "services"}


class BadRegister(ValueError):
    """An entry that says too little or what may not be; the message names file, entry and field."""


@dataclass(frozen=True)
class Dataset:
    """Personal data kept for one purpose: why, by which law, what, how long, who answers, who may look (R365)."""

    code: str
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    basis_zh: str
    basis_en: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    archive_class: str
    retention_days: int
    retention_zh: str
    retention_en: str
    access_zh: str
    access_en: str
    responsible: str
    sealed: bool = False


@dataclass(frozen=True)
class Consent:
    """A purpose that needs consent, in one numbered wording; a changed sentence gets the next number."""

    code: str
    wording: int
    dataset: str
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Tool:
    """An automated tool, labelled. ``decides_about_person`` exists to be false."""

    code: str
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    does: tuple[str, ...]
    on: tuple[str, ...]
    method_zh: str
    method_en: str
    where: tuple[str, ...]
    decides_about_person: bool
    human_zh: str
    human_en: str
    since: str = ""


@cache
def datasets() -> dict[str, Dataset]:
    """All data sets by code."""
    return checked_datasets(_read("datasets.toml")["dataset"])


@cache
def consents() -> dict[str, Consent]:
    """All purposes that need consent, by code."""
    return checked_consents(_read("datasets.toml").get("consent", {}), datasets())


@cache
def automation() -> dict[str, Tool]:
    """All automated tools by code."""
    return checked_tools(_read("automation.toml").get("tool", {}))


def checked_datasets(entries: Mapping[str, Any]) -> dict[str, Dataset]:
    """Data sets from their entries; BadRegister when one is incomplete or keeps longer than its class."""
    found = {code: _made(Dataset, "datasets.toml", code, entry) for code, entry in entries.items()}
    for entry in found.values():
        if entry.archive_class not in ARCHIVE_CLASSES:
            raise BadRegister(f"datasets.toml, {entry.code}: the archive class {entry.archive_class!r} is unknown.")
        longest = ARCHIVE_CLASSES[entry.archive_class]
        if longest is not None and not 0 < entry.retention_days <= longest:
            raise BadRegister(f"datasets.toml, {entry.code}: keeps {entry.retention_days} days, its class {longest}.")
    return found


def checked_consents(entries: Mapping[str, Any], known: Mapping[str, Dataset]) -> dict[str, Consent]:
    """Consents from their entries; each belongs to a data set of the register."""
    found = {code: _made(Consent, "datasets.toml", code, entry) for code, entry in entries.items()}
    for consent in found.values():
        if consent.dataset not in known:
            raise BadRegister(f"datasets.toml, consent {consent.code}: no data set {consent.dataset!r}.")
    return found


def checked_tools(entries: Mapping[str, Any]) -> dict[str, Tool]:
    """Tools from their entries; BadRegister when one decides about, or works on, persons."""
    found = {code: _made(Tool, "automation.toml", code, entry) for code, entry in entries.items()}
    for tool in found.values():
        if tool.decides_about_person is not False:
            raise BadRegister(f"automation.toml, {tool.code}: no tool decides about a person.")
        if not tool.does or not set(tool.does) <= TOOL_DOES:
            raise BadRegister(f"automation.toml, {tool.code}: a tool sorts, routes or forecasts, nothing else.")
        if not tool.on or not set(tool.on) <= TOOL_ON:
            raise BadRegister(f"automation.toml, {tool.code}: a tool works on places and services, not on persons.")
    return found


def _made(kind: Any, file: str, code: str, entry: Mapping[str, Any]) -> Any:
    """One entry as its dataclass: every field there, none unknown, none empty, each of its type."""
    wanted = [f for f in fields(kind) if f.name != "code"]
    unknown = sorted(set(entry) - {f.name for f in wanted})
    if unknown:
        raise BadRegister(f"{file}, {code}: unknown field {unknown[0]!r}.")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    for f in wanted:
        may_be_absent = f.default is not MISSING
        if f.name in values or not may_be_absent:
            _check(f"{file}, {code}", f, values.get(f.name))
    return kind(code=code, **values)


def _check(where: str, f: Field[Any], value: Any) -> None:
    """The value is there and of the field's type; BadRegister otherwise."""
    if value in (None, "", ()):
        raise BadRegister(f"{where}: {f.name} is missing.")
    if not isinstance(value, _type(str(f.type))):
        raise BadRegister(f"{where}: {f.name} must be {f.type}.")


def _type(name: str) -> type:
    return {"str": str, "int": int, "bool": bool}.get(name, tuple)


def _read(name: str) -> dict[str, Any]:
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)
