"""How long a newcomer waits: from the command to the first page, on an empty home and on one that is there.

    .venv/bin/python bench/server_start.py [--warm 3] [--without-demo]

Makes a home of its own and deletes it. The environment (script/bootstrap) is taken as made; its own figure is printed
for the case that there is nothing to do.
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def first_page(home: Path, *words: str) -> float:
    """Seconds until the home page is there whole; the server is stopped afterwards."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DATABASE_"))}
    command = [sys.executable, "-m", "liren", "serve", "--port", str(port), *words]
    began = time.perf_counter()
    server = subprocess.Popen(
        command, cwd=ROOT, env={**kept, "LIREN_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not page(port):
            assert server.poll() is None, "the server has died: run `script/liren serve` to see why"
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def page(port: int) -> bool:
    """Whether the home page is served."""
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        door.request("GET", "/")
        answer = door.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        door.close()


def bootstrap() -> float:
    """Seconds of script/bootstrap when there is nothing to do."""
    began = time.perf_counter()
    subprocess.run([str(ROOT / "script" / "bootstrap")], stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warm", type=int, default=3, help="warm starts to measure (%(default)s)")
    parser.add_argument("--without-demo", action="store_true", help="without the simulated city")
    arguments = parser.parse_args()
    words = [] if arguments.without_demo else ["--demo"]
    folder = Path(tempfile.mkdtemp(prefix="liren-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        print(f"bootstrap, nothing to do: {bootstrap():.2f} s")
        print(f"cold start to first page: {first_page(folder / 'home', *words):.2f} s")
        for _ in range(arguments.warm):
            print(f"warm start to first page: {first_page(folder / 'home', *words):.2f} s (goal: under 3 s)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
