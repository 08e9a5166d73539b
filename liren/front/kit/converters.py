"""What may stand in an address. Anything else is no page of ours (404), before any view runs."""

import datetime as dt

from django.urls import register_converter


class CodeConverter:
    """A division code: twelve digits, or with the tail of a compound (-X001) or grid (-G001)."""

    regex = r"[0-9]{12}(?:-[XG][0-9]{3,4})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class DayConverter:
    """A day as YYYY-MM-DD that exists in the calendar."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


class IdConverter:
    """A row number that fits bigint."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class NotationConverter:
    """How an answer for programs is written."""

    regex = "json|xml"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class PackConverter:
    """The code of a jurisdiction or document, which is the name of its folder in the packs."""

    regex = r"[a-z][a-z0-9-]{0,59}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class NumberConverter:
    """The number of a case: digits, a hyphen, the check digit."""

    regex = r"[0-9]{7,18}-[0-9]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class WordConverter:
    """The code of a number or of what a pack declares."""

    regex = r"[a-z][a-z0-9_]{0,79}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class ProvisionConverter:
    """The number of a provision within its document: 4, 3.1.2, box1-3."""

    regex = r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


def register() -> None:
    """Make our converters (``<code:…>``, ``<day:…>``, ``<id:…>``, ``<register:…>``, ``<pack:…>`` and more) known to URL
    patterns; called by each URL table, once is enough."""
    from django.urls.converters import REGISTERED_CONVERTERS  # the registry is private to Django, its name is stable

    if "code" not in REGISTERED_CONVERTERS:
        register_converter(CodeConverter, "code")
        register_converter(DayConverter, "day")
        register_converter(IdConverter, "id")
        register_converter(NotationConverter, "notation")
        register_converter(NumberConverter, "number")
        register_converter(PackConverter, "pack")
        register_converter(ProvisionConverter, "provision")
        register_converter(WordConverter, "word")
