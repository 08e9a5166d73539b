"""Settings are safe by default: without secrets nothing starts, and production insists on HTTPS."""

import logging
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from liren.config import databases, env, settings

SHOW = (
    "from liren.config import settings as s;"
    "print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0,"
    " s.ALLOWED_HOSTS, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
)
SECRETS = {"LIREN_SECRET_KEY": "x" * 60, "LIREN_DATA_KEY": "eA==", "LIREN_LOOKUP_KEY": "eA=="}
PLACE = {"DATABASE_URL": "postgresql://nobody@db.example.cn/liren", "PATH": os.environ["PATH"]}


def settings_with(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_without_a_secret_it_does_not_start_and_names_it(missing):
    answer = settings_with({**PLACE, **{name: value for name, value in SECRETS.items() if name != missing}})
    assert answer.returncode != 0
    assert f"Set the environment variable {missing}" in answer.stderr


@pytest.mark.slow
def test_production_is_the_default():
    answer = settings_with({**PLACE, **SECRETS})
    assert answer.stdout.strip() == "False True True True True [] False"


@pytest.mark.slow
def test_debug_needs_a_local_run():
    answer = settings_with({**PLACE, **SECRETS, "LIREN_DEBUG": "1"})
    assert answer.stdout.startswith("False ")


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("YES", True), ("off", False), ("", False)])
def test_a_flag_is_read_in_the_usual_words(monkeypatch, value, meant):
    monkeypatch.setenv("LIREN_X", value)
    assert env.flag("LIREN_X") is meant


@pytest.mark.parametrize(("read", "value"), [(env.flag, "maybe"), (lambda name: env.number(name, 1), "many")])
def test_a_value_that_cannot_be_meant_is_refused(monkeypatch, read, value):
    monkeypatch.setenv("LIREN_X", value)
    with pytest.raises(ImproperlyConfigured, match="LIREN_X"):
        read("LIREN_X")


def test_a_database_url_is_taken_apart():
    place = databases.from_url("postgresql://a%40b:p%2Fw@db:5433/city?sslmode=require")
    assert place == {
        "NAME": "city", "USER": "a@b", "PASSWORD": "p/w", "HOST": "db", "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


def test_a_socket_folder_may_stand_in_the_url():
    assert databases.from_url("postgresql://liren_app@/liren?host=/run/liren")["HOST"] == "/run/liren"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "liren"])
def test_another_url_is_refused_with_the_right_form(url):
    with pytest.raises(ImproperlyConfigured, match="postgresql://user:password@host:port/name"):
        databases.from_url(url)


def test_every_connection_has_a_time_limit_and_is_looked_at_first(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db/city?connect_timeout=3")
    monkeypatch.setenv("LIREN_DB_POOL", "1")
    monkeypatch.setenv("LIREN_ROLE", "app")
    place = databases.databases()["default"]
    assert "statement_timeout=15000" in place["OPTIONS"]["options"]
    assert (place["CONN_HEALTH_CHECKS"], place["CONN_MAX_AGE"]) == (True, 0)
    assert (place["OPTIONS"]["connect_timeout"], place["OPTIONS"]["pool"]["max_size"]) == ("3", 8)


def test_a_refused_request_gets_one_line_in_the_log() -> None:
    trouble = (ValueError, ValueError("too much"), None)
    kept = [
        settings.without_traceback(record) and record.exc_info
        for name in ("django.security.RequestDataTooBig", "django.request")
        for record in [logging.LogRecord(name, logging.ERROR, "", 0, "", None, trouble)]
    ]
    assert kept == [None, trouble]
