"""Where Liren keeps its state on this machine. No parent folder is ever changed; only folders made here get a mode."""

import hashlib
import os
from pathlib import Path

from liren.host.errors import HostError

# sun_path holds 108 bytes on Linux and 104 on macOS, with the closing NUL.
SOCKET_LIMIT = 103
SOCKET_NAME = ".s.PGSQL.5432"


def checkout() -> Path:
    """The folder that holds the package ``liren``."""
    return Path(__file__).resolve().parents[2]


def packs() -> Path:
    """The folder of packs: LIREN_PACKS; else the one that comes with the code, in a checkout or installed."""
    named = os.environ.get("LIREN_PACKS")
    if named:
        return Path(named).expanduser().resolve()
    beside = checkout() / "packs"
    return beside if beside.is_dir() else checkout() / "liren" / "packs"


def fingerprint(path: Path) -> str:
    """Twelve hex digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def home() -> Path:
    """LIREN_HOME; else var/ in the checkout, and for root a folder under /var/lib.

    A checkout of root's may lie in /root, where the server's unprivileged user must not enter.
    """
    named = os.environ.get("LIREN_HOME")
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/liren") / fingerprint(checkout())
    return checkout() / "var"


def make(folder: Path, mode: int) -> Path:
    """Make a folder and its missing parents. What was there before is left as it is, whatever its mode."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        try:
            one.mkdir()
            # mkdir's own mode is cut by the umask; a parent must let PostgreSQL's user through to reach its data.
            one.chmod(mode if one == folder else mode | 0o711)
        except FileExistsError:  # another process made it in between
            continue
        except OSError as error:
            raise HostError(
                f"Cannot make the folder {one}: {error.strerror}. Set LIREN_HOME to a folder you may write."
            ) from error
    return folder


def socket_folder(home: Path) -> Path:
    """Where the server's socket lies: in the home, or, if that path is too long, in a private folder under /tmp."""
    inside = home / "sock"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_LIMIT:
        return inside
    return Path("/tmp") / f"liren-{fingerprint(home)}"  # noqa: S108  fixed on purpose: clients compute it; its owner is checked
