"""Looks at other people's data: opening one sealed contact for a purpose, and the review of such looks (R366, R367)."""

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.people import services
from liren.foundation.people.models import AccessGrant, Account, ContactKind, ReviewOutcome
from liren.front.desk.fields import DeskForm, LongTextField, TextField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset

PAGE = "desk/contact.html"
WAITING, REVIEWED = "waiting", "reviewed"


class ReviewFilter(DeskForm):
    """Grants that wait for review, or those that had it."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[(WAITING, gettext_lazy("Waiting for review")), (REVIEWED, gettext_lazy("Reviewed"))],
        required=False,
    )

    def rows(self) -> QuerySet[AccessGrant]:
        state = self.cleaned_data["state"] if self.is_valid() else WAITING
        rows = AccessGrant.objects.visible_to(self.actor).select_related("actor", "subject", "reviewed_by")
        return rows.filter(reviewed_at__isnull=state != REVIEWED)


class ReviewForm(forms.Form):
    """Was the look justified by its purpose?"""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Was this look justified?"), choices=ReviewOutcome.choices, widget=forms.RadioSelect
    )
    note = LongTextField(label=gettext_lazy("Note"), max_length=400, required=False)


class PurposeForm(forms.Form):
    """Which contact, and what for: the person reads the purpose."""

    kind = forms.ChoiceField(label=gettext_lazy("What do you need?"), choices=ContactKind.choices)
    purpose = TextField(
        label=gettext_lazy("What for?"),
        help_text=gettext_lazy("One sentence. The person reads it, and a data protection officer reviews it."),
    )


@desk("people.review_access")
def access_list(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.review_access")
    chosen = ReviewFilter(request.GET, actor=actor_of(request))
    page = keyset(request, chosen.rows(), key="id", down=True)
    return show(request, "desk/access.html", "", {"title": _("Access review"), "filter": chosen, "page": page})


@desk("people.review_access", *FORM)
def access_review(request: HttpRequest, pk: int) -> HttpResponseBase:
    grants = AccessGrant.objects.visible_to(actor_of(request)).select_related("actor", "subject", "contact")
    grant = may(request, "people.review_access", get_object_or_404(grants.prefetch_related("entries"), pk=pk))
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: _review(request, grant, **form.cleaned_data)):
        return done(request, "desk/access_review.html", "", {}, to="desk-access", message=_("The review is recorded."))
    context = {"title": _("Review a look"), "grant": grant, "form": form, "back": reverse("desk-access")}
    return show(request, "desk/access_review.html", "", context, status=422 if form.is_bound else 200)


def _review(request: HttpRequest, grant: AccessGrant, *, outcome: str, note: str) -> None:
    services.review_access(grant.uuid, outcome=outcome, note=note, by=actor_of(request), at=timezone.now())


@desk("people.open_contact", *FORM)
def contact_open(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = get_object_or_404(Account.objects.visible_to(actor_of(request)), pk=pk)
    may(request, "people.open_contact", person)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    opened: list[AccessGrant] = []
    if form.is_valid() and accepted(form, lambda: opened.append(_open(request, person, **form.cleaned_data))):
        return done(request, PAGE, "", {}, to=reverse("desk-contact", args=[opened[0].uuid]))
    context = {"title": _("Reach a resident"), "person": person, "form": form, "back": reverse("desk-residency")}
    return show(request, "desk/contact_open.html", "", context, status=422 if form.is_bound else 200)


def _open(request: HttpRequest, person: Account, *, kind: str, purpose: str) -> AccessGrant:
    return services.open_sealed_contact(person.pk, kind=kind, purpose=purpose, by=actor_of(request), at=timezone.now())


@desk("people.open_contact", *FORM)
def contact(request: HttpRequest, grant: UUID) -> HttpResponseBase:
    """The opened contact, while the grant lives; a POST closes it. Nobody else's grant shows anything."""
    mine = AccessGrant.objects.filter(actor_id=actor_of(request).pk).select_related("subject", "contact")
    found = get_object_or_404(mine, uuid=grant)
    if request.method == "POST":
        services.close_sealed_contact(grant, by=actor_of(request), at=timezone.now())
        return done(request, PAGE, "", {}, to="desk", message=_("The contact is closed again."))
    value = services.read_sealed_contact(grant, by=actor_of(request), at=timezone.now())
    return show(request, PAGE, "", {"title": _("Opened contact"), "grant": found, "value": value})
