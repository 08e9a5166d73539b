"""What a page offers to whoever reads it: its links, and its forms filled in as a willing reader would fill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

#: What is typed where nothing stands yet, by the kind of field.
TYPED = {"number": "1", "month": "2026-05"}
SAID = "按文件办理，情况属实"


@dataclass
class Form:
    """One form: where it goes, fields that are sent whatever is chosen, and what may be chosen."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)
    files: bool = False

    def filled(self) -> Iterator[dict[str, str]]:
        """The form with each button and each radio in turn; everything else as it stands or as it is typed."""
        first = {name: values[0] for name, values in self.choices.items()}
        plain = {**self.fields, **{name: self._day() for name in self.days}, **first}
        yield plain
        for name, values in self.choices.items():
            for value in values[1:]:
                yield {**plain, name: value}

    def _day(self) -> str:
        return (timezone.localdate() + timedelta(days=0)).isoformat()


class _Reader(HTMLParser):
    """The part of a page between its head and its foot."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.is_main = False
        self.form: Form | None = None
        self.select = ""
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.is_main = True
        if not self.is_main:
            return
        if tag == "a" and here.get("href"):
            self.links.append(here["href"])
        elif tag == "form":
            self.form = Form(here.get("action", ""), here.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None:
            self._field(self.form, tag, here)

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.is_main = False
        elif tag == "form":
            self.form = None
        elif tag == "select" and self.form is not None and self.select:
            chosen = [value for value, is_chosen in self.options if is_chosen and value]
            offered = [value for value, _is_chosen in self.options if value]
            self.form.fields[self.select] = (chosen or offered or [""])[0]
            self.select, self.options = "", []

    def _field(self, form: Form, tag: str, here: dict[str, str]) -> None:
        name, kind = here.get("name", ""), here.get("type", "text")
        if tag == "option":
            self.options.append((here.get("value", ""), "selected" in here))
        elif not name or "disabled" in here:
            return
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "textarea":
            form.fields[name] = SAID
        elif tag == "button" or kind in ("radio", "submit"):
            form.choices.setdefault(name, []).append(here.get("value", ""))
        elif kind == "checkbox":
            if "checked" in here:
                form.fields[name] = here.get("value", "on")
        elif kind == "file":
            form.files = True
        elif kind == "date" and not here.get("value"):
            form.days.append(name)
        else:
            form.fields[name] = here.get("value") or ("" if kind == "hidden" else TYPED.get(kind, SAID))


def offers(page: str) -> tuple[list[str], list[Form]]:
    """Links and forms of the main part of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.links, reader.forms
