"""Rules of the way, read from TOML: which ways, in which direction, past which gates."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.network import Barrier, Flag

HERE = Path(__file__).parent
Tags = Mapping[str, str]
KINDS = {"wall": Barrier.WALL, "water": Barrier.WATER, "rail": Barrier.RAIL, "road": Barrier.ROAD}
NO = {"", "no", "false", "0"}


@dataclass(frozen=True)
class Rules:
    """One way of travelling, as of a day."""

    code: str
    as_of: date
    highways: frozenset[str]
    only_if_allowed: frozenset[str]
    allowed_by: Mapping[str, frozenset[str]]
    access_keys: tuple[str, ...]
    allow: frozenset[str]
    refuse: frozenset[str]
    oneway_keys: tuple[str, ...]
    forward: frozenset[str]
    backward: frozenset[str]
    both_ways_by: Mapping[str, frozenset[str]]
    let_through: frozenset[str]
    stop: frozenset[str]
    lines: Mapping[Barrier, Mapping[str, frozenset[str]]]

    def access(self, tags: Tags) -> bool | None:
        """What the first access tag says; None where there is none, or one that says nothing to us."""
        for key in self.access_keys:
            value = tags.get(key, "")
            if value in self.allow:
                return True
            if value in self.refuse:
                return False
        return None

    def admits(self, tags: Tags) -> bool:
        """Whether a way may be used."""
        highway = tags.get("highway", "")
        said = self.access(tags)
        if highway in self.only_if_allowed and said is None:
            return _has_any(tags, self.allowed_by)
        return (highway in self.highways and said is not False) or (highway in self.only_if_allowed and said is True)

    def flags(self, tags: Tags) -> Flag:
        """Direction, crossing, bridge, tunnel and steps of a way."""
        found = self._direction(tags)
        if "crossing" in (tags.get("footway"), tags.get("path"), tags.get("cycleway"), tags.get("highway")):
            found |= Flag.CROSSING
        if tags.get("highway") == "steps":
            found |= Flag.STEPS
        for key, flag in (("bridge", Flag.BRIDGE), ("tunnel", Flag.TUNNEL)):
            if tags.get(key, "") not in NO:
                found |= flag
        return found

    def _direction(self, tags: Tags) -> Flag:
        if _has_any(tags, self.both_ways_by):
            return Flag.NONE
        said = next((tags[key] for key in self.oneway_keys if key in tags), "")
        if said in self.forward:
            return Flag.FORWARD_ONLY
        return Flag.BACKWARD_ONLY if said in self.backward else Flag.NONE

    def stops(self, tags: Tags) -> bool:
        """Whether a point on a way ends it."""
        said = self.access(tags)
        return said is False or (said is None and tags.get("barrier", "") in self.stop)

    def is_gate(self, tags: Tags) -> bool:
        """Whether a point on a way is a gate that lets people through."""
        return tags.get("barrier", "") in self.let_through

    def line(self, tags: Tags) -> Barrier | None:
        """What a line keeps apart, if anything. Under the ground it keeps nothing apart."""
        if tags.get("tunnel", "") not in NO:
            return None
        for kind, keys in self.lines.items():
            if _has_any(tags, keys):
                return kind
        return None


def _sets(said: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in said.items()}


def _has_any(tags: Tags, wanted: Mapping[str, frozenset[str]]) -> bool:
    return any(tags.get(key, "") in values for key, values in wanted.items())


def rules(name: str | Path) -> Rules:
    """The rules ``walk`` or ``cycle``, or those of a file of the same shape.

    :raises BadParameter: when there are no such rules, or a part of them is missing.
    """
    path = name if isinstance(name, Path) else HERE / f"{name}.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        sets = {
            key: frozenset(said[key])
            for key in ("highways", "only_if_allowed", "allow", "refuse", "forward", "backward", "let_through", "stop")
        }
        return Rules(
            code=said["code"],
            as_of=said["as_of"],
            access_keys=tuple(said["access_keys"]),
            oneway_keys=tuple(said["oneway_keys"]),
            allowed_by=_sets(said["allowed_by"]),
            both_ways_by=_sets(said["both_ways_by"]),
            lines={KINDS[kind]: _sets(keys) for kind, keys in said["lines"].items()},
            **sets,
        )
    except FileNotFoundError as error:
        raise BadParameter("rules_missing", name=str(name)) from error
    except (KeyError, AttributeError, TypeError, tomllib.TOMLDecodeError) as error:
        raise BadParameter("rules_broken", file=path.name, part=str(error)) from error
