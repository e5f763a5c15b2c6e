"""What every command is given: the desk, the present, standard output; each made when first asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime

from gitdesk import clock
from gitdesk.cli.output import Output
from gitdesk.cli.terminal import is_terminal
from gitdesk.errors import GitdeskError, Unreadable, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.cli.progress import Progress
    from gitdesk.desk import Desk
    from gitdesk.desk.standing_in import StandIn


class Context:
    """One call of gitdesk."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.start = environ.get("GITDESK_DIR") or "."
        self.color, self._paging = "auto", True
        self.made: str | None = None  # the commit this call has made
        self.shared = False  # what was made is on the desk's branch: to be pushed where that is wanted
        self.push: bool | None = None  # whether to push what was committed; None: as the desk has it
        self.reads = False  # the command changes nothing
        self._warned = False
        self._now: datetime | None = None
        self._out: Output | None = None
        self._desk: Desk | None = None

    def configure(self, directories: tuple[str, ...], color: str, paging: bool) -> None:
        """Takes the options before the command; -C goes into each folder in turn, as Git's does."""
        self.color, self._paging = color, paging
        for directory in directories:
            self.start = "."
            try:
                os.chdir(directory)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise UsageError(f'cannot work in "{directory}": {reason.lower()}') from error

    @property
    def now(self) -> datetime:
        """Returns the present, the desk's too: one for the whole call, unless somebody was waited for."""
        if self._now is None:
            self._now = clock.now(dict(self.environ))
        return self._now

    def waited(self) -> None:
        """Looks at the clock again, for call and desk alike, after a person was waited for."""
        self._now = None
        if self._desk is not None:
            self._desk.now = self.now

    @property
    def out(self) -> Output:
        """Returns standard output."""
        if self._out is None:
            self._out = Output(self.environ, lambda: self.now, color=self.color, paging=self._paging)
        return self._out

    @property
    def desk(self) -> Desk:
        """Returns the open desk; raises SetupError when there is none here."""
        if self._desk is None:
            from gitdesk.desk import Desk

            self._desk = Desk.open(self.start, self.environ, self.watch, self.now)
            self._desk.asking = is_terminal(sys.stdin) and is_terminal(sys.stderr)
            if self.reads:
                self._desk.on_stand_in = self._warn
        return self._desk

    def desk_of_range(self, text: str) -> Desk:
        """Returns the open desk for judging a range; raises SetupError when neither end of it is a desk."""
        if self._desk is None:
            from gitdesk.desk import Desk

            self._desk = Desk.open_range(self.start, self.environ, self.watch, text, self.now)
        return self._desk

    def fresh_desk(self) -> Desk:
        """Returns the desk opened anew, at the commit its branch has by now."""
        self.close()
        self._now = None
        return self.desk

    def _warn(self, found: StandIn) -> None:
        """Says once that gitdesk.yaml cannot be used and what is used instead."""
        if not self._warned:
            self._warned = True
            self.out.warn(found.warning, found.way_out)

    def watch(self, label: str) -> Progress:
        """Returns a progress bar: `with context.watch("reading tickets") as step: step(done, total)`."""
        from gitdesk.cli.progress import Progress

        return Progress(label)

    def explain(self, error: GitdeskError) -> None:
        """Adds what the work tree has to say to errors about gitdesk.yaml and the desk's own words."""
        if self._desk is None:
            return
        if isinstance(error, Unreadable) and error.commit:
            from gitdesk.desk.unusable import explain

            explain(self._desk, error)
        elif "unknown " in error.message and error.place is None:
            from gitdesk.desk.uncommitted import CONFIG_CHANGED, config_differs

            try:
                differs = config_differs(self._desk)
            except (GitdeskError, OSError):
                return
            if differs:
                error.hint = f"{error.hint}; {CONFIG_CHANGED}" if error.hint else CONFIG_CHANGED

    def finish(self) -> None:
        """Writes what is held and waits for the pager."""
        if self._out is not None:
            self._out.finish()

    def abandon(self) -> None:
        """Drops what is not written yet."""
        if self._out is not None:
            self._out.abandon()

    def close(self) -> None:
        """Lets go of the desk."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None
