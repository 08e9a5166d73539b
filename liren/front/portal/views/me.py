"""My page: where I live, how I can be reached, what I agreed to, who looked at my data, and the way out."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import guarded_by
from liren.foundation.people import services
from liren.foundation.people.models import AccessEntry
from liren.front.kit.pages import keyset
from liren.front.kit.refusals import accepted
from liren.front.portal import oneself
from liren.front.portal.forms import ClaimForm, ConsentForm, ContactForm, EraseForm, LeaveForm, ProfileForm

PAGE = "portal/me/{}.html"


@guarded_by("signed_in")
@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    return show(request, PAGE.format("me"), "", oneself.summary(oneself.person(request)))


@guarded_by("signed_in")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def residency(request: HttpRequest) -> HttpResponse:
    page, me_too = PAGE.format("residency"), oneself.person(request)
    asked = request.GET.get("code", "")[:20]
    form = ClaimForm(request.POST or None, initial={"code": asked})
    if not (form.is_valid() and accepted(form, lambda: oneself.claim(me_too, **form.cleaned_data, at=timezone.now()))):
        context = {"form": form, "place": oneself.place(asked), **oneself.homes(me_too)}
        return show(request, page, "", context, status=422 if form.is_bound else 200)
    message = _("Your claim has been sent to the community, which will confirm or refuse it.")
    return done(request, page, "", {}, to="me-residency", message=message)


@guarded_by("signed_in")
@login_required
@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    form = LeaveForm(request.POST, account=oneself.person(request))
    if not form.is_valid():
        context = {"form": ClaimForm(), "leave": form, **oneself.homes(oneself.person(request))}
        return show(request, PAGE.format("residency"), "", context, status=422)
    oneself.leave(form.cleaned_data["residency"], by=oneself.person(request), at=timezone.now())
    return done(request, "", "", {}, to="me-residency", message=_("Done: this residency is closed."))


@guarded_by("signed_in")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest) -> HttpResponse:
    page, me_too = PAGE.format("contacts"), oneself.person(request)
    form = ContactForm(request.POST or None)

    def change() -> None:
        oneself.change_contact(me_too, **form.cleaned_data, at=timezone.now())

    if not (form.is_valid() and accepted(form, change, field="value")):
        context = {"form": form, "contacts": oneself.contacts(me_too)}
        return show(request, page, "", context, status=422 if form.is_bound else 200)
    return done(request, page, "", {}, to="me-contacts", message=_("Your contact data have been changed."))


@guarded_by("signed_in")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    page, me_too = PAGE.format("consents"), oneself.person(request)
    form = ConsentForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "consents": oneself.consents(me_too)}
        return show(request, page, "", context, status=422 if form.is_bound else 200)
    oneself.decide(me_too, **form.cleaned_data, at=timezone.now())
    return done(request, page, "", {}, to="me-consents", message=_("Your decision has been noted."))


@guarded_by("signed_in")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    page, me_too = PAGE.format("profile"), oneself.person(request)
    now = {"display_name": me_too.display_name, "language": me_too.language}
    form = ProfileForm(request.POST or None, initial=now)
    if not form.is_valid():
        return show(request, page, "", {"form": form}, status=422 if form.is_bound else 200)
    services.correct_profile(me_too.pk, **form.cleaned_data, by=me_too, at=timezone.now())
    return done(request, page, "", {}, to="me", message=_("Your data have been corrected."))


@guarded_by("signed_in")
@login_required
@never_cache
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    looks = (
        AccessEntry.objects.visible_to(oneself.person(request))
        .filter(subject=oneself.person(request))
        .select_related("looker", "unit")
    )
    page = keyset(request, looks, key="id", down=True)
    lines = [(look, services.dataset_name(look.dataset), _(look.purpose)) for look in page]
    return show(request, PAGE.format("access"), "", {"page": page, "lines": lines})


@guarded_by("signed_in")
@login_required
@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    data = services.export_own_data(oneself.person(request).pk, by=oneself.person(request), at=timezone.now())
    if "download" not in request.GET:
        return show(request, PAGE.format("export"), "", {"parts": services.summary_of(data)})
    reply = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    reply["Content-Disposition"] = 'attachment; filename="liren-my-data.json"'
    return reply


@guarded_by("signed_in")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST or None, account=oneself.person(request))
    if not form.is_valid():
        return show(request, PAGE.format("erase"), "", {"form": form}, status=422 if form.is_bound else 200)
    services.erase_account(oneself.person(request).pk, by=oneself.person(request), at=timezone.now())
    logout(request)
    message = _("Your account has been erased. Goodbye, and thank you.")
    return done(request, "", "", {}, to=reverse("home"), message=message)
