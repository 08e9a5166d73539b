"""How many requests a web process takes on: some are worked on, some wait, and whoever comes beyond is told so at once.

Without it a rush queues before the process for as long as it lasts, everybody waits longer than a browser does, and the
work goes to those who have left. Pure WSGI, before the framework, so that turning somebody away costs next to nothing.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from liren.host.turns import OwnTurns, Turns

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

RETRY_AFTER_S = 5
PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>请稍候</title><h1>现在用的人很多</h1><p>请过几秒再试一次。您刚才填写的内容没有提交；返回上一页，还在那里。</p>
<h1 lang="en">Very many people are here just now</h1>
<p lang="en">Please try again in a few seconds. What you filled in was not sent; go back, and it is still there.</p>
</html>
""".encode()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(PAGE))),
    ("Retry-After", str(RETRY_AFTER_S)),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
]


class Admission:
    """At most ``working`` requests in the application and ``waiting`` before it, none longer than ``patience`` seconds.

    ``turns``: those of all processes, where several share one queue; else this one has its own. An answer counts until
    its head is made; what a streamed one sends afterwards is not counted.
    """

    def __init__(
        self,
        application: Application,
        *,
        working: int,
        waiting: int,
        patience: float = 2.0,
        turns: Turns | None = None,
    ) -> None:
        self.application, self.patience, self.most = application, patience, working + waiting
        self._inside, self._lock, self._turns = 0, threading.Lock(), turns or OwnTurns(working)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The application's answer, or 503 with the seconds after which to come again."""
        if not self._enter():
            return _refused(start)
        try:
            if not self._turns.take(self.patience):
                return _refused(start)
            try:
                return self.application(environ, start)
            finally:
                self._turns.give()
        finally:
            with self._lock:
                self._inside -= 1

    def _enter(self) -> bool:
        with self._lock:
            if self._inside >= self.most:
                return False
            self._inside += 1
        return True


def _refused(start: Start) -> Iterable[bytes]:
    start("503 Service Unavailable", HEADERS)
    return [PAGE]


def threads_for(working: int, waiting: int) -> int:
    """Threads that the server needs: for those who work and wait, and some to turn others away."""
    return working + waiting + max(4, working)
