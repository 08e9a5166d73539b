"""What granian's workers open. A worker ends with its master, even one killed with -9: it would hold the port."""

import os
import signal
import sys
import warnings

from liren.host import tether

if sys.platform == "linux":
    tether.bind(signal.SIGKILL, os.getppid())

# On a local run static files come from where they lie, and the folder to collect them in does not exist.
warnings.filterwarnings("ignore", message="No directory at")

from liren.config.wsgi import application  # noqa: E402  after the tie and the filter, which must come first

__all__ = ["application"]
