"""What the tests of register pages share: addresses, fields for every kind of reader, and ways to read a page."""

import re
from typing import Any

import zxingcpp
from django.test import Client
from PIL import Image, ImageDraw

from liren.foundation.people.models import Account, Role
from tests import make

LIST, ENTRY = "/registers/reading_room/", "/registers/reading_room/1/"
PAGES = ("/registers/", LIST, ENTRY, f"{LIST}coverage/", f"{LIST}about/", f"{LIST}map.geojson")
FILES = ("/registers/reading_room.csv", "/registers/reading_room.geojson")
ALWAYS = [
    {"code": "working", "name": {"zh": "正常开放", "en": "Open"}, "kind": "yes_no", "in_list": True},
    {"code": "topics", "name": {"zh": "主题", "en": "Topics"}, "kind": "choices", "in_list": True,
     "choices": [{"code": "law", "zh": "法律", "en": "law"}, {"code": "care", "zh": "照护", "en": "care"}]},
    {"code": "readers", "name": {"zh": "读者人数", "en": "Readers"}, "kind": "number", "unit": "person", "whole": True,
     "counts_people": True, "in_list": True},
]  # fmt: skip


def text(response: Any) -> str:
    return response.content.decode()


def plain(response: Any) -> str:
    """What one reads, without marks of the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(response)))


def streamed(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def worker(power: str, unit: Any, client: Client) -> Account:
    """Somebody on duty in the unit who holds this power, signed in."""
    make.roles()
    role = Role.objects.get(code="community_worker")
    role.powers.get_or_create(power=power)
    person = make.official("community_worker", unit)
    make.sign_in(client, person)
    return person


def code_on(page: str, dot: int = 4) -> str:
    """What a telephone reads from the QR code of a page: painted with ``dot`` pixels to a module, and decoded."""
    drawing = re.search(r'<svg class="qr" viewBox="0 0 (\d+) (\d+)".*?</svg>', page, re.S)
    assert drawing is not None, "there is no code on the page"
    picture = Image.new("L", (int(drawing[1]) * dot, int(drawing[2]) * dot), 255)
    brush = ImageDraw.Draw(picture)
    paths = re.findall(r'<path fill="(#\w+)" d="([^"]+)"', drawing[0])
    assert [fill for fill, _drawn in paths] == ["#fff", "#000"]
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", paths[1][1]):
        left, top = int(x) * dot, int(y) * dot
        brush.rectangle((left, top, left + dot - 1, top + dot - 1), fill=0)
    return read_code(picture)


def read_code(picture: Image.Image) -> str:
    """The text of the one QR code in a picture."""
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)
