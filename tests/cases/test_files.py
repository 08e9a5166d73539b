"""Pictures are drawn anew and papers are looked through: nothing that hides in a file comes in."""

import io
import zlib

import pytest
from PIL import Image

from liren.foundation.kernel import files as kernel
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed, TooLarge
from liren.service.cases import services
from liren.service.cases.models import CaseFile
from liren.service.cases.services import Upload
from tests.make import cases, sheets

PAPER = sheets.paper()


def kept(content, name="a.jpg"):
    (one,) = kernel.cleaned([Upload(name, content)])
    return one


def with_place(size=(64, 48), turned=1):
    """A photograph with camera, place and owner, as a telephone stores it."""
    image = Image.effect_noise(size, 50).convert("RGB")
    exif = image.getexif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "Telephone Maker", "WANG XIAOLI", turned
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (30.0, 39.0, 32.1)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"WANG XIAOLI", icc_profile=b"x" * 200)
    return out.getvalue()


@pytest.mark.requirement("R078")
def test_place_camera_and_owner_are_gone():
    raw = with_place()
    assert b"WANG XIAOLI" in raw
    made = kept(raw)
    assert b"WANG XIAOLI" not in made.content
    assert b"Telephone" not in made.content
    again = Image.open(io.BytesIO(made.content))
    assert (len(again.getexif()), again.info.keys() & {"exif", "comment", "icc_profile", "xmp"}) == (0, set())
    assert (made.type, made.width, made.height) == ("image/jpeg", 64, 48)


def test_a_picture_taken_upright_stays_upright():
    assert (kept(with_place(turned=6)).width, kept(with_place(turned=6)).height) == (48, 64)


@pytest.mark.parametrize(("kind", "type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_photographs_of_three_kinds_are_taken_by_their_content(kind, type):
    made = kept(cases.picture(kind), "wrong.svg")
    assert (made.type, made.name.rsplit(".", 1)[0]) == (type, "wrong")
    assert Image.open(io.BytesIO(made.content)).format == kind


def test_what_hides_behind_a_picture_is_gone():
    secret = b"PK\x03\x04<script>alert(1)</script>"
    for kind in ("JPEG", "PNG", "WEBP"):
        assert secret not in kept(cases.picture(kind) + secret).content


def test_words_inside_a_picture_are_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "WANG XIAOLI", zip=True)
    made = kept(cases.picture("PNG", pnginfo=info))
    assert Image.open(io.BytesIO(made.content)).info == {}


def test_a_large_photograph_becomes_a_small_one():
    made = kept(cases.picture(size=(6000, 4000)))
    assert (made.width, made.height) == (2560, 1707)
    assert kept(cases.picture("PNG", size=(2000, 1000))).type == "image/jpeg"


def test_clear_pictures_stay_clear():
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (255, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(kept(out.getvalue()).content)).mode == "RGBA"


def bomb():
    """A PNG of 40,000 by 40,000 points in a few kilobytes."""
    head = bytearray(cases.picture("PNG"))
    head[16:24] = (40_000).to_bytes(4, "big") * 2
    head[29:33] = zlib.crc32(bytes(head[12:29])).to_bytes(4, "big")
    return bytes(head)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00", b"MZ\x90\x00", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><svg onload='alert(1)'/>", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"\x00" * 100,
        b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"PK\x03\x04", b"BM" + b"\x00" * 60, bomb(),
        cases.picture("PNG")[:60], b"<html><script>alert(1)</script></html>",
    ],
    ids=lambda content: repr(content[:12]),
)  # fmt: skip
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(BadInput):
        kept(content)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_other_kinds_of_pictures_are_refused(kind):
    with pytest.raises(BadInput):
        kept(cases.picture(kind, size=(32, 32)))


def test_papers_are_written_anew_and_what_hides_before_or_behind_is_gone():
    made = kept(PAPER + b"PK\x03\x04 and more", "申请表.pdf")
    assert (made.name, made.type, made.width, b"PK" in made.content) == ("申请表.pdf", "application/pdf", None, False)
    assert kept(made.content, "申请表.pdf") == made
    for wrong in (b"%PDF-1.7\n", b"GIF89a" + PAPER, b"\n" + PAPER):
        with pytest.raises(BadInput):
            kept(wrong, "a.pdf")


def test_too_large_and_too_many():
    with pytest.raises(TooLarge):
        kept(b"\xff\xd8\xff" + b"\x00" * (10 * 1024 * 1024))
    with pytest.raises(BadInput):
        kernel.cleaned([Upload("a.jpg", cases.picture())] * 6)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("IMG_1.HEIC.jpg", "IMG_1.HEIC.jpg"), ("../../etc/passwd", "passwd.jpg"), ("C:\\a\\b.png", "b.jpg"),
        ("", "file.jpg"),
        ("\x00\n", "file.jpg"), ("<script>.jpg", "script.jpg"), ("照片.jpg", "照片.jpg"),
        ("x" * 5000, "x" * 100 + ".jpg"),
        ("....", "file.jpg"), ("a\ud800.jpg", "a.jpg"),
    ],
)  # fmt: skip
def test_names_are_plain(name, plain):
    assert kept(cases.picture(), name).name == plain


@pytest.mark.django_db
def test_a_picture_is_released_by_whoever_looked_at_it(scene):
    case = cases.reported(
        scene.town.community, by=scene.resident, files=[Upload("a.jpg", cases.picture()), Upload("b.pdf", PAPER)]
    )
    shot, paper = CaseFile.objects.order_by("pk")
    for who in (scene.resident, scene.neighbour, scene.clerk):
        with pytest.raises(NotAllowed):
            services.publish_file(shot.pk, cover="nothing", by=who, at=cases.NOW)
    with pytest.raises(Conflict):
        services.publish_file(paper.pk, cover="nothing", by=scene.worker, at=cases.NOW)
    assert (
        services.publish_file(shot.pk, cover="nothing", by=scene.worker, at=cases.NOW).published_by
        == scene.worker.label
    )
    assert services.publish_file(shot.pk, cover="nothing", by=scene.worker, at=cases.NOW).published_at == cases.NOW
    assert [one.facts["published"] for one in case.events.filter(kind="file")] == [True]
    services.restrict(case.pk, reason="门牌可见", by=scene.worker, at=cases.NOW)
    services.withdraw_file(shot.pk, by=scene.worker, at=cases.NOW)
    with pytest.raises(Conflict):
        services.publish_file(shot.pk, cover="nothing", by=scene.worker, at=cases.NOW)
