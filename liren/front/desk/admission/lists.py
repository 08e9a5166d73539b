"""Keeping the three lists and two catalogues: draft a version, say what it changes and why, hear, publish."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import services
from liren.foundation.admission.models import ListKind, ListOp, ListRevision, ListState, WorkType
from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.fields import LinesField
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.fields import DayField, LongTextField, TextField
from liren.front.desk.gate import actor_of, desk, may
from liren.front.kit.pages import keyset

#: Days for comments that the form proposes.
USUAL = 15


def kept(actor: Any) -> Any:
    """Versions of lists of units where the actor keeps them."""
    return ListRevision.objects.filter(inside(paths_of(actor, reading.LISTS), "unit__path")).select_related("unit")


def keepers(actor: Any) -> Any:
    """Cities and districts of whose lists the actor may draft a version."""
    mine = Unit.objects.filter(inside(paths_of(actor, reading.LISTS), "path"), level__lte=Level.DISTRICT)
    return mine.filter(closed_on=None).order_by("level", "code")


@desk(reading.LISTS)
def versions(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.LISTS)
    actor = actor_of(request)
    context = {"title": _("Lists and catalogues"), "page": keyset(request, kept(actor), key="id", down=True)}
    context["units"] = list(keepers(actor)[:20])
    return show(request, "desk/admission/versions.html", "", context)


@desk(reading.LISTS)
def version(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = get_object_or_404(kept(actor_of(request)), pk=pk)
    may(request, reading.LISTS, row.unit)
    context = {"title": row.get_kind_display(), "row": row, "changes": row.changes.order_by("pk")}
    context["comments"] = row.comments.select_related("body").order_by("pk")
    context |= {"is_draft": row.state == ListState.DRAFT, "is_open": row.state in STEPS}
    return show(request, "desk/admission/version.html", "", context)


class DraftForm(GateForm):
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=ListKind.choices)
    reason = LongTextField(label=gettext_lazy("Why it is changed"))


class ChangeForm(GateForm):
    """What the version does to one matter."""

    op = forms.ChoiceField(label=gettext_lazy("What happens"), choices=ListOp.choices)
    code = TextField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and underscores; it stays the same through all versions."),
    )
    name_zh = TextField(label=gettext_lazy("Chinese name"), max_length=120)
    name_en = TextField(label=gettext_lazy("English name"), max_length=200, required=False)
    basis = TextField(label=gettext_lazy("Legal basis"), max_length=300)
    reason = LongTextField(label=gettext_lazy("Why"))
    work_type = forms.ChoiceField(
        label=gettext_lazy("Kind of work"), choices=[("", gettext_lazy("Any")), *WorkType.choices], required=False
    )
    words = LinesField(
        label=gettext_lazy("Words that betray it"),
        required=False,
        longest=40,
        most=20,
        help_text=gettext_lazy(
            "Negative list: an application whose name holds one of them is refused. One on each line."
        ),
    )


#: What may be done with a version as a whole, by its state.
STEPS = {
    ListState.DRAFT: [
        ("open", gettext_lazy("Open it for comments")),
        ("drop", gettext_lazy("Drop this version")),
    ],
    ListState.COMMENTS: [("publish", gettext_lazy("Publish it")), ("drop", gettext_lazy("Drop this version"))],
}


class StepForm(GateForm):
    """The next step of a version, with its day."""

    move = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    day = DayField(
        label=gettext_lazy("Last day for comments, or the day from which it holds"),
        required=False,
    )

    def fit(self) -> None:
        steps = STEPS.get(self.row.state, [])
        self.fields["move"].choices = steps  # type: ignore[attr-defined]  # a ChoiceField
        ahead = USUAL if self.row.state == ListState.DRAFT else 0
        self.initial.setdefault("day", timezone.localdate() + timedelta(days=ahead))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("move") in ("open", "publish") and not data.get("day"):
            self.add_error("day", _("Enter the day."))
        return data


def _draft(row: Unit, *, by: Actor, at: datetime, kind: str, reason: str) -> None:
    services.draft_list(kind, unit_id=row.pk, reason=reason, by=by, at=at)


def _step(row: ListRevision, *, by: Actor, at: datetime, move: str, day: Any) -> None:
    if move == "open":
        services.open_comments(row.pk, until=day, by=by, at=at)
    elif move == "publish":
        services.publish_list(row.pk, effective_on=day, by=by, at=at)
    elif move == "drop":
        services.drop_list(row.pk, by=by, at=at)
    else:
        raise Conflict(_("This step was done already."))


def to_version(row: ListRevision) -> str:
    return reverse("desk-gate-version", args=[row.pk])


def named(row: ListRevision) -> str:
    return str(row.get_kind_display())


DEEDS = (
    Deed(
        "desk-gate-draft",
        gettext_lazy("Draft a version"),
        gettext_lazy("Nothing changes before it was open for comments and is published."),
        gettext_lazy("Begin"),
        DraftForm,
        _draft,
        reading.LISTS,
        reading.places,
        lambda row: row,
        lambda row: reverse("desk-gate-versions"),
        lambda row: row.name,
    ),
    Deed(
        "desk-gate-change",
        gettext_lazy("Change one matter"),
        gettext_lazy("Every change names its legal basis and its reason; both are published."),
        gettext_lazy("Record"),
        ChangeForm,
        lambda row, **facts: services.propose_change(row.pk, **facts),
        reading.LISTS,
        kept,
        lambda row: row.unit,
        to_version,
        named,
    ),
    Deed(
        "desk-gate-version-step",
        gettext_lazy("Next step"),
        gettext_lazy(
            "Residents and committees comment before it is published; a version that is published stays as it is."
        ),
        gettext_lazy("Do it"),
        StepForm,
        _step,
        reading.LISTS,
        kept,
        lambda row: row.unit,
        to_version,
        named,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
