"""Pages for the tests of signing in, and the room's fixtures."""

from pathlib import Path

import allauth
import pytest
from django.core.cache import cache

from liren.foundation.people import sms

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liren.foundation.people.middleware.SecondFactor",
]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]


@pytest.fixture
def pages(settings):
    """allauth's plain templates and the pages above: what is tested here is behaviour, not looks."""
    templates = Path(allauth.__file__).parent / "templates"
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [
        {"BACKEND": backend, "DIRS": [templates], "OPTIONS": {"context_processors": PROCESSORS}},
        {"BACKEND": backend, "APP_DIRS": True, "NAME": "apps", "OPTIONS": {"context_processors": PROCESSORS}},
    ]
    settings.FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "tests.people.pages", MIDDLEWARE
    settings.LOGIN_REDIRECT_URL = "home"
    settings.LIREN_SMS = "console"
    settings.ACCOUNT_LOGIN_METHODS = {"username", "phone"}
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "phone", "password1*", "password2*"]
    cache.clear()
    sms.ConsoleGateway.sent.clear()
