"""Before a picture is shown to everybody: faces and plates are marked on it, or somebody says that there are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.covering import MOST_AREAS, Area
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.front.desk.cases import words
from liren.front.desk.cases.casepage import told_if_moved_on
from liren.front.desk.cases.forms import said
from liren.front.desk.cases.standing import Standing, standing_for
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.service.cases import queries, services

PAGE = "desk/cases/cover.html"
#: Cells that can be ticked on the picture where no rectangle can be drawn, and empty lines for numbers.
ACROSS, DOWN, LINES = 12, 9, 3
SIDES = ("left", "top", "width", "height")


def _cells() -> list[tuple[str, str]]:
    spots = ((row, column) for row in range(1, DOWN + 1) for column in range(1, ACROSS + 1))
    return [(f"{row}-{column}", _("Row %(row)s, column %(column)s") % {"row": row, "column": column})
            for row, column in spots]  # fmt: skip


class CoverForm(forms.Form):
    """What is covered: rectangles in percent of the picture, cells of a grid on it, or the word that nothing is."""

    cover = forms.ChoiceField(
        label=gettext_lazy("Faces and number plates"),
        choices=[
            ("blurred", gettext_lazy("I marked every face and every number plate")),
            ("nothing", gettext_lazy("I looked: there is no face, no number plate and no name in it")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say what is to be covered before the picture is shown to everybody.")
        },
    )
    cells = forms.MultipleChoiceField(choices=_cells, required=False, widget=forms.CheckboxSelectMultiple)

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """The rectangles as they were typed, and some empty lines."""
        return [*self._typed(), *([("",) * len(SIDES)] * LINES)]

    def _typed(self) -> list[tuple[str, ...]]:
        several = self.data if isinstance(self.data, MultiValueDict) else MultiValueDict()
        columns = [several.getlist(side)[:MOST_AREAS] for side in SIDES]
        return [line for line in zip(*columns, strict=False) if any(one.strip() for one in line)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        try:
            found["areas"] = [*self._drawn(), *map(_cell, found.get("cells", ()))]
        except BadInput as wrong:
            raise forms.ValidationError(f"{wrong.said} {wrong.next_step}") from wrong
        return found

    def _drawn(self) -> Iterator[Area]:
        for line in self._typed():
            try:
                left, top, width, height = (float(one) / 100 for one in line)
            except ValueError as wrong:
                raise BadInput(
                    _("An area needs four numbers."), next_step=_("Give it in percent, 0 to 100.")
                ) from wrong
            yield Area(left, top, width, height)


def _cell(name: str) -> Area:
    row, column = (int(one) - 1 for one in name.split("-"))
    return Area(column / ACROSS, row / DOWN, 1 / ACROSS, 1 / DOWN)


@desk("cases.move", *FORM)
@told_if_moved_on
def publish(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    standing = standing_for(request, number)
    file = next((one for one in standing.it.files if one.pk == pk), None)
    if file is None or not file.width:
        raise queries.NoCase.unknown()
    may(request, "cases.moderate", standing.case.unit)
    if request.POST.get("back"):
        return withdrawn(request, standing, pk)
    form = CoverForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and said(form, lambda: released(request, pk, form)):
        return done(request, "", "", {}, to=words.home_of(number), message=_("Everybody sees this picture now."))
    context = {"title": _("Show the picture to everybody"), "standing": standing, "case": standing.case, "file": file}
    return show(request, PAGE, "", context | {"form": form}, status=422 if form.is_bound else 200)


def released(request: HttpRequest, pk: int, form: CoverForm) -> None:
    asked = form.cleaned_data
    facts = {"cover": asked["cover"], "areas": asked["areas"]}
    services.publish_file(pk, **facts, by=actor_of(request), at=timezone.now())


def withdrawn(request: HttpRequest, standing: Standing, pk: int) -> HttpResponseBase:
    services.withdraw_file(pk, by=actor_of(request), at=timezone.now())
    message = _("The picture is taken back.")
    return done(request, "", "", {}, to=words.home_of(standing.case.number), message=message)
