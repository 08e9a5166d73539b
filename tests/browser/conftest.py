"""A real Chromium for the pages: one browser, one page for each pair of width and language, a live server, axe."""

import os
import shutil
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.browser import walk
from tests.make import policy, shelf

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: The first without windows, tabs and a page of its own: it needs half the time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("LIREN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser and is slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.needs_browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; absent on some machines, and then said loudly."""
    missing = [name for name, there in (("Chromium", CHROMIUM), ("axe-core", AXE.exists())) if not there]
    if missing:
        warnings.warn(pytest.PytestWarning(f"NOT TESTED IN A BROWSER: {' and '.join(missing)} absent"), stacklevel=1)
        pytest.skip("a browser is absent: apt install chromium, npm ci")
    from playwright.sync_api import sync_playwright

    # Playwright's own event loop runs in this thread; Django would take it for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Only maps are drawn with WebGL; pages themselves are put together faster without a card that is none.
    flags = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    flags += ["--disable-gpu-compositing", "--disable-gpu-rasterization"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[LiveServer]:
    """A live server on the test database, whoever fills it.

    Browsers keep its style and scripts, as they do with a site: else each page brought a map of a megabyte anew.
    """
    fresh = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: Any) -> Any:
        is_axe = request.path_info == walk.AXE_PATH
        answer = HttpResponse(AXE.read_bytes(), "text/javascript") if is_axe else fresh(handler, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StaticFilesHandler, "serve", kept)
        running = LiveServer("localhost")
        yield running
        running.stop()


def built() -> make.City:
    """The small city with its documents and registers."""
    city = make.small_city()
    policy.library(city.city.code)
    shelf.shelf(*city.communities[:4])
    return city


@pytest.fixture
def site(server: LiveServer, transactional_db: None, chromium: Any) -> Iterator[walk.Site]:
    """The small city on a live server, and a browser that looks at it; built anew for a test that changes it."""
    site = walk.Site(server.url, chromium, built())
    yield site
    site.close()


@pytest.fixture(scope="module")
def standing(server: LiveServer, django_db_setup: None, django_db_blocker: Any) -> Iterator[make.City]:
    """The small city, committed once for a file whose tests look at it and leave it as it was.

    Such a file calls it ``db``, the name by which pytest-django learns that there must be a test database.
    """
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "this is no database to be emptied"
        yield built()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, allow_cascade=False)


def session_of(person: Any, *methods: str) -> str:
    """A session of this person, who has just proved these methods."""
    client = Client()
    client.force_login(person)
    session = client.session
    proved = [{"method": method, "at": time.time(), "reauthenticated": True} for method in methods]
    session["account_authentication_methods"] = proved
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return str(client.cookies["sessionid"].value)


@pytest.fixture
def resident(site: walk.Site) -> str:
    """The session of somebody who lives in the first community."""
    person = make.resident(site.city.communities[0], password=make.people.PASSWORD)
    return session_of(person, "password")


@pytest.fixture
def officials(site: walk.Site) -> dict[str, str]:
    """Sessions of officials of the city by role, each with a second factor; a claim waits for them."""
    make.resident(site.city.communities[1], verified=False)
    made = {role: make.official(role, site.city.city) for role in walk.ROLES}
    made["community_worker"] = make.official("community_worker", site.city.communities[0])
    for person in made.values():
        make.second_factor(person)
    return {role: session_of(person, "password", "mfa") for role, person in made.items()}
