"""A small site with real views: the middleware of the kernel in its order, and an actor named by a header."""

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from liren.foundation.kernel import errors, pages
from liren.foundation.kernel.audit import record
from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.inputs import json_body
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import ANONYMOUS, as_actor, guarded_by
from tests.make.kernel import person

MIDDLEWARE = [
    "liren.foundation.kernel.middleware.InputGuard",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "liren.foundation.kernel.middleware.ErrorPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tests.kernel.site.ActAs",
    "liren.foundation.kernel.middleware.Idempotency",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"kernel": "liren.foundation.kernel.templatetags.kernel"},
            "builtins": ["template_partials.templatetags.partials"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "page.html": "{% load kernel %}<html>{% for m in messages %}<p>{{ m }}</p>{% endfor %}"
                                "{% partialdef form inline %}<form>{% idempotency_key %}{{ says }}{{ message }}</form>"
                                "{% endpartialdef %}</html>",
                                "errors/page.html": "<html><h1>{{ message }}</h1><p>{{ next_step }}</p></html>",
                            },
                        )
                    ],
                )
            ],
        },
    }
]
SITE = {
    "ROOT_URLCONF": "tests.kernel.site",
    "MIDDLEWARE": MIDDLEWARE,
    "TEMPLATES": TEMPLATES,
    "LIREN_KEYED_VIEWS": ("tests.kernel.",),
    "SECURE_SSL_REDIRECT": False,
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
}


class ActAs:
    """The actor is the account number in X-Account; nobody without it."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.headers.get("X-Account")
        request.user = person(int(number)) if number else ANONYMOUS
        return self.get_response(request)


def effect(request: HttpRequest, **facts: Any) -> AuditEntry:
    return record("test.sent", None, by=as_actor(request.user), at=timezone.now(), **facts)


@guarded_by("public")
def page(request: HttpRequest) -> HttpResponse:
    return show(request, "page.html", "form", {"says": "hello"})


@guarded_by("public")
def send(request: HttpRequest) -> HttpResponse:
    """One effect per good form; a form without words is shown again."""
    effect(request, words=request.POST.get("words", ""), files=[f.read().decode() for f in request.FILES.values()])
    if not request.POST.get("words"):
        return show(request, "page.html", "form", {"says": "say something"}, status=422)
    return done(request, "page.html", "form", {"says": "said"}, to="page", message="Saved.")


def shown_again(request: HttpRequest) -> HttpResponse:
    effect(request)
    return TemplateResponse(request, "page.html", {"says": "preview"})


def body(request: HttpRequest) -> HttpResponse:
    """A view that reads JSON and keeps what it said."""
    value = json_body(request)
    effect(request, value=value)
    return JsonResponse({"value": str(value)[:20]})


def lookup(request: HttpRequest) -> HttpResponse:
    """A view that trusts its input and hands it to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_audit_entry WHERE actor = %s", [request.POST["words"]])
        cursor.execute("SELECT %s::bigint", [request.POST.get("number", "1")])
    return HttpResponseRedirect("/page/")


def slow(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)")
    return HttpResponse("never")


def twice(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_calendar_notice DEFAULT VALUES")
    return HttpResponse("never")


RAISED = {
    "conflict": errors.Conflict("It was closed yesterday.", next_step="Look at it."),
    "not-allowed": errors.NotAllowed("Not yours."),
    "bad-input": errors.BadInput("The end lies before the start."),
    "malformed": errors.Malformed("Half a request."),
    "too-many": errors.TooMany("Too fast."),
    "validation": ValidationError(["One.", "Two."]),
    "denied": PermissionDenied(),
    "missing": Http404(),
    "suspicious": SuspiciousOperation(),
    "ours": RuntimeError("a secret"),
    "recursion": RecursionError(),
    "surrogate": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
}


def broken(request: HttpRequest, what: str) -> HttpResponse:
    effect(request)
    raise RAISED[what]


urlpatterns = [
    path("page/", page, name="page"),
    path("en/page/", page),
    path("send/", send, name="send"),
    path("again/", shown_again),
    path("harmless/", repeat_is_harmless(lambda request: HttpResponseRedirect("/page/"))),
    path("body/", body),
    path("lookup/", lookup),
    path("slow/", slow),
    path("twice/", twice),
    path("broken/<what>/", broken),
]
handler400, handler403 = pages.bad_request, pages.permission_denied
handler404, handler500 = pages.page_not_found, pages.server_error
