"""The neutral exchange format: one ticket a line with all that happened to it."""

from __future__ import annotations

from gitdesk.exporters.lines import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.exporters.attachments import Attachments
    from gitdesk.exporters.reader import Reader


def lines(reader: Reader, attachments: Attachments) -> Iterator[bytes]:
    """Yields the lines of a JSON Lines file."""
    for ticket, files in reader.tickets():
        if files:
            attachments.settle(ticket["id"], files)
        yield line(ticket)
