"""A paper is written anew: its pages look as before, and nothing else of the file comes in; bombs are refused early."""

from __future__ import annotations

import base64
import io
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from liren.foundation.kernel import files as kernel
from liren.foundation.kernel.engine.papers import MOST_PAGES, Looks, NoPaper, bare_paper
from liren.foundation.kernel.engine.pictures import bare_jpeg
from liren.foundation.kernel.errors import BadInput
from liren.service.cases.services import Upload
from tests.make import cases, sheets

#: What a hostile or careless file says, and what must not be in the one that is kept.
SECRET = b"WANG XIAOLI"


def refused(content: bytes) -> str:
    with pytest.raises(NoPaper) as caught:
        bare_paper(content)
    return caught.value.reason


def photograph() -> bytes:
    """A JPEG that says who took it, and where."""
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return cases.picture("JPEG", exif=exif, comment=SECRET)


def talkative() -> bytes:
    """One page with everything in it that is no page."""
    script, file, stamp = (
        b"<</S/JavaScript/JS(WANG XIAOLI)>>",
        b"<</Type/Filespec/F(a)/EF<</F 4 0 R>>>>",
        b"/BBox[0 0 20 10]",
    )
    more = [
        sheets.stream(b"/OC /L BDC q 50 0 0 50 0 0 cm /P Do Q EMC", b"/PieceInfo(WANG XIAOLI)"),
        sheets.stream(SECRET, b"/Type/EmbeddedFile"),
        sheets.stream(photograph(), b"/Type/XObject/Subtype/Image/Width 64/Height 48/ColorSpace/DeviceRGB"
                                    b"/BitsPerComponent 8/Filter/DCTDecode/Metadata 6 0 R"),
        sheets.stream(b"<x:xmpmeta>WANG XIAOLI</x:xmpmeta>", b"/Type/Metadata/Subtype/XML"),
        sheets.stream(b"1 0 0 rg 0 0 20 10 re f", b"/Subtype/Form" + stamp),
        b"<</Type/Annot/Subtype/Widget/FT/Tx/V(WANG XIAOLI)/Rect[100 40 140 60]/AP<</N 7 0 R>>/AA<</K %b>>>>" % script,
        b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://evil.example/WANG XIAOLI)>>>>",
        b"<</Type/OCG/Name(WANG XIAOLI)>>",
        b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS %b>>" % file,
        b"<</Type/Annot/Subtype/Stamp/F 2/Rect[0 0 9 9]/AP<</N 7 0 R>>/Contents(WANG XIAOLI)>>",
    ]  # fmt: skip
    page = b"/Contents 3 0 R/AA<</O %b>>/Annots[8 0 R 9 0 R 11 0 R 12 0 R]/Metadata 6 0 R/Thumb 5 0 R" % script
    page += b"/Resources<</XObject<</P 5 0 R>>/Properties<</L 10 0 R>>>>"
    catalogue = b"/OpenAction %b/Metadata 6 0 R/AF[%b]/AcroForm<</Fields[8 0 R]/XFA(WANG XIAOLI)>>" % (script, file)
    catalogue += b"/Names<</JavaScript<</Names[(a) %b]>>/EmbeddedFiles<</Names[(a) %b]>>>>" % (script, file)
    return sheets.pages(catalogue=catalogue, page=page, more=more) + b"PK\x03\x04WANG XIAOLI"


@pytest.mark.requirement("R078")
def test_nothing_comes_in_but_the_pages():
    raw = talkative()
    made = bare_paper(raw)
    assert raw.count(SECRET) > 12
    for gone in (SECRET, b"JavaScript", b"/OpenAction", b"/AA", b"/Annot", b"/Metadata", b"EmbeddedFile", b"/Names",
                 b"/AcroForm", b"evil", b"PK\x03\x04", b"/Info", b"/ID", b"Exif", b"/URI"):  # fmt: skip
        assert gone not in made, gone
    found = PdfReader(io.BytesIO(made), strict=True)
    assert (found.metadata, list(found.trailer["/Root"]), len(found.pages)) == (None, ["/Type", "/Pages"], 1)


def test_what_a_page_shows_stays():
    found = PdfReader(io.BytesIO(bare_paper(talkative())), strict=True).pages[0]
    assert list(map(float, found.mediabox)) == [0, 0, 200, 100]
    drawn = found.get_contents().get_data()
    assert b"/P Do" in drawn
    picture = found["/Resources"]["/XObject"]["/P"].decode_as_image()
    assert (picture.size, picture.getpixel((3, 3))[0] > 200) == ((64, 48), True)
    # What was filled in is drawn where it stood, twice as large as its own box; what was hidden is not.
    assert drawn.count(b" Do") == 2
    assert b"q 2 0.0 0.0 2 100 40 cm /Stamp0 Do Q" in drawn
    assert found["/Resources"]["/XObject"]["/Stamp0"].get_data() == b"1 0 0 rg 0 0 20 10 re f"


def test_written_anew_once_more_it_is_the_same():
    made = bare_paper(talkative())
    again = bare_paper(made)
    assert (len(again), bare_paper(again)) == (len(made), again)


def test_a_photograph_in_a_paper_loses_its_place_however_it_is_packed():
    facts = b"/Type/XObject/Subtype/Image/Width 64/Height 48/ColorSpace/DeviceRGB/BitsPerComponent 8"
    for filters, content in (
        (b"/DCTDecode", photograph()),
        (b"[/FlateDecode/DCTDecode]", zlib.compress(photograph())),
        (b"[/ASCII85Decode/DCTDecode]", base64.a85encode(photograph()) + b"~>"),
    ):
        picture = sheets.stream(content, facts + b"/Filter" + filters)
        made = bare_paper(sheets.pages(page=b"/Resources<</XObject<</P 3 0 R>>>>", more=[picture]))
        assert SECRET not in made
        shown = PdfReader(io.BytesIO(made)).pages[0]["/Resources"]["/XObject"]["/P"]
        assert shown.decode_as_image().tobytes() == Image.open(io.BytesIO(photograph())).tobytes()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8\xff\xe0\x00\x00", b"GIF89a"]
)
def test_a_picture_that_is_not_whole_is_none(content):
    with pytest.raises(ValueError, match="JPEG"):
        bare_jpeg(content)


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_locked_paper_is_refused_with_the_next_step(password):
    writer, out = PdfWriter(clone_from=io.BytesIO(sheets.paper())), io.BytesIO()
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(BadInput) as caught:
        kernel.cleaned([Upload("a.pdf", out.getvalue())])
    assert (str(caught.value.message), str(caught.value.next_step)) == (
        "这份PDF文件设有密码。", "请去掉密码后另存，或把纸面拍下来。",
    )  # fmt: skip


BROKEN = {
    "head alone": sheets.HEAD,
    "no page": sheets.pages(0),
    "cut off": sheets.paper()[:120],
    "garbage": sheets.HEAD + b"\xff\x00" * 5000,
    "no catalogue": sheets.pdf([b"<</Type/Nothing>>"]),
    "pages in a ring": sheets.pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]),
    "pages that double": sheets.pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        *(b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 9>>" % (n, n) for n in range(3, 40)), sheets.PAGE + b">>",
    ]),
    "picture that is none": sheets.pages(
        page=b"/Resources<</XObject<</P 3 0 R>>>>", more=[sheets.packed(b"\0" * 9_000_000, b"/Filter/DCTDecode")]
    ),
    "deep": sheets.pages(page=b"/Group" + b"[" * 100_000 + b"]" * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_paper_is_refused(name):
    assert refused(BROKEN[name]) == "broken"


#: Small files that cost a reader without bounds half a minute each, and a gigabyte: measured, before there were any.
LARGE = {
    "pages": lambda: sheets.pages(MOST_PAGES + 1),
    "objects": lambda: sheets.pages(more=[b"null"] * 10_001),
    "stamps": lambda: sheets.pages(page=b"/Annots[" + b"null " * 1_001 + b"]"),
    "tables": lambda: sheets.joined_table(60, 9_900_000),
    "objects in a bomb": lambda: sheets.inner_table(b"<</Type/Catalog>>" + b" " * 9_000_000),
    "lists in a table": lambda: sheets.inner_table(b"[" * 60_000),
    "lists of lists": lambda: sheets.pages(page=b"/Group[" + (b"[" + b"[<</A(x)>>]" * 900 + b"]") * 30 + b"]"),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_paper_without_bounds_is_refused(name, monkeypatch):
    monkeypatch.setattr(Looks, "left", Looks.left // 4)  # a quarter of the file, and of the time
    assert refused(LARGE[name]()) == "large"


def test_as_many_pages_as_may_be_are_taken():
    made = bare_paper(sheets.pages(MOST_PAGES))
    assert len(PdfReader(io.BytesIO(made), strict=True).pages) == MOST_PAGES


def test_a_damaged_paper_is_refused_or_read_and_nothing_else():
    raw = talkative()
    spots, read = range(7, len(raw), 151), 0
    for at in spots:
        for damaged in (raw[:at] + bytes([raw[at] ^ 0x5A]) + raw[at + 1 :], raw[:at] + raw[at + 9 :]):
            try:
                made = bare_paper(damaged)
            except NoPaper:
                continue
            assert b"/JavaScript" not in made
            read += 1
    assert 0 < read < 2 * len(spots)
