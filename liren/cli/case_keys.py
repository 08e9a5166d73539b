"""``liren cases key``: keys that programs send, and the addresses to which events are sent."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from liren.cli.imports import common, now, ready
from liren.host.errors import HostError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The words below ``key``."""
    group = commands.add_parser("key", help="keys for programs, and subscriptions", description=__doc__)
    words = group.add_subparsers(metavar="word", required=True)
    make = words.add_parser("make", help="a new key", description=run_make.__doc__)
    make.add_argument("name", help="for whom it is")
    make.add_argument("--unit", required=True, metavar="CODE", help="its reach: this unit and all below it")
    make.add_argument("--for", dest="kind", choices=["open311", "sensor", "exchange", "partner"], default="open311")
    make.add_argument("--device", type=int, metavar="NUMBER", help="number in the register of sensors")
    make.add_argument("--body", type=int, metavar="NUMBER", help="of the department, for a partner")
    common(make, run_make)
    end = words.add_parser("end", help="end a key", description=run_end.__doc__)
    end.add_argument("key", type=int, help="its id, as listed")
    common(end, run_end)
    common(words.add_parser("list", help="all keys and subscriptions", description=run_list.__doc__), run_list)
    tell = words.add_parser("tell", help="send events to an address", description=run_tell.__doc__)
    tell.add_argument("key", type=int, help="id of a key for exchange")
    tell.add_argument("address", help="https://…")
    tell.add_argument("--type", action="append", default=[], metavar="CODE", help="only cases of this type; again")
    common(tell, run_tell)
    hush = words.add_parser("hush", help="send nothing more to an address", description=run_hush.__doc__)
    hush.add_argument("subscription", type=int, help="its id, as listed")
    common(hush, run_hush)


def run_make(arguments: argparse.Namespace) -> int:
    """Make a key and print it: it is shown this once, and only its digest is kept."""
    ready(arguments.role)
    from liren.foundation.registers.models import Entry
    from liren.foundation.territory.models import Unit
    from liren.service.cases.services import make_key

    unit = Unit.objects.filter(code=arguments.unit, closed_on=None).first()
    if unit is None:
        raise HostError(f"No unit of today has the code {arguments.unit}.")
    device = Entry.objects.filter(register__code="public_sensor", number=arguments.device).first()
    if arguments.device is not None and device is None:
        raise HostError(f"The register of sensors has no device {arguments.device}.")
    facts: dict[str, Any] = {"unit_id": unit.pk, "sensor_id": device.pk if device and arguments.device else None}
    facts["body_id"] = arguments.body
    with tried(arguments.dry_run):
        made = make_key(name=arguments.name, kind=arguments.kind, **facts, by=system(), at=now())
    if arguments.dry_run:
        print(f"Would make a key ({arguments.kind}) for {arguments.name}, in {unit.name_zh}.")
        return 0
    print(f"Key {made.key.pk}, shown this once:")
    print(made.text)
    return 0


def run_end(arguments: argparse.Namespace) -> int:
    """End a key, and its subscriptions with it."""
    ready(arguments.role)
    from liren.service.cases.services import end_key

    with tried(arguments.dry_run):
        end_key(arguments.key, by=system(), at=now())
    print(f"Key {arguments.key} {'would be' if arguments.dry_run else 'is'} good for nothing any more.")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """List keys with their subscriptions, and how many events wait."""
    ready(arguments.role)
    from liren.service.cases.models import ApiKey, Delivery, Subscription

    for key in ApiKey.objects.select_related("unit").order_by("pk"):
        ended = f", ended {key.ended_at:%Y-%m-%d}" if key.ended_at else ""
        print(f"{key.pk:6} {key.kind:9} {key.unit.code} {key.name}, made {key.made_at:%Y-%m-%d}{ended}")
        for one in Subscription.objects.filter(key=key).order_by("pk"):
            waiting = Delivery.objects.filter(subscription=one, done_at=None).count()
            state = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else f"{waiting:,} waiting"
            print(f"       subscription {one.pk}: {one.address} ({state})")
    return 0


def run_tell(arguments: argparse.Namespace) -> int:
    """Send events of public cases to an address, signed with a secret that is shown this once."""
    ready(arguments.role)
    from liren.service.cases.services.webhooks import subscribe

    with tried(arguments.dry_run):
        made = subscribe(arguments.key, address=arguments.address, types=arguments.type, by=system(), at=now())
    if arguments.dry_run:
        print(f"Would send events to {arguments.address}.")
        return 0
    print(f"Subscription {made.subscription.pk}; its secret, shown this once:")
    print(made.secret)
    return 0


def run_hush(arguments: argparse.Namespace) -> int:
    """Send nothing more to an address."""
    ready(arguments.role)
    from liren.service.cases.services.webhooks import unsubscribe

    with tried(arguments.dry_run):
        unsubscribe(arguments.subscription, by=system(), at=now())
    print(f"Subscription {arguments.subscription} {'would be' if arguments.dry_run else 'is'} ended.")
    return 0


@contextmanager
def tried(dry_run: bool) -> Iterator[None]:
    """What is done inside counts, or with ``--dry-run`` is undone: it is refused for the same reasons."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(dry_run)


def system() -> Any:
    """Whoever runs this installation."""
    from liren.foundation.kernel.rights import SystemActor

    return SystemActor("keys")
