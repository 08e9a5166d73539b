"""The Chinese catalogue against the code: every message that the code shows must be translated.

messages.py             reports missing, untranslated, fuzzy and broken messages; exit code 1 when there are some
messages.py --update    writes new messages into the catalogue, and takes out those that the code no longer shows
messages.py --compile   writes django.mo
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "liren/locale/zh_Hans/LC_MESSAGES/django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACES = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")


class Key(NamedTuple):
    """What makes a message itself."""

    context: str
    text: str
    plural: str


def shown() -> dict[Key, polib.POEntry]:
    """Every message in Python code and templates, with its places and the translators' comments."""
    found: dict[Key, polib.POEntry] = {}
    for path in sorted((ROOT / "liren").rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts or "vendor" in path.parts:
            continue
        where = path.relative_to(ROOT).as_posix()
        for line, key, comments in messages_of(path):
            entry = found.setdefault(key, entry_for(key))
            entry.occurrences.append((where, str(line)))
            entry.comment = "\n".join(dict.fromkeys([*filter(None, entry.comment.split("\n")), *comments]))
    return found


def messages_of(path: Path) -> Iterator[tuple[int, Key, list[str]]]:
    """The messages of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if "{%" not in text and "{{" not in text:
            return
        text = templatize(text, origin=str(path))
    source = io.BytesIO(text.encode())
    for line, words, comments, context in extract("python", source, KEYWORDS, ("Translators:",)):
        one, many = (words[0], words[1]) if isinstance(words, tuple) else (words, "")
        yield line, Key(context or "", one, many), comments


def entry_for(key: Key) -> polib.POEntry:
    """A new entry, still without translation."""
    entry = polib.POEntry(msgid=key.text, msgctxt=key.context or None)
    if key.plural:
        entry.msgid_plural, entry.msgstr_plural = key.plural, {0: ""}
    if re.search(r"%\(\w+\)[sd]|%[sd]", key.text + key.plural):
        entry.flags.append("python-format")
    return entry


def key_of(entry: polib.POEntry) -> Key:
    return Key(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def faults(wanted: dict[Key, polib.POEntry], catalogue: polib.POFile) -> list[str]:
    """What keeps the catalogue from being complete, one line each."""
    have = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    lines = [f"missing: {place(wanted[key])} {key.text!r}" for key in wanted if key not in have]
    for key in wanted.keys() & have.keys():
        entry = have[key]
        if entry.fuzzy:
            lines.append(f"fuzzy: {key.text!r}")
        elif not entry.translated():
            lines.append(f"untranslated: {place(wanted[key])} {key.text!r}")
        else:
            lines += broken(key, entry)
    return sorted(lines)


def broken(key: Key, entry: polib.POEntry) -> list[str]:
    """Translations that fill in something else than the message does."""
    wanted = set(PLACES.findall(key.text)) | set(PLACES.findall(key.plural))
    texts = list(entry.msgstr_plural.values()) if key.plural else [entry.msgstr]
    return [f"placeholders differ: {key.text!r} → {text!r}" for text in texts if set(PLACES.findall(text)) != wanted]


def place(entry: polib.POEntry) -> str:
    return ":".join(entry.occurrences[0])


def update() -> int:
    """Bring new messages into the catalogue; translations that are there stay."""
    old = {key_of(entry): entry for entry in polib.pofile(str(CATALOGUE))} if CATALOGUE.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, entry in shown().items():
        known = old.get(key)
        if known is not None:
            entry.msgstr, entry.msgstr_plural = known.msgstr, known.msgstr_plural
            entry.flags = sorted({*entry.flags, *(flag for flag in known.flags if flag == "fuzzy")})
        entry.occurrences = [(where, "") for where in dict.fromkeys(where for where, _ in entry.occurrences)]
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    empty = len(catalogue.untranslated_entries())
    print(f"{len(catalogue)} messages, {empty} to translate: {CATALOGUE.relative_to(ROOT)}")
    return 0


def compiled() -> int:
    """Write django.mo beside the catalogue."""
    target = CATALOGUE.with_suffix(".mo")
    new = target.with_suffix(".mo.new")
    with CATALOGUE.open("rb") as source, new.open("wb") as out:
        write_mo(out, read_po(source, locale="zh_Hans"))
    new.replace(target)
    return 0


def check() -> int:
    """Report; 1 when the catalogue is not complete."""
    if not CATALOGUE.exists():
        print(f"There is no catalogue {CATALOGUE.relative_to(ROOT)}: script/tools/messages.py --update makes one.")
        return 1
    wanted = shown()
    lines = faults(wanted, polib.pofile(str(CATALOGUE)))
    print("\n".join([*lines, f"{len(wanted)} messages, {len(lines)} not right."]))
    return 1 if lines else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    if arguments.update:
        return update()
    return compiled() if arguments.compile else check()


if __name__ == "__main__":
    sys.exit(main())
