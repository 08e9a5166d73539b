"""What all tests share: the outside data, closed sockets, and the list of requirements that were shown."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# The suite tries the same examples every time: a red build means a change, not luck. To explore, run with
# ``--hypothesis-profile=default --hypothesis-seed=N``, or with ``--hypothesis-profile=long`` over night.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.register_profile("long", deadline=None, max_examples=4_000)
hypothesis.settings.load_profile("suite")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("LIREN_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Iterator[Path]:
    """The folder of outside data; absent on most machines, and then said loudly at the end.

    The national list in it, 620,000 lines, is read once by each process, whoever asks for it first.
    """
    if not SHARED.is_dir():
        pytest.skip("the outside data are absent: set LIREN_SHARED_DATA")
    from liren.foundation.territory.services.imports import divisions

    read, kept = divisions.read_list, {}

    def once(folder: Path, *progress: Any) -> Any:
        if folder != SHARED / "divisions":
            return read(folder, *progress)
        if folder not in kept:
            kept[folder] = read(folder, *progress)
        return kept[folder]

    divisions.read_list = once
    yield SHARED
    divisions.read_list = read


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not SHARED.is_dir():
        terminalreporter.section("NOT TESTED AGAINST REAL DATA", sep="!", red=True)
        terminalreporter.write_line("The outside data are absent; LIREN_SHARED_DATA names their folder.")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """A database for this process, copied from one that was migrated once; in place of pytest-django's fixture."""
    from tests.make import database

    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        database.enter(worker)
    yield
    with django_db_blocker.unblock():
        database.leave()


@pytest.fixture(scope="session", autouse=True)
def _the_first_template_is_watched(django_test_environment: None) -> None:
    """A response knows the context of the template that its view named. Django's test client would copy it again for
    each of the templates inside, some hundred times a page."""
    from django.template.base import Template
    from django.test.signals import template_rendered

    def rendered(template: Template, context: Any) -> Any:
        if not hasattr(context, "was_watched"):
            context.was_watched = True
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = rendered


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> None:
    """Tests with real commits (``transaction=True``) empty the tables at their end, append-only ones too."""
    from tests.make.kernel import let_tests_empty_tables

    let_tests_empty_tables()


@pytest.fixture(autouse=True)
def _language_of_the_site() -> Iterator[None]:
    """A page fetched in English leaves its thread English; the next test begins in the language of the site."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _real_commits_stand_alone(request: pytest.FixtureRequest) -> None:
    """Inside what another test's file has built and not committed, real commits would be none."""
    mark = request.node.get_closest_marker("django_db")
    if mark and mark.kwargs.get("transaction"):
        from django.db import connection

        assert not connection.in_atomic_block, "tests with real commits need a file without a scene that stands"


#: What takes a minute or more comes first: the last tests of a run are short, and all processes end together.
LONG = (
    "tests/browser/test_accessible.py",
    "tests/rights/test_matrix.py",
    "tests/fuzz/test_forms.py",
    "tests/fuzz/test_addresses.py",
    "tests/registers/test_each.py",
    "tests/host/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG)))


class Shown:
    """Writes which requirements were shown by passing tests, for script/requirements."""

    def __init__(self, path: Path) -> None:
        self.path, self.results = path, {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        outcome = yield
        report = outcome.get_result()
        ids = [mark for marker in item.iter_markers("requirement") for mark in marker.args]
        if ids and (report.when == "call" or not report.passed):
            report.user_properties.append(("requirements", ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, ids in report.user_properties:
            if name == "requirements":
                self.results[report.nodeid] = {"requirements": ids, "outcome": report.outcome}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.results and not hasattr(session.config, "workerinput"):
            self.path.write_text(json.dumps(self.results, indent=0, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Argon2 is meant to be slow. The tests of signing in put it back in front.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": memory, "sessions": {**memory, "LOCATION": "sessions"}}
    out = os.environ.get("LIREN_REQUIREMENTS_OUT")
    if out:
        config.pluginmanager.register(Shown(Path(out)), "shown-requirements")
