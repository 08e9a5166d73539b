"""What granian's workers open. A worker ends with its master, even one killed with -9: it would hold the port."""

import os
import signal
import sys

from liren.host import tether
from liren.host.admission import Admission
from liren.host.turns import SharedTurns

if sys.platform == "linux":
    tether.bind(signal.SIGKILL, os.getppid())

from liren.config import env
from liren.config.wsgi import application as site

# Set by ``liren serve``: one queue for all web processes.
shared = env.number("LIREN_WEB_TURNS", -1)
application = Admission(
    site,
    working=env.number("LIREN_WEB_WORKING", 4),
    waiting=env.number("LIREN_WEB_WAITING", 32),
    turns=SharedTurns(shared) if shared >= 0 else None,
)

__all__ = ["application"]
