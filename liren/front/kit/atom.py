"""Feeds of Atom (RFC 4287) for programs that read on their own: what needs no account and tells nobody who reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as tree

from django.utils import timezone
from django.utils.translation import gettext as _

ATOM, TYPE = "http://www.w3.org/2005/Atom", "application/atom+xml"
#: A feed without entries has changed at no moment that is known.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Signs that no XML 1.0 document holds (https://www.w3.org/TR/xml/#charsets).
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Pairs = Iterable[tuple[str, Any]]


def feed(address: str, title: str, updated: datetime | None) -> tree.Element:
    """A feed that has no entries yet; ``updated`` is that of its newest."""
    root = tree.Element("feed", {"xmlns": ATOM})
    add(root, [("id", address), ("title", title), ("updated", moment(updated or EPOCH))])
    tree.SubElement(root, "link", {"rel": "self", "href": address, "type": TYPE})
    add(tree.SubElement(root, "author"), [("name", _("Liren"))])
    return root


def entry(root: tree.Element, pairs: Pairs, *, link: str, type: str = "text/html") -> tree.Element:
    """One entry more, with a link to the thing itself."""
    one = tree.SubElement(root, "entry")
    add(one, pairs)
    tree.SubElement(one, "link", {"href": link, "type": type})
    return one


def category(one: tree.Element, term: str, label: str) -> None:
    """What an entry is about: a code, and how readers call it."""
    tree.SubElement(one, "category", {"term": plain(term), "label": plain(label)})


def add(element: tree.Element, pairs: Pairs) -> None:
    """Elements in this order; what is empty is left out."""
    for name, value in pairs:
        if value:
            tree.SubElement(element, name).text = plain(value)


def moment(at: Any) -> str:
    """With the zone of this place, and never Z, which CAP forbids."""
    return timezone.localtime(at).isoformat(timespec="seconds")


def written(root: tree.Element) -> bytes:
    """The document."""
    document: bytes = tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def plain(value: Any) -> str:
    """A value as XML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return UNWRITABLE.sub("\ufffd", str(value))
