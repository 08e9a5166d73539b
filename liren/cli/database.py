"""``liren migrate`` and ``liren manage``: the tables, and Django's own commands."""

import argparse
import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from liren import cli
from liren.cli.main import tell
from liren.cli.packs import left_behind
from liren.host import database, paths

if TYPE_CHECKING:
    from liren.foundation.policy.engine.difference import Difference

# Packages that bring tables of their own.
PACKAGES = ("django", "django-allauth", "procrastinate")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    migrate = commands.add_parser("migrate", help="bring the tables up to date", description=run_migrate.__doc__)
    migrate.add_argument("--dry-run", action="store_true", help="only say what would be done")
    migrate.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
    migrate.set_defaults(run=run_migrate, role="owner")
    manage = commands.add_parser("manage", help="Django's own commands", description=run_manage.__doc__)
    manage.add_argument("--owner", action="store_true", help="as the role that may change tables")
    manage.add_argument("words", nargs=argparse.REMAINDER, help="command and its arguments, for example: check")
    manage.set_defaults(run=run_manage)


def run_migrate(arguments: argparse.Namespace) -> int:
    """Bring the tables up to date as their owner, limit what the web's role may change, load what comes along."""
    cli.django("owner")
    from django.core.management import call_command

    if arguments.dry_run:
        call_command("migrate", plan=True)
        return 0
    loud = 0 if arguments.quiet else 1
    call_command("migrate", interactive=False, verbosity=loud)
    call_command("createcachetable", verbosity=0)
    with database.connect("owner") as connection:
        kept = database.after_migrate(connection, str(database.dsn("app")["USER"]))
        if _load_data():
            remember(connection.info.dbname)
    if loud:
        print(f"Append-only for the web's role: {', '.join(kept) or 'nothing yet'}.")
    return 0


def run_manage(arguments: argparse.Namespace) -> int:
    """Run one of Django's own commands with Liren's settings, for example: liren manage check --deploy."""
    cli.django("owner" if arguments.owner else "app")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["liren manage", *(word for word in arguments.words if word != "--")])
    return 0


def _load_data() -> bool:
    """What comes with the code: roles (people/roles.toml), announced holidays, packs. A second run adds nothing.

    False where packs were left as they are, so that the next start looks, and says it, again.
    """
    from liren.foundation.kernel import services as kernel
    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.people import services as people
    from liren.foundation.policy import services as policy

    by, at = SystemActor("migrate"), datetime.now(UTC)
    people.load_roles(by=by, at=at)
    kernel.seed_calendar(by=by, at=at)
    if not paths.packs().is_dir():
        return True
    left = False

    def agrees(found: "Difference") -> bool:
        nonlocal left
        left = not agreed(found)
        return not left

    policy.load_packs(paths.packs(), by=by, at=at, agrees=agrees)
    return not left


def agreed(difference: "Difference") -> bool:
    """Show an operator what a start would change in the packs, and whether it may: not where a number in force would
    end or be replaced without a new version or first day. The first load of all is not told apart."""
    from django.utils import timezone

    from liren.foundation.policy.models import Load

    if not difference or not Load.objects.exists():
        return True
    tell(f"Packs changed in {paths.packs()}:")
    for line in [*difference.by_document(), *left_behind(difference)]:
        tell(f"  {line}")
    if not (slips := difference.unannounced(timezone.localdate())):
        return True
    tell(
        f"The packs are left as they were loaded: {len(slips)} in force would end or be replaced without a new version "
        f"or first day ({', '.join(slips[:3])}{', …' if slips[3:] else ''}). Look at them and take them over with: "
        f"liren packs load {paths.packs()}"
    )
    return False


def state_of_code() -> str:
    """A fingerprint of everything that ``migrate`` would bring into the database."""
    digest = hashlib.sha256("".join(version(name) for name in PACKAGES).encode())
    rooms = paths.checkout() / "liren"
    packs = paths.packs()
    rights = Path(database.__file__)
    for path in sorted([rights, *rooms.glob("*/*/migrations/*.py"), *rooms.glob("*/*/*.toml"), *packs.rglob("*.toml")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def remember(name: str) -> None:
    """Write the fingerprint beside the database's name, so that the next start need not look at every migration."""
    note = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(_note()))
    with database.connect("owner") as connection, suppress(InsufficientPrivilege):  # then every start looks
        connection.execute(note)


def _note() -> str:
    return f"Liren, tables as of {state_of_code()}"


def up_to_date() -> bool:
    """Whether the database was last migrated by exactly this code."""
    with database.connect("owner") as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return bool(row and row[0] == _note())


def has_units() -> bool:
    """Whether a territory has been loaded."""
    with database.connect("owner") as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM territory_unit)").fetchone()
    return bool(row and row[0])
