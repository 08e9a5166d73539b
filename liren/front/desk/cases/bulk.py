"""Many cases, one move: each row is a call of its own in a transaction of its own, and has a result of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.reply import show
from liren.foundation.policy.queries import pinned
from liren.front.desk.cases import words
from liren.front.desk.fields import LongTextField
from liren.front.desk.gate import FORM, desk
from liren.service.cases import queries, services
from liren.service.cases.models import Case, by_versions

PAGE = "desk/cases/bulk.html"
MOST = 100
TICK = re.compile(r"([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})", re.ASCII)


@dataclass
class Ticked:
    """A case that was ticked: as it stood when the list was drawn, and what became of it."""

    case: Case
    spec: Any
    seen: int
    moves: list[Any]
    fault: str = ""
    is_done: bool = False

    @property
    def state_words(self) -> str:
        return str(self.spec.state(self.case.state).name.text(words.language()))

    @property
    def name(self) -> str:
        found = self.spec.category(self.case.category)
        return str((found or self.spec).name.text(words.language()))


class BulkForm(forms.Form):
    """Which move, and one note for all."""

    move = forms.ChoiceField(label=gettext_lazy("Which step"))
    note = LongTextField(label=gettext_lazy("Note, the same for all"), max_length=5000, required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["move"].choices = choices  # type: ignore[attr-defined]  # a choice field


def ticked(request: HttpRequest, actor: Any) -> list[Ticked]:
    """The cases that were ticked and are the actor's work, in the order of the list."""
    given = request.POST if request.method == "POST" else request.GET
    found = [TICK.fullmatch(one) for one in given.getlist("case")[: MOST + 1]]
    seen = {int(one[1]): int(one[2]) for one in found if one}
    if len(seen) > MOST:
        raise BadInput(_("At most %(most)s cases are moved at once.") % {"most": MOST})
    rows = Case.objects.worked_by(actor).filter(pk__in=seen).select_related("unit", "body").defer("search")
    by_pk = {one.pk: one for one in rows}
    cases = [by_pk[pk] for pk in seen if pk in by_pk]
    specs = by_versions({one.written_as_id for one in cases})
    queries.look_up(cases, actor, specs.values())
    with_spec = [(one, specs[one.written_as_id]) for one in cases]
    return [Ticked(one, spec, seen[one.pk], queries.open_moves(one, actor, spec)) for one, spec in with_spec]


def choices(rows: list[Ticked]) -> list[tuple[str, str]]:
    """Moves that some of them allow and that need no answers or papers of their own, with how many allow them."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for one in row.moves:
            if not (one.asks or one.evidence or one.consents or one.effect == "verdict"):
                found.setdefault(one.code, []).append(one)
    counted = [(code, many[0].name.text(words.language()), len(many)) for code, many in found.items()]
    words_of = pgettext("bulk", "%(move)s (%(count)s of %(all)s)")
    return [(code, words_of % {"move": name, "count": count, "all": len(rows)}) for code, name, count in counted]


@desk("cases.move", *FORM)
def bulk(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, words.DESK)
    rows = ticked(request, actor)
    form = BulkForm(request.POST if request.method == "POST" else None, choices=choices(rows))
    context = {"title": _("Move several cases"), "rows": rows, "form": form, "is_done": False}
    if form.is_valid() and rows:
        context |= {"is_done": True, "done": move_each(rows, actor, **form.cleaned_data)}
        return show(request, PAGE, "", context)
    return show(request, PAGE, "", context, status=422 if form.is_bound else 200)


@pinned()
def move_each(rows: list[Ticked], actor: Any, *, move: str, note: str) -> int:
    """Move one after the other by one state of the packs; what is refused is said in its row and stops no other."""
    for row in rows:
        try:
            row.case = services.move(row.case.pk, move, note=note, seen=row.seen, by=actor, at=timezone.now())
            row.is_done = True
        except LirenError as error:
            row.fault = error.said
            row.case.refresh_from_db()
    return sum(row.is_done for row in rows)
