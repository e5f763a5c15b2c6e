from __future__ import annotations

import pytest

from gitdesk.domain.automatic import is_automatic


@pytest.mark.parametrize(
    "pair",
    [
        ("automation", "acknowledge"),
        ("Automation", ""),
        ("via", "automation"),
        ("VIA", " Automation "),
        ("auto-submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated; owner-email=x"),
        ("auto-submitted", ""),
    ],
)
def test_a_message_that_says_a_program_wrote_it_is_automatic(pair: tuple[str, str]) -> None:
    assert is_automatic((("attachments", "a.txt"), pair))


@pytest.mark.parametrize(
    "meta",
    [(), (("via", "email"),), (("auto-submitted", "no"),), (("auto-submitted", "No; x=y"),), (("automatic", "1"),)],
)  # fmt: skip
def test_any_other_message_is_somebodys(meta: tuple[tuple[str, str], ...]) -> None:
    assert not is_automatic(meta)
