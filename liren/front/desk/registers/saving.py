"""From a form to the services: one transaction for the entry and its files, and every refusal beside its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, TooLarge
from liren.foundation.registers import services
from liren.foundation.registers.models import Entry
from liren.foundation.registers.models.books import MOST_FILE_BYTES
from liren.front.desk.registers.forms import EntryForm

#: Refusals that a form can show; a missing right, a conflict and an entry that is gone have pages of their own.
MENDED_HERE = (BadInput, TooLarge)


class _Undo(Exception):
    """Takes everything back, since the form has faults by now."""


def saved(form: EntryForm, write: Callable[[], Entry], *, at: datetime) -> Entry | None:
    """Write the entry, then its files; None when something is wrong, which then stands beside its field.

    The service is asked even where the form itself has found something, so that one sees everything at once.
    """
    form.is_valid()
    try:
        with transaction.atomic():
            entry = write()
            _keep_files(form, entry, at)
            if form.errors:
                raise _Undo
            return entry
    except services.BadEntry as error:
        _tell(form, error)
    except MENDED_HERE as error:
        form.add_error(None, error.said)
    except _Undo:
        pass
    return None


def _tell(form: EntryForm, error: services.BadEntry) -> None:
    for name, sentences in error.by_field.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def _keep_files(form: EntryForm, entry: Entry, at: datetime) -> None:
    for code, given in form.uploads().items():
        try:
            with transaction.atomic():
                _keep_file(form, entry, code, given, at)
        except MENDED_HERE as error:
            form.add_error(code, error.message)


def _keep_file(form: EntryForm, entry: Entry, code: str, given: Any, at: datetime) -> None:
    if given is False:
        services.change_entry(form.book.code, entry.number, values={code: ""}, by=form.actor, at=at)
        return
    if given.size > MOST_FILE_BYTES:
        raise TooLarge(_("The file is larger than 10 MB."))
    facts = {"field": code, "name": given.name, "content": given.read(), "by": form.actor, "at": at}
    services.add_file(form.book.code, entry.number, **facts)


def unit_id(form: EntryForm) -> int:
    """The unit that was chosen; where none was, any that could be: the rest is checked, and nothing kept."""
    unit = form.cleaned_data.get("unit") or form.area.places(form.book).first()
    return unit.pk if unit else 0


def add(form: EntryForm, at: datetime) -> Entry | None:
    def write() -> Entry:
        facts = {"identity": form.identity(), "values": form.values()}
        return services.add_entry(form.book.code, unit_id=unit_id(form), **facts, by=form.actor, at=at)

    return saved(form, write, at=at)


def change(form: EntryForm, number: int, seen: int, at: datetime) -> Entry | None:
    """Conflict where somebody has changed the entry since the form was opened."""

    def write() -> Entry:
        facts: dict[str, Any] = {"identity": form.identity(), "values": form.values(), "unit_id": unit_id(form)}
        facts["seen"] = seen
        return services.change_entry(form.book.code, number, **facts, by=form.actor, at=at)

    return saved(form, write, at=at)
