"""What comes with a report through the pages: two files in one, moving pictures, bombs, too many, under false names."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.front.desk.jobs import take_table
from liren.service.cases.models import Case, CaseFile, DispatchRule
from tests import make
from tests.make import cases, sheets
from tests.portal.test_cases import Scene, built_scene, form, scene  # noqa: F401  # the scene is a fixture

HTML = b"<html><script>alert(document.cookie)</script></html>"
BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "laugh">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY f SYSTEM "file:///etc/passwd">]><request><description>&j;&f;</description></request>'
)


def archive(name: str = "META-INF/MANIFEST.MF", content: bytes = b"Main-Class: Evil") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return out.getvalue()


def moving(kind: str) -> bytes:
    """Two pictures one after the other: a red one that is looked at, a blue one that comes later."""
    out = io.BytesIO()
    first, later = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    first.save(out, kind, save_all=True, append_images=[later], duration=100, lossless=True)
    return out.getvalue()


def huge(side: int = 50_000) -> bytes:
    """A picture that says it is so many points wide and high, and holds rows enough to be believed."""
    head = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 3_000_000)), (b"IEND", b""))
    parts = (len(c).to_bytes(4, "big") + n + c + zlib.crc32(n + c).to_bytes(4, "big") for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


#: Taken in, without what came along: name, content, what must not be kept.
TAKEN: dict[str, tuple[str, bytes, bytes]] = {
    "page behind a photograph": ("a.html", cases.picture("JPEG") + HTML, HTML),
    "page in a remark": ("a.jpg", cases.picture("JPEG", comment=HTML), HTML),
    "program behind a picture": ("a.jar", cases.picture("PNG") + archive(), b"META-INF"),
    "program behind a paper": ("a.pdf", sheets.paper() + archive(), b"META-INF"),
    "moving WebP": ("a.webp", moving("WEBP"), b"ANMF"),
    "moving PNG": ("a.png", moving("PNG"), b"fcTL"),
    "name of another folder": ("../../../../etc/cron.d/x.png", cases.picture("PNG"), b"etc"),
}
REFUSED: dict[str, tuple[str, bytes]] = {
    "GIF with a program": ("a.gif", cases.picture("GIF") + archive()),
    "script drawing called PNG": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "HEIC": ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 400),
    "picture of 50,000 by 50,000": ("a.png", huge()),
    "cut off": ("a.jpg", cases.picture("JPEG", (640, 480))[:400]),
    "packed": ("a.jpg.gz", gzip.compress(cases.picture("JPEG"))),
    "office paper": ("a.docx", archive("word/document.xml", b"<w:document/>")),
    "page": ("a.jpg", HTML),
}  # fmt: skip


def sent(client: Client, *files: tuple[str, bytes], **fields: Any) -> Any:
    shots = []
    for name, content in files:
        shots.append(SimpleUploadedFile("x", content, content_type="text/html"))
        shots[-1].name = name
    return client.post("/report/request/", form(shots=shots, **fields))


@pytest.mark.requirement("R078")
@pytest.mark.parametrize("name", TAKEN)
def test_a_file_comes_in_without_what_rides_on_it(client: Client, scene: Scene, name: str) -> None:  # noqa: F811
    file, content, rider = TAKEN[name]
    assert sent(client, (file, content)).status_code == 303
    kept = CaseFile.objects.get()
    assert rider not in bytes(kept.content) + kept.name.encode()
    shown = client.get(f"/cases/{kept.case.number}/files/{kept.pk}/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == (kept.type, "nosniff")
    if kept.type.startswith("image/"):
        picture = Image.open(io.BytesIO(bytes(kept.content)))
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_neither_photograph_nor_paper_is_said_beside_the_field(
    client: Client,
    scene: Scene,  # noqa: F811
    name: str,
) -> None:
    answer = sent(client, REFUSED[name])
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["shots"])
    assert not Case.objects.exists()


@pytest.mark.parametrize(("count", "status"), [(6, 422), (200, 400)])
def test_too_many_files_are_refused(client: Client, scene: Scene, count: int, status: int) -> None:  # noqa: F811
    answer = sent(client, *[("a.png", cases.picture("PNG", (2, 2)))] * count)
    assert (answer.status_code, Case.objects.exists()) == (status, False)


def test_an_empty_file_is_none_and_a_field_sent_twice_counts_once(client: Client, scene: Scene) -> None:  # noqa: F811
    assert sent(client, ("a.png", b"")).status_code in {303, 422}
    Case.objects.all()
    answer = client.post("/report/request/", form(text=["第一句", "第二句"]))
    assert answer.status_code == 303
    assert Case.objects.latest("pk").text == "第二句"


def test_ten_million_octets_of_words_are_refused(client: Client, scene: Scene) -> None:  # noqa: F811
    answer = client.post("/report/request/", form(text="长" * 3_400_000))
    assert (answer.status_code, Case.objects.exists()) == (400, False)


PART = b'--x\r\nContent-Disposition: form-data; name="media"; filename="a'
#: Bodies that a program may send to a door for forms, each with its kind.
BODIES = {
    "entities": (BILLION, "application/xml"),
    "entities as text": (BILLION, "text/xml; charset=utf-16"),
    "packed": (gzip.compress(b"\0" * 5_000_000), "application/x-www-form-urlencoded"),
    "JSON": (b'{"service_code": "request.lamp"}', "application/json"),
    "deep JSON": (b"[" * 100_000, "application/json"),
    "part without end": (PART, "multipart/form-data; boundary=x"),
    "no boundary": (b"--x", "multipart/form-data"),
    "long boundary": (b"--x", "multipart/form-data; boundary=" + "x" * 5_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_other_bodies_at_the_doors_of_programs_get_a_clear_answer(
    client: Client,
    scene: Scene,  # noqa: F811
    name: str,
) -> None:
    body, kind = BODIES[name]
    key = cases.key(scene.city.city)
    client.raise_request_exception = False
    for path in ("/open311/v2/requests.xml", "/api/alarms/"):
        for packed in ({}, {"Content-Encoding": "gzip"}):
            head = {"X-Api-Key": key.text, "Authorization": f"Bearer {key.text}", "X-Long": "x" * 200_000, **packed}
            answer = client.post(path, body, content_type=kind, headers=head)
            assert answer.status_code in {400, 403, 404, 413, 415}, (path, answer.status_code)
            assert b"root:" not in answer.content
    assert not Case.objects.exists()


def test_a_table_that_unpacks_to_more_than_it_says_is_refused(client: Client, scene: Scene) -> None:  # noqa: F811
    keeper = make.official("district_admin", scene.city.district)
    make.sign_in(client, keeper)
    bomb = archive("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    upload = SimpleUploadedFile("a.xlsx", bomb, content_type="text/csv")
    answer = client.post("/desk/catalogue/import/", make.form(keeper, file=upload, source="台账"))
    assert answer.status_code == 303  # large tables are left to the worker, who opens them
    (waiting,) = ProcrastinateJob.objects.filter(status="todo", task_name="desk.take_table")
    take_table.func(**waiting.args)
    shown = client.get(answer["Location"])
    assert (shown.status_code, bool(shown.context["checked"].refusal)) == (200, True)
    assert not DispatchRule.objects.exists()
