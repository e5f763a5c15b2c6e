"""What the merge of a branch into its base leaves open, as violations."""

from __future__ import annotations

from gitdesk.desk.judging import is_desk_file
from gitdesk.domain.violation import WARN, Violation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.store.merge_result import Merged


def told(merged: Merged, base: str, where: str) -> Iterator[Violation]:
    """Yields what Git's merge of lines leaves open: an error for a person, a warning for the merge by field."""
    settle = f'merge "{base}" into the branch and settle it there'
    for path, words in merged.conflicts.items():
        if is_desk_file(path):
            message = f"both sides changed {words or 'the same lines'}, {where}"
            yield Violation(code="F007", message=message, path=path, hint=settle, subject="merge")
    for path in merged.settled:
        message = f"lines alone do not tell what comes out, fields do, {where}"
        hint = f'where no gitdesk merges, merge "{base}" into the branch first: gitdesk settles it'
        yield Violation(
            code="F007", message=message, path=path, severity=WARN, hint=hint, subject="merge by field"
        )
