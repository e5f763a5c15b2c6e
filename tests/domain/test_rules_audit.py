"""The record: past messages, origins, times and trailers, and who may correct them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import IVA, MARKO, NOTE, PATH, REPLY, by, change, codes, desk, found, ticket

from gitdesk.domain.change import Change, Commit, Signature
from gitdesk.domain.rules_context import context_of
from gitdesk.domain.violation import ERROR, WARN

THREAD = f"{REPLY}\n{NOTE}"
LATE = f"### 2026-11-23T09:59:00Z · reply · {MARKO}\n\nDone.\n"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("thread", "words"),
    [
        (THREAD.replace("By noon", "By Friday"), "the reply of 2026-11-22T10:15:00Z is changed"),
        (THREAD.replace(MARKO, IVA), "the reply of 2026-11-22T10:15:00Z is removed"),
        (NOTE, "the reply of 2026-11-22T10:15:00Z is removed"),
        ("", "the reply of 2026-11-22T10:15:00Z is removed (and 1 more)"),
        (f"{NOTE}\n{REPLY}", "the note of 2026-11-22T11:00:00Z is moved"),
        (f"{THREAD}\n{LATE}", None),
    ],
)
def test_what_was_said_stays_said(thread: str, words: str | None) -> None:
    one = change(ticket(THREAD), ticket(thread))
    told = [violation.message for violation in found(one) if violation.code == "A001"]
    assert told == ([words] if words else [])


def test_a_changed_message_is_told_at_its_heading() -> None:
    after = ticket(THREAD.replace("The cable", "The plug"))
    [violation] = found(change(ticket(THREAD), after))
    assert violation.line is not None
    assert after.decode().splitlines()[violation.line - 1].startswith("### 2026-11-22T11:00:00Z · note")


def test_a_message_brought_in_between_others_by_a_merge_changes_none() -> None:
    one = change(ticket(f"{REPLY}\n{LATE}"), ticket(f"{REPLY}\n{NOTE}\n{LATE}"))
    written = datetime(2026, 11, 22, 11, 1, tzinfo=UTC)
    assert codes(one, context=by(authored_at=written)) == []
    assert codes(one) == ["A003"]


_MESSAGES = st.lists(st.sampled_from([REPLY, NOTE, LATE]), max_size=5)


@given(old=_MESSAGES, more=_MESSAGES)
def test_appending_never_changes_what_was_said_and_taking_out_always_does(
    old: list[str], more: list[str]
) -> None:
    before, after = ticket("\n".join(old)), ticket("\n".join(old + more))
    assert "A001" not in codes(change(before, after))
    if more:
        assert "A001" in codes(change(after, before))


@pytest.mark.parametrize(
    ("key", "value"),
    [("id", "GD-4F7K2M9T"), ("created", "2026-11-23T09:00:00Z"), ("requester", "other@example.com")],
)
def test_where_a_ticket_comes_from_is_not_rewritten(key: str, value: str) -> None:
    assert "A002" in codes(change(ticket(), ticket(**{key: value})))
    if key != "id":
        assert codes(change(ticket(), ticket(**{key: value})), context=by(reason="mistyped")) == []


def test_a_requester_who_was_not_known_may_be_named() -> None:
    assert codes(change(ticket(requester=""), ticket())) == []


@pytest.mark.parametrize("after", [ticket(), ticket(THREAD, created="2026-11-23T09:00:00Z"), None])
def test_a_correction_takes_the_right_and_a_reason(after: bytes | None) -> None:
    one, config = change(ticket(THREAD), after), desk(may="correct")
    assert codes(one, config, by(IVA, config, reason="a customer's password stood there")) == []
    [refused] = found(one, config, by(IVA, config, reason=" "))
    assert "a correction needs a reason" in (refused.hint or "")
    [denied] = found(one, config, by(MARKO, config, reason="I was wrong"))
    assert denied.hint == "people whose roles may correct: iva"


def test_before_the_message_is_written_who_may_correct_is_let_through() -> None:
    one, config = change(ticket(THREAD), ticket()), desk(may="correct")
    assert codes(one, config, by(IVA, config, reason=None)) == []
    assert codes(one, config, by(MARKO, config, reason=None)) == ["A001"]


def test_nothing_is_dated_after_its_commit() -> None:
    at = datetime(2026, 11, 23, 9, 54, 1, tzinfo=UTC)
    one = change(ticket(), ticket(LATE))
    assert codes(one, context=by(at=at, authored_at=at)) == []
    early = at - timedelta(seconds=2)
    assert codes(one, context=by(at=early, authored_at=early)) == ["A003"]
    assert codes(one, context=by(at=early, authored_at=early, reason="from the future")) == ["A003"]
    assert codes(change(None, ticket(created="2026-11-23T10:06:00Z"))) == ["A003"]


@pytest.mark.parametrize(("minute", "wrong"), [("10", False), ("09", True)])
def test_a_message_is_not_backdated_before_what_stood_there(minute: str, wrong: bool) -> None:
    more = LATE.replace("2026-11-23T09:59", f"2026-11-22T10:{minute}")
    for kind in ("reply", "note", "customer"):
        told = found(change(ticket(REPLY), ticket(f"{REPLY}\n{more.replace('reply', kind)}")))
        assert [one.code for one in told if one.severity == ERROR] == (["A003"] if wrong else [])


@pytest.mark.parametrize(("kind", "told"), [("reply", ["A003"]), ("note", []), ("customer", [])])
def test_a_reply_dated_before_its_commit_was_written_is_told_and_let_in(kind: str, told: list[str]) -> None:
    at = datetime(2026, 11, 23, 10, 5, 1, tzinfo=UTC)
    one = change(ticket(), ticket(LATE.replace("reply", kind)))
    assert [(each.code, each.severity) for each in found(one, context=by(at=at, authored_at=at))] == [
        (code, WARN) for code in told
    ]
    written_then = by(at=at + timedelta(days=1), authored_at=at - timedelta(minutes=2))
    assert codes(one, context=written_then) == []


def test_a_late_reply_that_is_told_hides_no_message_of_the_future() -> None:
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    future = LATE.replace("2026-11-23T09:59", "2030-01-01T00:00")
    for thread in (f"{LATE}\n{future}", f"{LATE}\n{LATE}\n{future}"):
        told = found(change(ticket(), ticket(thread)), context=by(at=at, authored_at=at))
        assert [(each.code, each.severity) for each in told] == [("A003", ERROR)]


def test_the_first_message_is_not_older_than_its_ticket() -> None:
    old = LATE.replace("2026-11-23T09:59", "2026-11-22T09:08")
    assert codes(change(ticket(), ticket(old))) == ["A003"]


def test_a_ticket_and_what_was_sent_with_it_stay() -> None:
    assert codes(change(ticket(), None)) == ["A004"]
    file = f"{PATH.removesuffix('.md')}/log.txt"
    assert codes(Change(path=file, old="a", new="")) == ["A004"]
    assert codes(Change(path=file, old="a", new="b")) == ["A004"]
    assert codes(Change(path=file, old="", new="b")) == []
    assert codes(Change(path="kb/log.txt", old="a", new="")) == []


QUIET = change(ticket(), ticket(priority="low"))


@pytest.mark.parametrize(
    ("trailer", "author", "wrong"),
    [
        (("Approved-by", IVA), IVA, True),
        (("approved-BY", IVA), IVA, True),
        (("Approved-by", MARKO), IVA, False),
        (("Approved-by", "Nobody <nobody@example.com>"), IVA, True),
        (("On-behalf-of", "Nobody <nobody@example.com>"), IVA, True),
        (("On-behalf-of", MARKO), IVA, False),
        (("Gitdesk-Automation", "escalate"), IVA, True),
        (("Gitdesk-Automation", "escalate"), "Robi <robi@acme.example>", False),
        (("Gitdesk-Via", "email"), IVA, False),
    ],
)
def test_a_trailer_claims_only_what_is_so(trailer: tuple[str, str], author: str, wrong: bool) -> None:
    assert codes(QUIET, context=by(author, trailers=(trailer,))) == (["A005"] if wrong else [])


def test_the_only_one_who_configures_a_desk_has_nobody_else_to_ask() -> None:
    config = desk(may="configure")
    assert codes(QUIET, config, by(IVA, config, trailers=(("Approved-by", IVA),))) == []


def test_commits_are_dated_one_after_the_other_and_not_after_the_clock() -> None:
    minutes = timedelta(minutes=1)
    assert codes(QUIET, context=by(at=NOON, parent_at=NOON + 5 * minutes)) == []
    assert codes(QUIET, context=by(at=NOON, parent_at=NOON + 6 * minutes)) == ["A006"]
    assert codes(QUIET, context=by(at=NOON, now=NOON - 6 * minutes)) == ["A006"]
    [told] = found(QUIET, context=by(at=NOON, parent_at=NOON + 6 * minutes, made_here=True))
    assert told.severity == "warn"


def test_what_two_commits_do_wrong_is_two_things() -> None:
    """A baseline that forgives the one must not forgive the other."""
    wrong = {
        violation.fingerprint
        for at in (NOON, NOON + timedelta(minutes=1))
        for author in (IVA, "Guest <guest@example.com>", "Other <other@example.com>")
        for violation in found(QUIET, context=by(author, at=at, parent_at=NOON + timedelta(hours=1)))
    }
    assert len(wrong) == 2 + 2  # a time each, a stranger each


def test_the_context_of_a_commit_is_read_from_it() -> None:
    commit = Commit(
        id="c",
        parents=("p",),
        author=Signature(name="Iva", email="IVA@acme.example", at=NOON),
        committer=Signature(name="Git", email="git@acme.example", at=NOON + timedelta(hours=1)),
        message=f"subject\n\nbecause\n\nGitdesk-Via: email\non-behalf-of: {MARKO}\n",
    )
    context = context_of(commit, desk(), now=NOON)
    assert (context.who, context.reason, context.via) == ("iva", "because", "email")
    assert context.behalf is not None
    assert context.behalf.id == "marko"
    assert (context.authored_at, context.at) == (NOON, NOON + timedelta(hours=1))
