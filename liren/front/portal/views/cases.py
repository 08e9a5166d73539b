"""Cases as residents see them: the public list, one case, finding by number, the reporter's own word."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.portal.cases import casepage, figures, finding, listing
from liren.front.portal.cases.forms import FindForm, MoveForm, NoteForm, VerdictForm

PAGE = "portal/cases/{}.html"


@guarded_by("cases.view")
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    form = listing.ListForm(request.GET)
    context = listing.page(request, form, as_actor(request.user))
    return show(request, PAGE.format("list"), "", context, status=200 if form.is_valid() else 422)


@guarded_by("cases.view")
@require_safe
def case_map(request: HttpRequest) -> HttpResponse:
    return listing.points(listing.ListForm(request.GET), as_actor(request.user))


@guarded_by("cases.view")
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    form = figures.FiguresForm(request.GET)
    context = figures.page(form, as_actor(request.user))
    return show(request, PAGE.format("figures"), "", context, status=200 if form.is_valid() else 422)


@guarded_by("cases.view")
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponseBase:
    return figures.table(request, figures.FiguresForm(request.GET), as_actor(request.user))


@guarded_by("cases.view")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    number = finding.found(request, form) if form.is_valid() else ""
    if not number:
        return show(request, PAGE.format("find"), "", {"form": form}, status=422 if form.is_bound else 200)
    return done(request, "", "", {}, to=reverse("case", args=[number]))


@guarded_by("cases.view")
@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, PAGE.format("case"), "", casepage.page(request, number))


@guarded_by("cases.view")
@never_cache
@require_safe
def by_receipt(request: HttpRequest, number: str, key: str) -> HttpResponse:
    finding.held(request, number, key)
    return redirect("case", number)


@guarded_by("cases.view")
@require_safe
def case_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return casepage.attached(request, number, pk)


@guarded_by("cases.follow")
@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, number: str) -> HttpResponse:
    if request.method != "POST":  # whoever had to sign in first comes back this way
        return redirect("case", number)
    it = casepage.join(request, number)
    left = bool(request.POST.get("leave"))
    message = _("You no longer follow this.") if left else _("You follow this: you are told what becomes of it.")
    return done(request, "", "", {}, to=reverse("case", args=[it.number]), message=message)


@guarded_by("cases.move")
@require_http_methods(["POST"])
def note(request: HttpRequest, number: str) -> HttpResponse:
    (it, actor), form = casepage.own(request, number), NoteForm(request.POST, request.FILES)
    if not (form.is_valid() and casepage.noted(it, actor, form)):
        return show(request, PAGE.format("case"), "", casepage.page(request, number, note_form=form), status=422)
    return done(
        request, "", "", {}, to=reverse("case", args=[number]), message=_("Added. Whoever works on it reads it.")
    )


@guarded_by("cases.move")
@require_http_methods(["POST"])
def verdict(request: HttpRequest, number: str) -> HttpResponse:
    (it, actor), form = casepage.own(request, number), VerdictForm(request.POST)
    if not (form.is_valid() and casepage.ruled(it, actor, form)):
        return show(request, PAGE.format("case"), "", casepage.page(request, number, verdict=form), status=422)
    again = form.cleaned_data["solved"] == "no" and form.cleaned_data["then"] == "again"
    message = _("It is taken up again.") if again else _("Thank you. Your word has been noted.")
    return done(request, "", "", {}, to=reverse("case", args=[number]), message=message)


@guarded_by("cases.move")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: str, code: str) -> HttpResponse:
    it, actor, found = casepage.step_of(request, number, code)
    facts = {"step": found, "spec": casepage.reading(it, actor).spec, "initial": {"seen": it.revision}}
    form = MoveForm(request.POST or None, request.FILES or None, **facts)
    if not (form.is_valid() and casepage.stepped(it, actor, code, form)):
        context = {"case": it, "form": form, "name": found.name.text(casepage.language())}
        return show(request, PAGE.format("step"), "", context, status=422 if form.is_bound else 200)
    return done(request, "", "", {}, to=reverse("case", args=[number]), message=_("Done."))


@guarded_by("signed_in")
@login_required
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/me/cases.html", "", listing.mine(request, as_actor(request.user)))
