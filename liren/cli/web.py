"""What granian's workers open. A worker ends with its master, even one killed with -9: it would hold the port."""

import os
import signal
import sys

from liren.host import tether

if sys.platform == "linux":
    tether.bind(signal.SIGKILL, os.getppid())

from liren.config.wsgi import application

__all__ = ["application"]
