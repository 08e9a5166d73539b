"""A folder of packs from the disk: every file read and checked, every fault found, nothing followed out of it.

packs/<jurisdiction>/jurisdiction.toml
packs/<jurisdiction>/<document>/document.toml, provisions.toml, parameters.toml
packs/<jurisdiction>/<document>/<kind>/<code>.toml   and packs/<jurisdiction>/<kind>/<code>.toml
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from liren.foundation.policy.engine import building, cross
from liren.foundation.policy.engine.faults import Fault
from liren.foundation.policy.engine.kinds import Kind, kinds
from liren.foundation.policy.engine.reading import Text, read
from liren.foundation.policy.engine.specs import DocumentSpec, Packs
from liren.foundation.policy.engine.words import say as _

MOST_FILES, DEEPEST = 5000, 4
HEAD, DOCUMENT, PROVISIONS, PARAMETERS = "jurisdiction.toml", "document.toml", "provisions.toml", "parameters.toml"
Progress = Callable[[int, int], object]


@dataclass
class Reading:
    """What a folder says, and what is wrong with it. Only a reading without faults may be loaded."""

    packs: Packs
    faults: list[Fault] = field(default_factory=list)
    fingerprint: str = ""
    files: int = 0


def read_packs(folder: Path, progress: Progress = lambda done, total: None) -> Reading:
    """Read and check every pack of a folder; all faults at once, in order of file and line."""
    return _Folder(folder, progress).reading()


class _Folder:
    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder, self.progress = folder, progress
        self.name = _shown(folder.resolve().name) or "packs"
        self.packs, self.faults = Packs(), list[Fault]()
        self.kinds = kinds()
        self.raw: dict[str, bytes] = {}
        self.files: set[Path] = set()

    def reading(self) -> Reading:
        if not self.folder.is_dir():
            fault = Fault(self.name, 0, _("there is no such folder"), _("name the folder that holds the packs"))
            return Reading(self.packs, [fault])
        self.files = set(islice(self._walk(self.folder, 0), MOST_FILES + 1))
        if len(self.files) > MOST_FILES:
            message = _("there are more than {count} files", count=MOST_FILES)
            self._fault(self.folder, message, _("name the folder that holds the packs"))
            return Reading(self.packs, self.faults)
        places = self._folders(self.folder)
        for number, place in enumerate(places, 1):
            self._jurisdiction(place)
            self.progress(number, len(places))
        for path in sorted(self.files):
            self._stray(path)
        self.packs.declarations = cross.drawn(self.packs)
        self.faults += cross.faults(self.packs)
        faults = sorted(set(self.faults))
        return Reading(self.packs, faults, self._fingerprint(), len(self.raw))

    def _fingerprint(self) -> str:
        """Names and bytes of all files, and the kinds they were read by."""
        digest = hashlib.sha256(" ".join(sorted(self.kinds)).encode())
        for name, raw in sorted(self.raw.items()):
            digest.update(f"\n{name} {len(raw)}\n".encode() + raw)
        return digest.hexdigest()

    def _walk(self, folder: Path, depth: int) -> Iterator[Path]:
        """Every plain file that is not hidden; links, too many files and too deep folders are faults."""
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = Path(entry.path)
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                self._fault(path, _("it is a link to another place"), _("put the file or folder itself here"))
            elif entry.is_dir(follow_symlinks=False):
                yield from self._deeper(path, depth)
            else:
                yield path

    def _deeper(self, path: Path, depth: int) -> Iterator[Path]:
        if depth >= DEEPEST:
            self._fault(path, _("folders are nested too deeply"), _("see how packs are laid out"))
            return
        try:
            yield from self._walk(path, depth + 1)
        except OSError as error:
            message = _("the folder can't be read ({reason})", reason=error.strerror or "?")
            self._fault(path, message, _("see that it may be read"))

    def _folders(self, folder: Path) -> list[Path]:
        inner = (path for path in folder.iterdir() if path.name[:1] != "." and not path.is_symlink())
        return sorted(path for path in inner if path.is_dir())

    def _shown(self, path: Path) -> str:
        return "/".join([self.name, *(_shown(part) for part in path.relative_to(self.folder).parts)])

    def _fault(self, path: Path, message: str, mend: str) -> None:
        self.faults.append(Fault(self._shown(path), 0, message, mend))

    def _read(self, path: Path) -> Text:
        """One file, taken off the list of those still to be explained."""
        self.files.discard(path)
        text = read(path, self._shown(path))
        self.raw[text.where.file] = text.raw
        self.faults += text.faults
        return text

    def _needed(self, path: Path) -> Text | None:
        if path in self.files:
            return self._read(path)
        if not path.is_symlink():
            self._fault(path, _("the file is missing"), _("add it; see how packs are laid out"))
        return None

    def _jurisdiction(self, place: Path) -> None:
        head = self._needed(place / HEAD)
        if head and head.content is not None:
            spec = building.jurisdiction(head.content, head.where, self.faults, place.name)
            self.packs.jurisdictions.append(spec)
        for inner in self._folders(place):
            if kind := self.kinds.get(inner.name):
                self._declarations(inner, kind, place.name, "")
            elif inner / DOCUMENT in self.files or inner / PROVISIONS in self.files:
                self._document(inner, place.name)
            else:
                self._unknown(inner, [*self.kinds])

    def _document(self, place: Path, of: str) -> None:
        text = self._needed(place / DOCUMENT)
        spec = DocumentSpec(f"{of}/{place.name}", of, "", "", "", "", "", "", "", "")
        if text and text.content is not None:
            spec = building.document(text.content, text.where, self.faults, of, place.name)
            self.packs.documents.append(spec)
        text = self._needed(place / PROVISIONS)
        if text and text.content is not None:
            self.packs.provisions += building.provisions(text.content, text.where, self.faults, spec)
        if place / PARAMETERS in self.files:
            text = self._read(place / PARAMETERS)
            if text.content is not None:
                self.packs.parameters += building.parameters(text.content, text.where, self.faults, spec)
        for inner in self._folders(place):
            if kind := self.kinds.get(inner.name):
                self._declarations(inner, kind, of, spec.key)
            else:
                self._unknown(inner, [*self.kinds])

    def _declarations(self, place: Path, kind: Kind, of: str, document: str) -> None:
        for path in sorted(path for path in self.files if path.parent == place and path.suffix == ".toml"):
            text = self._read(path)
            if text.content is not None:
                arguments = (text.content, text.where, self.faults, kind, of, document, path.stem)
                self.packs.declarations.append(building.declaration(*arguments))

    def _unknown(self, place: Path, known: list[str]) -> None:
        near, names = get_close_matches(place.name, known, 1), ", ".join(sorted(known)) or "—"
        mend = _("a document's folder holds document.toml and provisions.toml; other folders: {names}", names=names)
        mend = _("perhaps {near} is meant", near=repr(near[0])) if near else mend
        self._fault(place, _("this folder is no part of a pack"), mend)
        self.files = {path for path in self.files if place not in path.parents}

    def _stray(self, path: Path) -> None:
        """A file that nobody read: a name mistyped, or something that does not belong here."""
        if path.suffix == ".md":
            return
        near = get_close_matches(path.name, [HEAD, DOCUMENT, PROVISIONS, PARAMETERS], 1)
        mend = _("take it out, or give it the name of a pack's file")
        mend = _("perhaps {near} is meant", near=repr(near[0])) if near else mend
        self._fault(path, _("this file is no part of a pack"), mend)


def _shown(name: str) -> str:
    """A file's name as it can be printed, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\n", "?")
