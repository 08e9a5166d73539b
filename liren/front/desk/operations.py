"""Operations on the tree, each as form → preview → confirm (R023, R024).

The preview is the service itself, rolled back: what is shown is what will be recorded, or the refusal to come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Unit
from liren.front.desk.fields import PaperForm
from liren.front.desk.gate import FORM, View, actor_of, desk, unit_for
from liren.front.desk.operation_forms import (
    ConvertForm,
    CreateForm,
    EndForm,
    MergeForm,
    MoveForm,
    RenameForm,
)
from liren.front.desk.preview import Preview, dry_run
from liren.front.desk.refusals import accepted
from liren.front.desk.split_form import SplitForm
from liren.front.kit.templatetags.kit import plain_day

PAGE = "desk/operation.html"
CHANGE = "territory.change"
Run = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """Words, form and service of one operation. ``run`` takes the unit, the form's facts, ``by`` and ``at``."""

    title: Promise
    lede: Promise
    form: Callable[..., PaperForm]
    run: Run
    guarded_unit: Callable[[Unit], Unit] = staticmethod(lambda unit: unit)


def _create(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.create_unit(parent_id=unit.pk, by=by, at=at, **facts)


def _rename(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.rename_unit(unit.pk, by=by, at=at, **facts)


def _convert(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.convert_unit(unit.pk, by=by, at=at, **facts)


def _move(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.move_unit(unit.pk, by=by, at=at, **facts)


def _abolish(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.abolish_unit(unit.pk, by=by, at=at, **facts)


def _dissolve(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.undistrict_unit(unit.pk, by=by, at=at, **facts)


def _merge(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.merge_units([unit.pk, *facts.pop("others")], by=by, at=at, **facts)


def _split(unit: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.split_unit(unit.pk, by=by, at=at, **facts)


def page(operation: Operation) -> View:
    """The view of one operation."""

    @desk(CHANGE, *FORM)
    def view(request: HttpRequest, code: str) -> HttpResponseBase:
        return operate(request, operation, unit_for(request, code, CHANGE, as_if=operation.guarded_unit))

    return view


def operate(request: HttpRequest, operation: Operation, unit: Unit) -> HttpResponseBase:
    """The form, what it would change, or where to go when it is done."""
    form = operation.form(_bound(request), unit=unit, actor=actor_of(request))
    step = request.POST.get("step") if form.is_bound else "edit"
    if step == "edit" or not form.is_valid():
        return _form_page(request, operation, unit, form, is_refused=step != "edit")
    if form.asks_more():
        return _form_page(request, operation, unit, form)
    if step == "confirm" and _carry_out(operation, unit, form):
        return done(request, PAGE, "", {}, to=_where(unit), message=_recorded(form))
    preview = None if form.errors else _preview(operation, unit, form)
    return _form_page(request, operation, unit, form, preview=preview, is_refused=bool(form.errors))


def _recorded(form: PaperForm) -> str:
    """That it is done; for a day to come also when it will show."""
    day = form.cleaned_data.get("effective_on")
    if day is None or day <= timezone.localdate():
        return _("The change is recorded.")
    return _("The change is recorded. It takes effect on %(day)s.") % {"day": plain_day(day)}


def _bound(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _where(unit: Unit) -> str:
    """The card of the unit under the code that it has now."""
    return reverse("desk-unit", args=[Unit.objects.values_list("code", flat=True).get(pk=unit.pk)])


def _act(operation: Operation, unit: Unit, form: PaperForm, at: datetime) -> Run:
    return partial(operation.run, unit, by=form.actor, at=at, **form.facts())


def _carry_out(operation: Operation, unit: Unit, form: PaperForm) -> bool:
    return accepted(form, _act(operation, unit, form, timezone.now()))


def _preview(operation: Operation, unit: Unit, form: PaperForm) -> Preview | None:
    at = timezone.now()
    seen: list[Preview] = []
    accepted(form, lambda: seen.append(dry_run(_act(operation, unit, form, at), by=form.actor, at=at)))
    return seen[0] if seen else None


def _form_page(
    request: HttpRequest,
    operation: Operation,
    unit: Unit,
    form: PaperForm,
    *,
    preview: Preview | None = None,
    is_refused: bool = False,
) -> HttpResponseBase:
    context = {
        "title": operation.title,
        "lede": operation.lede,
        "unit": unit,
        "chain": queries.chain(unit),
        "form": form,
        "preview": preview,
        "carried": form.carried() if preview else [],
    }
    return show(request, PAGE, "", context, status=422 if is_refused or form.errors else 200)


def _below(unit: Unit) -> Unit:
    """A new unit is judged as if it stood below its parent already."""
    return Unit(parent=unit)


unit_create = page(
    Operation(
        gettext_lazy("Create a unit"),
        gettext_lazy("The new unit will stand below the one named above."),
        CreateForm,
        _create,
        guarded_unit=_below,
    )
)
unit_rename = page(
    Operation(
        gettext_lazy("Rename a unit"),
        gettext_lazy("The old name stays in the history and can still be found by search."),
        RenameForm,
        _rename,
    )
)
unit_convert = page(
    Operation(
        gettext_lazy("Convert a unit"),
        gettext_lazy("Another legal form or another type, for example a town that becomes a street."),
        ConvertForm,
        _convert,
    )
)
unit_move = page(
    Operation(
        gettext_lazy("Move a unit"),
        gettext_lazy("The unit and everything below it will belong to another parent."),
        MoveForm,
        _move,
    )
)
unit_merge = page(
    Operation(
        gettext_lazy("Merge units"),
        gettext_lazy("The people of all the units go to one. What hangs below them goes along."),
        MergeForm,
        _merge,
    )
)
unit_split = page(
    Operation(
        gettext_lazy("Split a unit"),
        gettext_lazy("The people of the unit are shared out; the shares must sum to 100."),
        SplitForm,
        _split,
    )
)
unit_abolish = page(
    Operation(
        gettext_lazy("Abolish a unit"),
        gettext_lazy("The unit ends. Nothing may stand below it any more; its records and history stay."),
        EndForm,
        _abolish,
    )
)
unit_dissolve = page(
    Operation(
        gettext_lazy("Dissolve a unit"),
        gettext_lazy("The unit ends, and what stands below it answers to the level above from then on."),
        EndForm,
        _dissolve,
    )
)
