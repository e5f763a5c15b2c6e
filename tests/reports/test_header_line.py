"""The line that a finding points at."""

from __future__ import annotations

import pytest

from gitdesk.reports.header_line import header_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"---\nid: GD-1\n\nstatus: open\n\npriority: high\n---\nbody\n", 6),
        (b"---\r\nstatus: open\r\n---\r\npriority: in the body\r\n", 2),
        (b"---\ntitle: priority\nfields:\n  priority: x\n---\n", 1),
        (b"", 1),
        (b"\xff\x00priority:", 1),
    ],
)
def test_it_is_the_priority_else_the_status_else_the_first(text: bytes, line: int) -> None:
    assert header_line(text) == line
