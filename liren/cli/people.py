"""``liren people``: the first accounts and mandates of a new installation; afterwards the desk does it."""

import argparse
import getpass
import sys
from datetime import date

from liren import cli


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    people = commands.add_parser("people", help="the first accounts and mandates", description=__doc__)
    words = people.add_subparsers(metavar="word", required=True)
    account = words.add_parser("account", help="open an account", description=run_account.__doc__)
    account.add_argument("username")
    account.add_argument("--name", required=True, help="the name shown to others")
    account.set_defaults(run=run_account, ask=_ask)
    mandate = words.add_parser("mandate", help="give a role in a unit", description=run_mandate.__doc__)
    mandate.add_argument("username")
    mandate.add_argument("role", help="code of the role; `liren people roles` lists them")
    mandate.add_argument("unit", help="division code of the unit")
    mandate.add_argument(
        "--from", dest="start", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day (today)"
    )
    mandate.add_argument("--to", dest="end", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day (open)")
    mandate.add_argument("--dry-run", action="store_true", help="only say what would be done")
    mandate.set_defaults(run=run_mandate)
    recover = words.add_parser("recover", help="let somebody in again", description=run_recover.__doc__)
    recover.add_argument("username")
    recover.add_argument("--forget-second-factor", action="store_true", help="the telephone or key is lost too")
    recover.set_defaults(run=run_recover, ask=_ask)
    roles = words.add_parser("roles", help="the roles that can be given", description=run_roles.__doc__)
    roles.set_defaults(run=run_roles)


def run_account(arguments: argparse.Namespace) -> int:
    """Open an account. The password is asked for, or read from standard input, and is never an argument."""
    cli.django()
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.people import services

    account = services.register_account(
        username=arguments.username,
        display_name=arguments.name,
        password=arguments.password,
        by=SystemActor("command"),
        at=timezone.now(),
    )
    print(f"The account {account.username} is open.")
    return 0


def run_mandate(arguments: argparse.Namespace) -> int:
    """Give an account a role in a unit and below it. Recorded in the audit log as done by command."""
    cli.django()
    from django.db import transaction
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.people import services

    account, unit = _account(arguments.username), _unit(arguments.unit)
    _role(arguments.role)
    start = arguments.start or timezone.localdate()
    with transaction.atomic():
        services.grant_mandate(
            account.pk,
            role=arguments.role,
            unit_id=unit.pk,
            start=start,
            end=arguments.end,
            by=SystemActor("command"),
            at=timezone.now(),
        )
        transaction.set_rollback(arguments.dry_run)
    would = "would hold" if arguments.dry_run else "holds"
    print(f"{account.username} {would} {arguments.role} in {unit.name_zh} ({unit.code}) from {start}.")
    return 0


def run_recover(arguments: argparse.Namespace) -> int:
    """Give a new password to somebody who is locked out, once you have seen the person and their papers.

    All open sessions of the account end. The password is asked for, or read from standard input.
    """
    cli.django()
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.people import services

    account = services.recover_account(
        _account(arguments.username).pk,
        password=arguments.password,
        forget_second_factor=arguments.forget_second_factor,
        by=SystemActor("command"),
        at=timezone.now(),
    )
    print(f"{account.username} can sign in with the new password; all other sessions have ended.")
    return 0


def run_roles(arguments: argparse.Namespace) -> int:
    """List the roles that can be given, with what each is for."""
    cli.django()
    from liren.foundation.people.models import Role

    for role in Role.objects.filter(is_retired=False):
        print(f"{role.code:24} {role.name_zh}  {role.description_zh}")
    return 0


def _ask(arguments: argparse.Namespace) -> None:
    """Before the database is opened: whoever takes their time to think of a password keeps nobody from starting."""
    asked = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    arguments.password = asked


def _account(username: str):  # type: ignore[no-untyped-def]  # an Account: imported late
    from liren.foundation.people.models import Account

    return _found(Account.objects.filter(username=username).first(), f"There is no account called {username}.")


def _unit(code: str):  # type: ignore[no-untyped-def]  # a Unit: imported late
    from liren.foundation.territory.models import Unit

    return _found(Unit.objects.filter(code=code).first(), f"There is no unit with the code {code}.")


def _role(code: str) -> None:
    from liren.foundation.people.models import Role

    _found(Role.objects.filter(code=code).first(), f"There is no role called {code}; `liren people roles` lists them.")


def _found(one: object, complaint: str):  # type: ignore[no-untyped-def]  # what came in
    from liren.host.errors import HostError

    if one is None:
        raise HostError(complaint)
    return one
