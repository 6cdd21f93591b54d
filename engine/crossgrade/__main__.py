"""Runs the command line as `python -m crossgrade`."""

import sys

from crossgrade.cli import main

if __name__ == "__main__":
    sys.exit(main())
