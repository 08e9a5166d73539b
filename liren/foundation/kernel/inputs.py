"""Reads what a program sends: a body that can't be read is refused, however it is broken."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Malformed


def json_body(request: HttpRequest) -> Any:
    """The JSON value of the body.

    Raises:
        Malformed: not UTF-8, not JSON, nested too deep, a number too long, or a value that JSON does not have (NaN).
    """
    try:
        return json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(_("The body of the request is not JSON that can be read.")) from error


def _refuse(word: str) -> None:
    raise ValueError(word)
