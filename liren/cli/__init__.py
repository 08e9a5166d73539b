"""The ``liren`` command.

A group of commands is a module here with ``add(commands)``, which adds its parsers and names the handler:
``parser.set_defaults(run=handler)``. A handler gets the parsed arguments, calls ``cli.django()`` before it touches a
model, does its work and returns an exit code or None. It runs with a database at hand, unless its parser says
``database=False``; ``role="owner"`` lets it change tables. ``ask=asker`` is called before the database is opened, with
the arguments, for what somebody has to type.
"""

import os

from liren.cli.main import main
from liren.host import paths, secrets

__all__ = ["django", "environment", "main"]


def environment(role: str = "app") -> None:
    """Fill in what a local run may leave out: secrets of its own, made once, and the settings of a loopback address.

    With DATABASE_URL or LIREN_SECRET_KEY in the environment somebody runs this for real, and nothing is filled in.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
    os.environ["LIREN_ROLE"] = role
    if "DATABASE_URL" in os.environ or "LIREN_SECRET_KEY" in os.environ:
        return
    os.environ.setdefault("LIREN_LOCAL", "1")
    secrets.into_environment(paths.home())


def language() -> str:
    """The terminal's language, as other commands take it: Chinese where the locale says so, else English."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if said.startswith("zh") else "en"


def django(role: str | None = None) -> None:
    """Make the models usable. ``role``: "app" (the web's rights, the default) or "owner" (may change tables)."""
    environment(role or os.environ.get("LIREN_ROLE", "app"))
    from django.apps import apps  # here: `liren --help` and the supervisor must not load Django

    if not apps.ready:
        import django as framework

        framework.setup()
        framework.utils.translation.activate(language())
