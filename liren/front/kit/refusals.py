"""A refusal of a service, shown where people can mend it: on the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction

from liren.foundation.kernel.errors import LirenError


def accepted(form: forms.Form, act: Callable[[], Any], *, field: str | None = None) -> bool:
    """Do it; a refusal becomes an error of the form (of its ``field``), and nothing half-done stays.

    A missing right is no matter of the form's fields: it goes on to its own page (403).
    """
    try:
        with transaction.atomic():
            act()
    except LirenError as error:
        if error.status == 403:
            raise
        form.add_error(field, error.said)
    return not form.errors
