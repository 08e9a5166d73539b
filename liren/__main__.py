"""``python -m liren`` is the ``liren`` command."""

import sys

from liren.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
