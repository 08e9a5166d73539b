"""One simulated case on its way: where it is, who acts on it, and at which moments people do what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from liren.foundation.people.models import Account
from liren.front.demo.casting import Cast
from liren.front.demo.engine import matters
from liren.front.demo.engine.chance import Dice
from liren.service.cases import services
from liren.service.cases.models import Case

OPENS, CLOSES = time(8, 30), time(18)


@dataclass
class Scene:
    """The place and the cast of one case. ``point`` is longitude and latitude, ``named`` the compound or street."""

    dice: Dice
    cast: Cast
    unit_id: int
    named: str
    point: tuple[float, float]
    category: str
    start: datetime
    case: Case | None = None
    reporter: Account | None = None
    fitting: str = ""

    # --- when

    def office(self, moment: datetime) -> datetime:
        """The same moment, or the next in which somebody sits in the office."""
        here = timezone.localtime(moment)
        if here.time() > CLOSES:
            here += timedelta(days=1)
        if here.time() > CLOSES or here.time() < OPENS:
            here = datetime.combine(here.date(), OPENS, here.tzinfo) + timedelta(minutes=self.dice.whole(2, 90))
        while here.weekday() > 4:
            here += timedelta(days=1)
        return here

    def hours(self, moment: datetime, low: float, high: float) -> datetime:
        """Some hours later."""
        return moment + timedelta(hours=self.dice.uniform(low, high))

    def awake(self, moment: datetime) -> datetime:
        """The same moment, or the next morning, when residents write."""
        here = timezone.localtime(moment)
        if 7 <= here.hour < 22:
            return here
        return here.replace(hour=7, minute=self.dice.whole(1, 59)) + timedelta(days=here.hour >= 22)

    def soon(self, moment: datetime) -> datetime:
        """When somebody takes it who takes it in time."""
        severity = self.the_case.severity
        if severity == "critical":
            return self.hours(moment, 0.06, 0.4)
        return self.hours(moment, 0.2, 1.7) if severity == "urgent" else self.office(self.hours(moment, 0.3, 5))

    def done(self, moment: datetime, late: bool = False) -> datetime:
        """When it is put right: in time, or well after it."""
        severity = self.the_case.severity
        if severity == "critical":
            return self.hours(moment, 3, 6) if late else self.hours(moment, 0.5, 1.3)
        if severity == "urgent":
            return self.hours(moment, 30, 70) if late else self.hours(moment, 2, 19)
        low, high = (9 * 24, 13 * 24) if late else (10, 70)
        return self.office(self.hours(moment, low, high))

    # --- who

    @property
    def the_case(self) -> Case:
        """The case, which has been reported."""
        if self.case is None:
            raise RuntimeError("not reported yet")
        return self.case

    @property
    def desk(self) -> Account:
        """Who works on it at the desk of its community."""
        return self.cast.worker(self.the_case.unit_id)

    @property
    def clerk(self) -> Account:
        """The clerk of the body that has it."""
        return self.cast.clerks[self.the_case.body_id or 0]

    # --- what

    def reported(self, at: datetime, words: str = "") -> Case:
        """Somebody reports it: on the web, at the counter, on the telephone, on a round."""
        text, address, self.fitting = matters.said(self.dice, self.category, self.named)
        text = words.format(at=address) or text
        people = self.cast.residents.get(self.unit_id, [])
        channel = self.dice.pick(("web", "web", "phone", "phone", "counter", "visit"))
        lon, lat = self.point
        more: dict[str, Any] = {
            "lon": lon,
            "lat": lat,
            "unit_id": self.unit_id,
            "address": address,
            "category": self.category,
        }
        if channel == "web" and people:
            self.reporter = self.dice.pick(people)
            taken = services.report("request", text=text, channel=channel, by=self.reporter, at=at, **more)
        else:
            channel = "phone" if channel == "web" else channel
            by = self.cast.tried["demo-phone"] if channel == "phone" else self.cast.worker(self.unit_id)
            taken = services.report("request", text=text, channel=channel, taken_by_desk=True, by=by, at=at, **more)
        self.case = taken.case
        return taken.case

    def move(self, code: str, *, by: Account, at: datetime, **more: Any) -> Case:
        """One move; the case as it stands afterwards."""
        self.case = services.move(self.the_case.pk, code, by=by, at=at, **more)
        return self.case

    def answer(self, at: datetime, note: str = "") -> Case:
        """The answer of whoever has it."""
        note = note or self.fitting
        if self.the_case.state == "in_work":
            return self.move("answer", note=note, values={"result": "fixed"}, by=self.clerk, at=at)
        return self.move("answer_here", note=note, values={"result": "fixed"}, by=self.desk, at=at)

    def judge(self, at: datetime, move: str, note: str = "", **values: str) -> Case:
        """The word of the reporter, or what was said when the hotline called back."""
        by = self.reporter or self.cast.tried["demo-phone"]
        return self.move(move, note=note, values=values or None, by=by, at=at)


@cache
def picture(word: str) -> bytes:
    """A drawing that stands for a photograph: a wall, a door, a mark."""
    image = Image.new("RGB", (480, 320), "#d9dfe3")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 230, 480, 320), fill="#9aa5ab")
    draw.rectangle((150, 60, 330, 230), fill="#f2efe8", outline="#5f6b72", width=4)
    colour = "#3b7f5c" if word == "after" else "#b3622f"
    draw.rectangle((190, 110, 290, 230), fill=colour, outline="#38424a", width=3)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
