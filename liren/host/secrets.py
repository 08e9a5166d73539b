"""The secrets of a local run: made once, readable by their owner only, never in the repository."""

import base64
import fcntl
import json
import os
import secrets as randomness
from pathlib import Path
from typing import IO

from liren.host import paths
from liren.host.errors import HostError

NAMES = ("LIREN_SECRET_KEY", "LIREN_DATA_KEY", "LIREN_LOOKUP_KEY")


def ensure(home: Path) -> dict[str, str]:
    """The secrets kept in ``home``; those that are missing are made first. Two processes at once get the same ones."""
    paths.make(home, 0o711 if os.geteuid() == 0 else 0o700)
    with _open(home / "secrets.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _read(home / "secrets.json")
        missing = {name: _new(name) for name in NAMES if name not in found}
        if missing:
            _write(home / "secrets.json", found | missing)
        return found | missing


def into_environment(home: Path) -> None:
    """Put the secrets of ``home`` where the settings read them; what the environment already says, wins."""
    if all(name in os.environ for name in NAMES):
        return
    for name, value in ensure(home).items():
        os.environ.setdefault(name, value)


def _new(name: str) -> str:
    return (
        randomness.token_urlsafe(64)
        if name == "LIREN_SECRET_KEY"
        else base64.b64encode(randomness.token_bytes(32)).decode()
    )


def _open(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except (ValueError, PermissionError) as error:
        raise HostError(
            f"Cannot read the secrets in {path}: {error}. They seal contact data: restore the file, do not delete it."
        ) from error


def _write(path: Path, values: dict[str, str]) -> None:
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(values, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
