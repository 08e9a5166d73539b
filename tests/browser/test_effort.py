"""What reporting asks of a resident with a telephone: taps, words and bytes. A clock would tell of the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from liren.service.cases.models import Case
from liren.service.cases.services import key_of
from tests import make
from tests.browser import walk
from tests.browser.test_report import declared
from tests.portal.reading import read_code


@dataclass
class Hand:
    """A thumb on a page that counts what it does, and what travels meanwhile to a browser that has kept nothing."""

    page: Any
    taps: int = 0
    texts: int = 0
    carried: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wire = self.page.context.new_cdp_session(self.page)
        wire.on("Network.responseReceived", self._answered)
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")

    def _answered(self, told: Any) -> None:
        self.addresses[told["requestId"]] = told["response"]["url"]

    def _finished(self, told: Any) -> None:
        self.carried[told["requestId"]] = int(told["encodedDataLength"])

    @property
    def kilobytes(self) -> float:
        return sum(self.carried.values()) / 1000

    def tap(self, role: str, name: str) -> None:
        self.taps += 1
        self.page.locator("main").get_by_role(role, name=name).tap()

    def write(self, label: str, text: str) -> None:
        self.texts += 1
        self.page.get_by_label(label).fill(text)


HERE: dict[str, Any] = {"geolocation": {"longitude": 104.005, "latitude": 30.005}, "permissions": ["geolocation"]}
#: Of all that travels on the way, with nothing kept in the browser. 270 today, with style and scripts as they lie
#: there, while a site sends them compressed. A font, a map or a picture on the way would be more.
MOST_KILOBYTES = 320


@pytest.mark.requirement("R068")
@pytest.mark.parametrize("who", ["resident", "stranger"])
def test_a_report_is_three_taps_and_one_text(site: walk.Site, resident: str, who: str) -> None:
    """Whoever lives here says where by living here; a stranger who stands there says so with one tap more."""
    make.roles()
    declared()
    look = site.look(session=resident if who == "resident" else "", has_touch=True, is_mobile=True, **HERE)
    hand, page = Hand(look.page), look.open("/")
    hand.tap("link", "我要反映")
    hand.tap("link", "居民诉求")
    hand.write("什么事", "3栋门口的路灯三天没亮了")
    if who == "stranger":
        hand.tap("button", "我就在这里")
        page.get_by_role("radio", name="桂花井社区").wait_for()
    hand.tap("button", "提交")
    page.get_by_role("heading", name="收到了").wait_for()
    page.wait_for_load_state("networkidle")
    case = Case.objects.get()
    assert (case.unit, page.locator(".receipt__number").inner_text()) == (site.city.communities[0], case.number)
    assert (hand.taps, hand.texts) == (3 if who == "resident" else 4, 1)
    assert {"htmx.esm.js", "liren.css", "report.js"} <= {one.rsplit("/", 1)[1] for one in hand.addresses.values()}
    assert 100 < hand.kilobytes < MOST_KILOBYTES

    seen = Image.open(BytesIO(page.locator("svg.qr").screenshot()))  # what the camera of a neighbour's telephone sees
    assert read_code(seen) == f"{site.url}/cases/{case.number}/r/{key_of(case)}/"
    other = site.look().open(read_code(seen).removeprefix(site.url))
    assert other.get_by_text("3栋门口的路灯三天没亮了").is_visible()
