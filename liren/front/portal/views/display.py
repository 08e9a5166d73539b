"""Light or dark, normal or large print: a choice kept on the device, no account and no JavaScript needed."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import guarded_by
from liren.front.kit.display import Display, display_of, keep
from liren.front.portal.forms import DisplayForm

PAGE = "portal/display.html"


@guarded_by("public")
@repeat_is_harmless
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    now = display_of(request)
    form = DisplayForm(request.POST or None, initial={"theme": now.theme, "print": now.print})
    if not form.is_valid():
        context = {"form": form, "next": back(request)}
        return show(request, PAGE, "", context, status=422 if form.is_bound else 200)
    return keep(HttpResponseRedirect(back(request)), Display(**form.cleaned_data), secure=request.is_secure())


def back(request: HttpRequest) -> str:
    """The page the visitor came from, if it is one of ours; else the home page."""
    to = (request.POST if request.method == "POST" else request.GET).get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if is_ours and to.isprintable() else reverse("home")
