"""`python -m mien`: the `mien` command."""

from __future__ import annotations

import sys

from mien.commands import main

if __name__ == "__main__":
    sys.exit(main())
