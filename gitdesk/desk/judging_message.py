"""Judging the message of a commit by hand: what it claims, and what a change had to wait for it with."""

from __future__ import annotations

from gitdesk.desk import judging
from gitdesk.desk.amending import unless_amended
from gitdesk.domain.change import parse_message
from gitdesk.domain.rules_context import with_message
from gitdesk.store import underway
from gitdesk.store.written_message import reduced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation


def check(desk: Desk, data: bytes) -> Iterator[Violation]:
    """Yields what is wrong with what is staged now that the message is known, and was not before.

    `data` is the file that Git gives to `commit-msg`. Nothing of an empty message, with which Git commits nothing,
    and nothing while Git puts commits of others together.
    """
    if underway.going_on(desk.repo) is not None:
        return
    text = reduced(desk.repo, desk.environ, data)
    if text.strip():
        yield from unless_amended(desk, lambda base: _fresh(desk, text, base))


def _fresh(desk: Desk, text: str, base: str | None) -> Iterator[Violation]:
    given = judging.answered_for(desk, judging.staged_files(desk, base))
    if given is None:
        return
    config, unsaid, changes = given
    _, body, trailers = parse_message(text)
    yield from _misplaced(config, trailers, changes[0].path if changes else "")
    told = {(one.fingerprint, one.message) for one in judging.of_people(changes, config, unsaid)}
    for one in judging.of_people(changes, config, with_message(unsaid, config, body, trailers)):
        if (one.fingerprint, one.message) not in told:
            yield one


def _misplaced(config: Config, trailers: Sequence[tuple[str, str]], path: str) -> Iterator[Violation]:
    """Yields words about a proposal in a commit with files: nobody can tell of what they are."""
    from gitdesk.domain import rules
    from gitdesk.domain.approval import MISPLACED, said_in
    from gitdesk.domain.rules_audit import untrue

    for key, value in trailers:
        if said_in(((key, value),)):
            yield from rules.weigh((untrue(key, value, MISPLACED, path),), config)
