"""``liren serve`` and ``liren doctor``: the whole house on one machine."""

import argparse
import os

from liren import cli
from liren.cli import database as tables
from liren.cli.main import tell
from liren.cli.supervisor import Supervisor
from liren.host import checks, database, net, paths, postgres
from liren.host.errors import HostError
from liren.host.processes import Lock


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    serve = commands.add_parser("serve", help="run the site, its database and its jobs", description=run_serve.__doc__)
    serve.add_argument("--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"), help="address (%(default)s)")
    serve.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port (%(default)s)")
    serve.add_argument("--workers", type=int, default=2, help="web processes (%(default)s)")
    serve.add_argument("--threads", type=int, default=4, help="threads of each (%(default)s)")
    serve.add_argument("--demo", action="store_true", help="with the simulated city, loaded at the first start")
    serve.set_defaults(run=run_serve, database=False)
    doctor = commands.add_parser("doctor", help="what is missing on this machine", description=run_doctor.__doc__)
    doctor.set_defaults(run=run_doctor, database=False)


def run_serve(arguments: argparse.Namespace) -> int:
    """Run PostgreSQL, the site and its jobs until Ctrl-C. What dies is started again; nothing outlives this process."""
    home = paths.home()
    paths.make(home, 0o711 if os.geteuid() == 0 else 0o700)
    lock = Lock(home / "serve.lock")
    if not lock.take():
        tell(f"Liren already runs: {lock.read() or 'it is just starting'}")
        return 0
    _surroundings(arguments)
    net.must_be_free(arguments.host, arguments.port)
    address = net.address(arguments.host, arguments.port)
    lock.note(f"{address} (process {os.getpid()})")
    server = None if database.given() else postgres.Embedded(home, say=tell)
    supervisor = Supervisor(server)
    try:
        _database(server)
        _prepare(supervisor, demo=arguments.demo)
        supervisor.start_web(arguments.host, arguments.port, arguments.workers, arguments.threads)
        status = net.wait_for_page(arguments.host, arguments.port, supervisor.tend)
        if arguments.demo:
            supervisor.once("demo", "accounts")
        trouble = f", but it answers with error {status}: see above" if status >= 500 else ""
        tell(f"Liren 里仁 is at {address} (Ctrl-C stops it){trouble}")
        supervisor.start_jobs()
        supervisor.watch()
    except KeyboardInterrupt:
        return 0
    finally:
        supervisor.stop()
        lock.release()


def _prepare(supervisor: Supervisor, *, demo: bool) -> None:
    """What must be there before the first page: tables, static files, and the city where it is wanted."""
    supervisor.once("migrate", "--quiet", unless=tables.up_to_date, doing="Bringing the tables up to date …")
    if "LIREN_LOCAL" not in os.environ:
        supervisor.once("manage", "collectstatic", "--noinput", "--verbosity=0")
    if demo:
        supervisor.once("demo", "load", "--size", "town", unless=tables.has_units, doing="Building the city …")


def run_doctor(arguments: argparse.Namespace) -> int:
    """Say in one line each what Liren needs on this machine, whether it is there, and how to get it."""
    missing = 0
    for found in checks.all_of_them():
        print(f"{'ok     ' if found.good else 'MISSING' if found.needed else 'absent '} {found.line}")
        missing += found.needed and not found.good
    return 1 if missing else 0


def _surroundings(arguments: argparse.Namespace) -> None:
    """What the children inherit."""
    if not net.is_loopback(arguments.host) and "LIREN_SECRET_KEY" not in os.environ:
        raise HostError(
            f"{arguments.host} can be reached from outside: set LIREN_SECRET_KEY, LIREN_DATA_KEY, LIREN_LOOKUP_KEY and "
            "LIREN_HOSTS first (docs/how-to/run-in-production.md), or serve on 127.0.0.1."
        )
    if arguments.demo:
        os.environ.setdefault("LIREN_DEMO", "1")
    cli.environment()


def _database(server: postgres.Embedded | None) -> None:
    if server is None:
        with database.at_hand(tell):
            return
    if not (server.home / "pg").exists():
        tell("Making the database …")
    server.start(own=True)
