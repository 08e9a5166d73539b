"""What the database itself refuses, each by the name an operator would meet in a log."""

import hashlib
import io
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from liren.foundation.registers import services
from liren.foundation.registers.models import Attachment, Book, Coverage, Entry, EntryChange, ImportBatch, Look
from liren.foundation.territory.models import Unit
from tests import make
from tests.make import cases, offices, sheets
from tests.make import registers as build


@pytest.fixture
def entry(town, rooms):
    return build.room(town.willow, opened_on="2020-01-01")


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


WRONG_FACTS = [
    ("has_a_chinese_name", {"name_zh": " "}),
    ("values_are_an_object", {"values": [1]}),
    ("place_has_both_coordinates", {"lon": 104.0}),
    ("place_is_on_earth", {"lon": 181.0, "lat": 0.0}),
    ("place_is_on_earth", {"lon": 0.0, "lat": float("nan")}),
    ("closes_after_it_opened", {"closed_on": date(2020, 1, 1)}),
]


@pytest.mark.parametrize(("name", "wrong"), WRONG_FACTS)
def test_the_database_refuses_impossible_entries(entry, name, wrong):
    refused(f"entry_{name}", lambda: Entry.objects.filter(pk=entry.pk).update(**wrong))


@pytest.mark.parametrize(("name", "wrong"), WRONG_FACTS)
def test_and_impossible_lines_of_history(entry, name, wrong):
    line = EntryChange.objects.get()
    line.pk = None
    for key, value in wrong.items():
        setattr(line, key, value)
    refused(f"entry_change_{name}", line.save)


# Each by its full name, for whoever looks for it: entry_has_a_chinese_name entry_values_are_an_object
# entry_place_has_both_coordinates entry_place_is_on_earth entry_closes_after_it_opened
# entry_change_has_a_chinese_name entry_change_values_are_an_object entry_change_place_has_both_coordinates
# entry_change_place_is_on_earth entry_change_closes_after_it_opened


def test_a_number_is_given_once_and_from_one_on(entry):
    facts = {
        name: getattr(entry, name) for name in ("register_id", "written_as_id", "unit_id", "reviewed_on", "changed_at")
    }
    facts |= {"name_zh": "甲", "pinyin": "jia", "search": ""}
    refused("entry_number_is_given_once", lambda: Entry.objects.create(number=1, **facts))
    refused("entry_number_starts_at_one", lambda: Entry.objects.create(number=0, **facts))


def test_an_entry_is_written_as_a_version_of_its_own_register(entry, town):
    other = build.declared(code="other_room", name={"zh": "别的", "en": "Other"})
    refused(
        "entry_is_written_as_its_own_register",
        lambda: Entry.objects.filter(pk=entry.pk).update(written_as=other.version),
    )


def test_an_entry_stays_where_it_was_registered(entry):
    for act in (
        lambda: Entry.objects.filter(pk=entry.pk).update(number=9),
        lambda: connection.cursor().execute("DELETE FROM registers_entry"),
        lambda: connection.cursor().execute("TRUNCATE registers_entry CASCADE"),
    ):
        make.chained()
        refused("An entry is closed, never removed|appended and never changed", act)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("entry_change_kind_is_known", {"kind": "lost"}),
        ("entry_change_of_an_import_names_its_batch", {"kind": "imported"}),
        ("entry_change_names_its_actor", {"actor": ""}),
    ],
)
def test_a_line_of_history_says_how_and_by_whom(entry, constraint, wrong):
    line = EntryChange.objects.get()
    line.pk = None
    for key, value in wrong.items():
        setattr(line, key, value)
    refused(constraint, line.save)


def test_what_is_appended_is_never_changed(entry):
    Look.objects.create(entry=entry, actor="a", purpose="x", at=build.NOW)
    for model in (EntryChange, Look):
        refused("appended and never changed", lambda model=model: model.objects.update(actor="b"))
        refused("appended and never changed", lambda model=model: model.objects.all().delete())
    refused("look_states_a_purpose", lambda: Look.objects.create(entry=entry, actor="a", purpose=" ", at=build.NOW))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("import_batch_accounts_for_every_line", {"lines": 3}),
        ("import_batch_changed_something", {"new": 0, "unchanged": 1}),
    ],
)
def test_a_batch_adds_up(rooms, constraint, wrong):
    facts = {
        "register_id": rooms.pk,
        "at": build.NOW,
        "actor": "a",
        "file_name": "f",
        "written": "UTF-8",
        "digest": "d",
    }
    facts |= {"lines": 1, "new": 1, "changed": 0, "unchanged": 0}
    ImportBatch.objects.create(**facts)
    refused(constraint, lambda: ImportBatch.objects.create(**{**facts, **wrong}))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("attachment_type_is_known", {"type": "text/html"}),
        ("attachment_size_is_bounded", {"size": 0}),
        ("attachment_size_is_bounded", {"size": 10_000_001}),
        ("attachment_has_a_name", {"name": " "}),
    ],
)
def test_a_file_is_of_a_kind_and_size_that_is_taken(entry, constraint, wrong):
    facts = {"entry": entry, "field": "plan", "name": "a.pdf", "type": "application/pdf", "content": b"x", "size": 1}
    facts |= {"digest": "d", "added_by": "a", "added_at": build.NOW}
    Attachment.objects.create(**facts)
    refused(constraint, lambda: Attachment.objects.create(**{**facts, **wrong}))


def test_a_figure_is_said_once_a_day_and_judged_only_where_it_can_be(rooms, town):
    facts = {"register_id": rooms.pk, "measure": "m", "unit": town.city, "on_day": date(2026, 6, 1), "numerator": 1}
    Coverage.objects.create(**facts)
    refused("coverage_of_a_day_is_said_once", lambda: Coverage.objects.create(**facts))
    facts["measure"] = "n"
    refused("coverage_is_judged_only_with_value_and_target", lambda: Coverage.objects.create(**facts, met=True, gap=0))
    judged = {"value": 1, "target": 2, "met": False}
    refused("coverage_gap_is_not_negative", lambda: Coverage.objects.create(**facts, **judged, gap=-1))


def test_a_register_has_one_book(entry, rooms):
    refused("registers_book_register_id_key", lambda: Book.objects.create(register_id=rooms.pk))


def test_a_unit_with_entries_is_not_deleted(entry, town):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        Unit.objects.filter(pk=town.willow.pk).delete()


@pytest.mark.requirement("R078")
def test_nothing_hides_behind_a_file_of_an_entry(town):
    field = {"code": "plan", "name": {"zh": "平面图", "en": "Plan"}, "kind": "file"}
    build.declared(fields=[field], coverage=None)
    build.room(town.willow)
    exif = Image.Exif()
    exif[0x013B] = "WANG XIAOLI"
    secret = sheets.stream(b"<x:xmpmeta>WANG XIAOLI</x:xmpmeta>", b"/Type/Metadata/Subtype/XML")
    talking = sheets.pages(2, catalogue=b"/Metadata 3 0 R", more=[secret])
    put = {"field": "plan", "by": build.SYSTEM, "at": build.NOW}
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.properties.creator = "WANG XIAOLI"
    book.save(out)
    held = [("a.pdf", talking), ("a.jpg", cases.picture("JPEG", exif=exif, comment=b"WANG XIAOLI"))]
    held += [("a.docx", offices.text("<w:del><w:t>WANG XIAOLI</w:t></w:del>")), ("a.xlsx", out.getvalue())]
    for name, content in held:
        assert b"WANG XIAOLI" in content or name[2:] in ("docx", "xlsx")
        services.add_file("reading_room", 1, name=name, content=content, **put)
        kept = Attachment.objects.latest("pk")
        parts = offices.read(bytes(kept.content)) if name[2:] in ("docx", "xlsx") else {"": bytes(kept.content)}
        assert not any(b"WANG XIAOLI" in part for part in parts.values())
        assert (kept.size, kept.digest) == (len(kept.content), hashlib.sha256(kept.content).hexdigest())
    out = io.BytesIO()
    Image.new("RGB", (3000, 900), "white").save(out, "PNG")
    services.add_file("reading_room", 1, name="b.png", content=out.getvalue(), **put)
    kept = Attachment.objects.latest("pk")
    assert (kept.type, Image.open(io.BytesIO(kept.content)).size) == ("image/png", (3000, 900))


def test_files_go_into_their_field_and_are_told_by_their_content(town):
    field = {"code": "plan", "name": {"zh": "平面图", "en": "Plan"}, "kind": "file"}
    build.declared(fields=[field], coverage=None)
    build.room(town.willow)
    build.room(town.plum)
    put = {"field": "plan", "by": build.SYSTEM, "at": build.NOW}
    entry = services.add_file("reading_room", 1, name="C:\\dir\\..\\平面图<1>.pdf", content=sheets.pages(), **put)
    kept = Attachment.objects.get()
    assert (entry.values, kept.name, kept.type) == ({"plan": kept.pk}, "平面图1.pdf", "application/pdf")
    from liren.foundation.kernel.errors import BadInput, TooLarge

    for content in (b"", b"<html>", b"MZ", b"PK\x03\x04", b"#!/bin/sh", b"%PDF-1.4 x", b"\xff\xd8\xff no picture"):
        with pytest.raises(BadInput):
            services.add_file("reading_room", 1, name="a.pdf", content=content, **put)
    with pytest.raises(TooLarge):
        services.add_file("reading_room", 1, name="a.pdf", content=b"%PDF-" + b"x" * 10_000_000, **put)
    with pytest.raises(BadInput):
        services.add_file("reading_room", 1, name="a", content=b"%PDF-", field="name_zh", by=build.SYSTEM, at=build.NOW)
    with pytest.raises(services.BadEntry):
        services.change_entry("reading_room", 2, values={"plan": kept.pk}, by=build.SYSTEM, at=build.NOW)
