"""What stands at the path of a ticket and is no plain file: a link, a folder, a submodule."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.document import Document
    from gitdesk.domain.violation import Violation

_NAMES = {"120000": "a symbolic link", "160000": "a submodule", "40000": "a folder"}


def find(path: str, mode: str) -> Violation | None:
    """Returns what is wrong with an entry of a tree at the path of a ticket, None for a plain file or another path."""
    name = _NAMES.get(mode.lstrip("0"))
    if name is None or not path.endswith(".md"):
        return None
    from gitdesk.domain.change import is_document
    from gitdesk.domain.violation import Violation

    if not is_document(path):
        return None
    hint = "put the ticket's file there; `git log` with its path finds the last one"
    return Violation(code="F050", message=f"{name}, not a plain file", path=path, hint=hint, subject="F050")


def mark(path: str, mode: str, oid: str) -> str | None:
    """Returns what stands for such an entry in place of a blob's id: mode and id; None where `find` finds nothing."""
    return f"{mode.lstrip('0')} {oid}" if find(path, mode) is not None else None


def is_mark(oid: str) -> bool:
    """Tells whether a blob's id is none but a mark."""
    return " " in oid


def document(path: str, mode: str) -> Document:
    """Returns the document of such an entry, or of its mark: it says nothing but what is wrong."""
    from gitdesk.domain.document import Document

    problem = find(path, mode.partition(" ")[0])
    assert problem is not None
    return Document(path=path, data=b"", ticket=None, problems=(problem,))
