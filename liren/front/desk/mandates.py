"""Mandates: who holds which role in my area, granting one, ending one (R035, R367)."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import can
from liren.foundation.people import queries, services
from liren.foundation.people.models import Account, Mandate, Role, Way
from liren.foundation.territory.models import Unit
from liren.front.desk.export import csv_reply, export_url
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField, TextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset

MINUTES_OF_A_WEEK = 7 * 24 * 60


class MandateFilter(DeskForm):
    """Which mandates to show: those of a unit and below, those of one role, those that hold on a day."""

    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")
    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=Role.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("all"),
    )
    on = DayField(label=gettext_lazy("Held on"), required=False)

    def rows(self) -> QuerySet[Mandate]:
        chosen: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        rows = Mandate.objects.visible_to(self.actor).select_related("account", "role", "unit")
        if unit := chosen.get("unit"):
            rows = rows.filter(unit__path__startswith=unit.path)
        if role := chosen.get("role"):
            rows = rows.filter(role=role)
        if day := chosen.get("on"):
            rows = rows.filter(during__contains=day)
        return rows


class GrantForm(DeskForm):
    """Role, unit and dates for one account, found by user name."""

    username = TextField(
        label=gettext_lazy("User name of the account"), max_length=32, help_text=gettext_lazy("As the person signs in.")
    )
    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"), queryset=Role.objects.filter(is_retired=False), to_field_name="code"
    )
    unit = UnitField(label=gettext_lazy("In the unit"))
    way = forms.ChoiceField(
        label=gettext_lazy("How the person was chosen"), choices=[("", "—"), *Way.choices], required=False
    )
    instrument = TextField(
        label=gettext_lazy("By which decision"),
        required=False,
        help_text=gettext_lazy("Title and number, for example of the election's minutes or the letter of engagement."),
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty while no end is set.")
    )
    duties = LongTextField(
        label=gettext_lazy("Duties"), max_length=400, required=False, help_text=gettext_lazy("Needed for grid workers.")
    )
    weekly_minutes = CountField(
        label=gettext_lazy("Working time in a week, in minutes"),
        min_value=1,
        max_value=MINUTES_OF_A_WEEK,
        required=False,
        help_text=gettext_lazy("Needed for grid workers; 2,400 minutes are 40 hours."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = queries.roles_to_give(self.actor)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]  # a choice of rows
        grounds = [
            _("%(role)s: %(ground)s") % {"role": one.name, "ground": one.ground} for one in roles if one.appointed_by
        ]
        if grounds:
            self.fields["way"].help_text = format_html_join(SafeString("<br>"), "{}", ((one,) for one in grounds))
        else:
            del self.fields["way"], self.fields["instrument"]

    def clean_username(self) -> Account:
        account = Account.objects.filter(username=self.cleaned_data["username"].lower(), is_active=True).first()
        if account is None:
            raise forms.ValidationError(_("No account has this user name. Ask the person to sign up first."))
        return account

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first day."))
        role = data.get("role")
        for name in ("way", "instrument"):
            if role and role.appointed_by and not data.get(name):
                self.add_error(name, _("This role needs it: the law says how it is filled."))
        return data


class EndForm(forms.Form):
    """From when a mandate holds no more."""

    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Ended today, it gives no power from this moment on."),
    )
    reason = TextField(label=gettext_lazy("Reason"), required=False)


@desk("people.see_mandates")
def mandate_list(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.see_mandates")
    chosen = MandateFilter(request.GET, actor=actor_of(request))
    page = keyset(request, chosen.rows().prefetch_related("role__powers"), key="id")
    by = actor_of(request)
    context = {
        "title": _("Mandates"),
        "filter": chosen,
        "page": page,
        "export": export_url(request, "desk-mandates-csv"),
    }
    context["may_grant"] = by.holds("people.grant")
    context["endable"] = {one.pk for one in page if one.ended_at is None and can(by, "people.end_mandate", one)}
    return show(request, "desk/mandates.html", "", context)


@desk("people.see_mandates")
def mandate_csv(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.see_mandates")
    rows = MandateFilter(request.GET, actor=actor_of(request)).rows().order_by("id")
    header = [
        _("Name"),
        _("Role"),
        _("Unit"),
        _("Division code"),
        _("First day"),
        _("Last day"),
        _("Minutes in a week"),
    ]
    return csv_reply("mandates", header, (_line(row) for row in rows.iterator(500)))


def _line(row: Mandate) -> list[object]:
    who = row.account.display_name
    return [who, row.role.name, row.unit.name, row.unit.code, row.starts_on, row.ends_on, row.weekly_minutes]


@desk("people.grant", *FORM)
def mandate_grant(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.grant")
    form = GrantForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _grant(request, **form.cleaned_data)):
        return done(request, "desk/form.html", "", {}, to="desk-mandates", message=_("The mandate is granted."))
    context = {"title": _("Grant a mandate"), "form": form, "button": _("Grant"), "back": reverse("desk-mandates")}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _grant(request: HttpRequest, *, username: Account, role: Role, unit: Unit, **facts: Any) -> None:
    services.grant_mandate(
        username.pk,
        role=role.code,
        unit_id=unit.pk,
        start=facts.pop("starts_on"),
        end=facts.pop("ends_on"),
        by=actor_of(request),
        at=timezone.now(),
        **facts,
    )


def _end(request: HttpRequest, pk: int, *, last_day: date, reason: str) -> None:
    services.end_mandate(pk, last_day=last_day, reason=reason, by=actor_of(request), at=timezone.now())


@desk("people.grant", *FORM)
def mandate_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    visible = Mandate.objects.visible_to(actor_of(request)).select_related("account", "role", "unit")
    mandate = may(request, "people.end_mandate", get_object_or_404(visible, pk=pk))
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last_day": timezone.localdate()})
    if form.is_valid() and accepted(form, lambda: _end(request, pk, **form.cleaned_data)):
        return done(request, "desk/mandate_end.html", "", {}, to="desk-mandates", message=_("The mandate is ended."))
    context = {"title": _("End a mandate"), "form": form, "mandate": mandate, "back": reverse("desk-mandates")}
    return show(request, "desk/mandate_end.html", "", context, status=422 if form.is_bound else 200)
