"""CSV for officials: bounded, streamed, and safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse

#: Rows in one file; whoever needs more narrows the filter.
LIMIT = 20_000
#: A cell that begins so would be run as a formula by a spreadsheet (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def cell(value: object) -> str:
    """One value as text; what a spreadsheet would run as a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, (int, float))
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text


def csv_reply(name: str, header: Iterable[object], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """The rows as a download ``name``.csv: UTF-8 with byte order mark (Excel), at most ``LIMIT`` rows."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([cell(one) for one in header])
        for row in islice(rows, LIMIT):
            yield writer.writerow([cell(one) for one in row])

    reply = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return reply


def export_url(request: HttpRequest, name: str) -> str:
    """The address of the CSV of a list, under the filter of the page."""
    kept = request.GET.copy()
    kept.pop("after", None)
    return f"{reverse(name)}?{kept.urlencode()}"
