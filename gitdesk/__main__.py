"""The entry of the command and of `python -m gitdesk`: a Ctrl-C ends it quietly even before the program is read."""

from __future__ import annotations

try:
    from gitdesk.cli.main import main
except KeyboardInterrupt:
    raise SystemExit(130) from None

if __name__ == "__main__":
    raise SystemExit(main())
