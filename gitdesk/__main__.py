"""`python -m gitdesk`: the same as the command."""

from __future__ import annotations

from gitdesk.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
