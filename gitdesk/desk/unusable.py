"""What is said to who meets a gitdesk.yaml that cannot be used: of which commit it is, and how it is mended."""

from __future__ import annotations

from gitdesk.desk.standing_in import MEND
from gitdesk.desk.uncommitted import config_differs
from gitdesk.domain.config import PATH
from gitdesk.errors import GitdeskError, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk


def explain(desk: Desk, error: Unreadable) -> None:
    """Adds to an error about the gitdesk.yaml of a commit its code, that it is a commit's, and what to do."""
    whose = "the last commit" if error.commit == desk.tip else f"commit {error.commit[:10]}"
    if error.deletion:
        error.message = f"{error.code} {error.message}"
        error.hint = f"{error.hint}; until then nothing can be changed"
        return
    error.message = f"{error.code} {error.message}, in the file of {whose}".lstrip()
    if error.commit != desk.tip:
        return
    todo = MEND
    if _differs(desk):
        todo = (
            f"{PATH} in the work tree has changes that are not committed: `gitdesk check` judges them, then commit "
            "them (amend the commit while it is not pushed)"
        )
    between = " " if (error.hint or "").endswith("?") else "; "
    error.hint = f"{error.hint}{between}{todo}" if error.hint else todo


def _differs(desk: Desk) -> bool:
    try:
        return config_differs(desk)
    except (GitdeskError, OSError):
        return False
