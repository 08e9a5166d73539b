"""Which program it is that sends a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.handwritten import columns, rows
from liren.foundation.kernel.rights import Anonymous
from liren.foundation.people.services import keyed_digest
from liren.foundation.territory.models import Unit
from liren.service.cases.models import ApiKey

PREFIX = "liren_"
LONGEST = 100


class NoKey(LirenError):
    """No key, or one that is not good for this (403); it isn't said which."""

    status = 403

    @classmethod
    def refused(cls) -> NoKey:
        return cls(
            _("This needs a key, and a key that holds."),
            next_step=_("Ask whoever runs this installation for a key, and send it with the request."),
        )


def digest_of(text: str) -> bytes:
    """What is kept of a key: 32 octets, made with the key of this installation."""
    return keyed_digest("api-key", text)


def key_by_text(text: str, *kinds: str) -> ApiKey:
    """The key with its unit, and its sensor where that kind is asked for, if it is in force and of one of these kinds.

    Raises:
        NoKey: none, unknown, ended, or for something else.
    """
    found = None
    if text.startswith(PREFIX) and len(text) <= LONGEST and text.isascii():
        found = _with_its_sensor(text, kinds) if "sensor" in kinds else _with_its_unit(text, kinds)
    if found is None:
        raise NoKey.refused()
    return found


def _with_its_sensor(text: str, kinds: tuple[str, ...]) -> ApiKey | None:
    keys = ApiKey.objects.select_related("unit", "sensor__unit", "sensor__register")
    found: ApiKey | None = keys.filter(digest=digest_of(text), kind__in=kinds, ended_at=None).first()
    return found


def _with_its_unit(text: str, kinds: tuple[str, ...]) -> ApiKey | None:
    for key, unit in rows(_asked(), [digest_of(text), list(kinds)], ApiKey, Unit):
        key.unit = unit
        return cast(ApiKey, key)
    return None


@cache
def _asked() -> str:
    return f"""SELECT {columns(ApiKey, "k")}, {columns(Unit, "u")}
        FROM {ApiKey._meta.db_table} k JOIN {Unit._meta.db_table} u ON u.id = k.unit_id
        WHERE k.digest = %s AND k.kind = ANY(%s) AND k.ended_at IS NULL"""  # noqa: S608  names of our own tables and columns


@dataclass
class Partner:
    """The program of one body: it stands for the body as somebody with a post in it does, and holds nothing else.

    Not frozen: what it may see is asked once and kept on it, as on an account.
    """

    key_id: int
    stands_for: int
    pk: None = None
    is_authenticated: bool = True

    @property
    def label(self) -> str:
        return f"key:{self.key_id}"

    def holds(self, power: str, unit: Any = None) -> bool:
        return False

    def powers(self) -> frozenset[str]:
        return frozenset({"cases.serve"})

    def paths_with(self, power: str) -> frozenset[str]:
        return frozenset()


def partner_by_text(text: str, *, on: date) -> tuple[ApiKey, Partner]:
    """The key of a body's program with its body, and the actor that it is.

    Raises:
        NoKey: none, unknown, ended, for something else, or of a body that is no more.
    """
    found = key_by_text(text, "partner")
    if not Body.objects.living_on(on).filter(pk=found.body_id or 0).exists():
        raise NoKey.refused()
    return found, partner(found)


def partner(key: ApiKey) -> Partner:
    """The program of the body that the key names."""
    return Partner(key.pk, cast(int, key.body_id))


def program(key: ApiKey) -> Anonymous:
    """The actor that a key stands for: a stranger with a label of its own."""
    return Anonymous(label=f"key:{key.pk}")
