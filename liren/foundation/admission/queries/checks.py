"""What the checks say of a wish before it is sent: why it would be refused, and what to mind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission.engine.fields import same_key
from liren.foundation.admission.engine.titles import plain, words_in
from liren.foundation.admission.models import ECONOMIC, FormField, Reach, WorkType
from liren.foundation.admission.queries.lists import looks_like, negative_list
from liren.foundation.admission.queries.questions import kept_questions
from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.engine.deadlines import Amount, WorkingDays, deadline
from liren.foundation.policy.queries import NotInPacks, parameter
from liren.foundation.territory.models import Unit

#: From this share of repeated questions on, a form asks for what is there already.
MOST_REPEATED = 0.6
AHEAD, DECIDE = "admission_apply_ahead_days", "admission_decide_days"
FORMS = (WorkType.FORM, WorkType.LEDGER, WorkType.SYSTEM)


class Wished(Protocol):
    """What is read of a wish (``services.Wish``)."""

    @property
    def work_type(self) -> str: ...
    @property
    def title_zh(self) -> str: ...
    @property
    def sender_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def communities(self) -> Sequence[int]: ...
    @property
    def first(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def is_assistance(self) -> bool: ...
    @property
    def is_comprehensive(self) -> bool: ...
    @property
    def money_fen(self) -> int | None: ...
    @property
    def conditions(self) -> str: ...
    @property
    def information(self) -> str: ...
    @property
    def guide_id(self) -> int | None: ...
    @property
    def fields(self) -> Sequence[str]: ...


#: What a check can find, in words. ``%(what)s`` is the matter, the words or the day that it is about.
SAYS: dict[str, Any] = {
    "negative_list": gettext_lazy("It is on the negative list: %(what)s."),
    "economic_target": gettext_lazy("Economic targets and investment tasks are not handed to communities: %(what)s."),
    "second_award": gettext_lazy("Only the one comprehensive award round is admitted; every other one is refused."),
    "award_at_that_time": gettext_lazy("An award round is admitted for these communities at that time: %(what)s."),
    "same_matter": gettext_lazy("The same matter is admitted already at that time: %(what)s."),
    "community_gone": gettext_lazy("A community does not exist on the first day: %(what)s."),
    "backdated": gettext_lazy("The first day lies in the past."),
    "too_late": gettext_lazy("Apply earlier: the first day can be %(what)s at the soonest."),
    "repeated_form": gettext_lazy("These questions are asked by another form already: %(what)s."),
    "some_repeated": gettext_lazy("Some questions are asked by another form already: %(what)s."),
    "kept_already": gettext_lazy("A register keeps some of these answers already; read them there: %(what)s."),
    "not_supported": gettext_lazy("It stays inactive until these are entered: %(what)s."),
}
STOPS = frozenset(
    {"negative_list", "economic_target", "second_award", "award_at_that_time", "same_matter", "community_gone",
     "backdated", "too_late", "repeated_form"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. ``stops``: the application is refused for it."""

    code: str
    what: str = ""
    items: Sequence[int] = field(default=())

    @property
    def stops(self) -> bool:
        return self.code in STOPS

    def text(self) -> str:
        """In the reader's language."""
        return str(SAYS[self.code]) % {"what": self.what} if self.what else str(SAYS[self.code])

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "what": self.what, "items": list(self.items)}


def blocking(found: Sequence[Finding]) -> list[Finding]:
    """Those for which an application is refused."""
    return [one for one in found if one.stops]


def findings(wish: Wished, *, on: date, ahead: bool = True) -> list[Finding]:
    """Everything that the checks find on a day. Called live by the form, and again when the application is sent.

    Args:
        ahead: whether the time by which one has to apply ahead counts (not for what was decided before this system).
    """
    found = [*_lists(wish, on), *_economic(wish), *_awards(wish), *_places(wish), *_days(wish, on, ahead=ahead)]
    return [*found, *_same_matter(wish), *_fields(wish), *_supports(wish)]


def _lists(wish: Wished, on: date) -> Iterator[Finding]:
    """Lists of the unit that decides, and those that hold in any community concerned: what a committee may refuse is
    not admitted first."""
    units = Unit.objects.filter(pk__in=[wish.unit_id, *wish.communities]).only("path")
    for item in looks_like(wish.title_zh, wish.work_type, negative_list(units, on)):
        yield Finding("negative_list", item.name, (item.pk,))


def _economic(wish: Wished) -> Iterator[Finding]:
    hits = words_in(wish.title_zh, ECONOMIC.split("|"))
    if hits:
        yield Finding("economic_target", "、".join(hits))


def _awards(wish: Wished) -> Iterator[Finding]:
    if wish.work_type != WorkType.AWARD:
        return
    if not wish.is_comprehensive:
        yield Finding("second_award")
        return
    there = _reaches(wish, WorkType.AWARD).select_related("admission").first()
    if there is not None:
        yield Finding("award_at_that_time", there.admission.title)


def _reaches(wish: Wished, work_type: str) -> Any:
    rows = Reach.objects.filter(community_id__in=list(wish.communities), work_type=work_type)
    return rows.filter(during__overlap=DateRange(wish.first, wish.end)) if wish.first < wish.end else rows.none()


def _same_matter(wish: Wished) -> Iterator[Finding]:
    if wish.work_type == WorkType.AWARD or wish.work_type not in WorkType.values:
        return
    rows = _reaches(wish, wish.work_type).filter(admission__sender_id=wish.sender_id)
    for pk, title in rows.order_by().values_list("admission_id", "admission__title_zh").distinct():
        if plain(title) == plain(wish.title_zh):
            yield Finding("same_matter", title, (pk,))


def _places(wish: Wished) -> Iterator[Finding]:
    there = Unit.objects.filter(pk__in=list(wish.communities))
    gone = [one.name for one in there if not one.exists_on(wish.first)]
    if gone:
        yield Finding("community_gone", "、".join(gone[:5]))


def _days(wish: Wished, on: date, *, ahead: bool) -> Iterator[Finding]:
    if wish.first < on:
        yield Finding("backdated")
    elif ahead:
        soonest = soonest_day(wish.unit_id, on)
        if wish.first < soonest:
            yield Finding("too_late", soonest.isoformat())


def soonest_day(unit_id: int, on: date) -> date:
    """The first day that can be applied for on a day: so many working days ahead as the packs say (Xicheng: 30)."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return on
    number = working_days(AHEAD, unit, on)
    if number is None:
        return on
    return kernel.calendar(unit.code).add_working_days(on, number).day


def decide_by(unit_id: int, at: datetime, *, unless: Amount | None = None) -> datetime | None:
    """By when the joint meeting of a unit has decided what is applied for at a moment: so many working days as the
    packs say there (Xicheng: 15); None where none does, or where they say ``unless``."""
    unit, on = Unit.objects.filter(pk=unit_id).first(), timezone.localdate(at)
    number = working_days(DECIDE, unit, on) if unit else None
    if unit is None or number is None or WorkingDays(number) == unless:
        return None
    return deadline(kernel.calendar(unit.code, as_of=at), at, WorkingDays(number)).at


#: Where a city sets nothing: what this platform declares for everybody.
EVERYWHERE = "common"


def working_days(code: str, unit: Unit, on: date) -> int | None:
    """A number of working days that the packs set in a unit on a day; None where none does."""
    for where in (unit.code, EVERYWHERE):
        try:
            return int(parameter(code, where, on=on).quantity.value)
        except NotInPacks:
            continue
    return None


def _fields(wish: Wished) -> Iterator[Finding]:
    """How much of the form others ask for already, by the same communities' admissions that hold then."""
    keys = {same_key(name): name for name in wish.fields}
    if not keys or wish.work_type not in FORMS:
        return
    yield from _kept(set(keys))
    there = Reach.objects.filter(community_id__in=list(wish.communities), during__contains=wish.first)
    rows = FormField.objects.filter(same__in=list(keys), admission_id__in=there.values("admission_id"))
    best = (
        rows.order_by().values("admission_id", "admission__title_zh")
        .annotate(hits=Count("same", distinct=True)).order_by("-hits", "admission_id").first()
    )  # fmt: skip
    if best is None:
        return
    code = "repeated_form" if best["hits"] / len(keys) >= MOST_REPEATED else "some_repeated"
    yield Finding(code, f"{best['admission__title_zh']} {best['hits']}/{len(keys)}", (best["admission_id"],))


def _kept(keys: set[str]) -> Iterator[Finding]:
    """How much of the form a register keeps already: told, and for the joint meeting to weigh."""
    kept = kept_questions()
    hits: dict[str, int] = {}
    for key in keys:
        for name in kept.get(key, ()):
            hits[name] = hits.get(name, 0) + 1
    if hits:
        name, most = min(hits.items(), key=lambda one: (-one[1], one[0]))
        yield Finding("kept_already", f"{name} {most}/{len(keys)}")


def _supports(wish: Wished) -> Iterator[Finding]:
    if not wish.is_assistance:
        return
    missing = [
        name
        for name, there in (
            (_("money"), wish.money_fen),
            (_("conditions"), wish.conditions.strip()),
            (_("information support"), wish.information.strip()),
            (_("guiding unit"), wish.guide_id),
        )
        if not there
    ]
    if missing:
        yield Finding("not_supported", "、".join(missing))
