"""A part of an Office file as a tree that is written as it was read, with its prefixes: other parts of it name them.

Nothing is fetched and nothing expanded: a document type is refused, and with it every entity. Remarks and instructions
to programs are not taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers import expat

DEEPEST = 200
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
IN_TEXT = str.maketrans(ESCAPED)
IN_VALUES = str.maketrans({**ESCAPED, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
Name = tuple[str, str, str]


class TooMuch(Exception):
    """More elements, or more deeply nested, than anybody writes."""


class Node:
    """An element. A name is namespace, local name and prefix; ``decls`` are the prefixes that it declares."""

    __slots__ = ("attrs", "children", "decls", "local", "prefix", "uri")

    def __init__(self, name: Name) -> None:
        self.uri, self.local, self.prefix = name
        self.attrs: Sequence[tuple[Name, str]] = ()
        self.decls: Sequence[tuple[str, str]] = ()
        self.children: list[Node | str] = []

    def nodes(self) -> Iterator[Node]:
        return (one for one in self.children if isinstance(one, Node))

    def child(self, local: str) -> Node | None:
        return next((one for one in self.nodes() if one.local == local), None)

    def has(self, local: str) -> bool:
        return self.child(local) is not None

    def get(self, local: str) -> str:
        """The value of an attribute by its local name; "" where it has none."""
        return next((value for name, value in self.attrs if name[1] == local), "")

    @property
    def text(self) -> str:
        return "".join(one for one in self.children if isinstance(one, str))

    def walk(self) -> Iterator[Node]:
        yield self
        for one in self.nodes():
            yield from one.walk()


def _name(said: str) -> Name:
    parts = said.split(" ")
    if len(parts) > 3:
        raise ValueError("a namespace with a space in it")
    return (parts[0], parts[1], parts[2] if len(parts) == 3 else "") if len(parts) > 1 else ("", parts[0], "")


class Reader:
    """Reads parts, all of them together of so many elements, attributes and declarations at most."""

    def __init__(self, most: int) -> None:
        self.left = most

    def read(self, content: bytes) -> Node:
        """The tree of a part; TooMuch, or ValueError and expat's errors for what is no whole XML."""
        open_: list[Node] = []
        decls: list[tuple[str, str]] = []
        roots: list[Node] = []
        names: dict[str, Name] = {}

        def start(said: str, attrs: list[str]) -> None:
            self.left -= 1 + len(attrs) // 2 + len(decls)
            if self.left < 0 or len(open_) >= DEEPEST:
                raise TooMuch
            made = Node(names.get(said) or names.setdefault(said, _name(said)))
            if attrs:
                keys = (names.get(key) or names.setdefault(key, _name(key)) for key in attrs[::2])
                made.attrs = list(zip(keys, attrs[1::2], strict=True))
            if decls:
                made.decls, decls[:] = list(decls), []
            (open_[-1].children if open_ else roots).append(made)
            open_.append(made)

        def refuse(*_said: Any) -> None:
            raise ValueError("a document type")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.ordered_attributes = parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _said: open_.pop() and None
        parser.CharacterDataHandler = lambda text: open_[-1].children.append(text) if open_ else None
        parser.StartNamespaceDeclHandler = lambda prefix, uri: decls.append((prefix or "", uri or ""))
        parser.StartDoctypeDeclHandler = refuse
        parser.Parse(content, True)
        return roots[0]


def written(root: Node) -> bytes:
    """The part as a file holds it."""
    out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
    _write(root, out)
    return "".join(out).encode()


def _write(node: Node, out: list[str]) -> None:
    tag = f"{node.prefix}:{node.local}" if node.prefix else node.local
    out.append(f"<{tag}")
    for prefix, uri in node.decls:
        out.append(f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(IN_VALUES)}"')
    for name, value in node.attrs:
        out.append(f' {_said(name)}="{value.translate(IN_VALUES)}"')
    if not node.children:
        out.append("/>")
        return
    out.append(">")
    for one in node.children:
        if isinstance(one, str):
            out.append(one.translate(IN_TEXT))
        else:
            _write(one, out)
    out.append(f"</{tag}>")


def _said(name: Name) -> str:
    return f"{name[2]}:{name[1]}" if name[2] else name[1]
