"""Overload: what is made to keep a server or a colleague busy, and how soon it is over."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1

import pytest

from gitdesk.domain.config import Config
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config

from .attacking import CONFIG, IVA, PATH, START, Desk, attack, said, spent, stamp, text

MOST = 10.0  # seconds of the processor, on a slow machine; each of these would otherwise take minutes or for ever


@contextmanager
def soon(seconds: float = MOST) -> Iterator[None]:
    started = spent()
    yield
    assert spent() - started < seconds


def configured(more: str) -> tuple[Config | None, list[str]]:
    """Returns what a gitdesk.yaml with more in it comes to, and the codes of what is wrong."""
    with soon():
        config, found = parse_config((CONFIG + more).encode(), "gitdesk.yaml")
    return config, [one.code for one in found]


@attack("A ticket of 100 MB")
def test_a_huge_ticket_is_refused_by_its_size(desk: Desk) -> None:
    huge = text(said(desk.at)).encode() + b"x" * 100_000_000
    blob = _stored(desk, huge)
    config = desk.git("rev-parse", f"{desk.base}:gitdesk.yaml")
    folder = desk.tree({PATH.rpartition("/")[2].encode(): ("100644", blob)})
    tickets = ("40000", desk.tree({b"7K": ("40000", folder)}))
    made = desk.with_tree(desk.tree({b"gitdesk.yaml": ("100644", config), b"tickets": tickets}))
    with soon():
        assert desk.refused(made) == ["F003"]


def _stored(desk: Desk, data: bytes) -> str:
    """Writes a blob without compressing it, which would take longer than all the rest, and returns its id."""
    whole = b"blob %d\0" % len(data) + data
    oid = sha1(whole, usedforsecurity=False).hexdigest()
    path = desk.path / ".git" / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(whole, 0))
    return oid


@attack("A ticket of a million lines")
def test_a_million_lines_are_read_once_through(desk: Desk) -> None:
    for line in ("x\n", "###\n", "### 2026-11-22 13:00 reply Iva\n", "---\n", "```\n"):
        with soon():
            found = codec.parse((text() + line * (1_000_000 * 2 // len(line))).encode(), PATH)
        assert len(found.problems) <= 40


@attack("A title of a million letters, ten thousand tags")
def test_long_values_are_told_short(desk: Desk) -> None:
    with soon():
        found = desk.judged(desk.commit({PATH: text(said(desk.at), title="x" * 60_000)}))
        assert [one.code for one in found] == ["F028"]
        assert max(len(str(one)) for one in found) < 1_000
        many = text(said(desk.at), tags=[f"tag{number}" for number in range(10_000)])
        assert desk.refused(desk.commit({PATH: many})) == ["F006"]


@attack("A push of thousands of commits, each with something wrong")
def test_a_huge_push_is_judged_in_one_go_and_told_short(desk: Desk) -> None:
    stream = [b"reset refs/made/up\nfrom %s\n\n" % desk.base.encode()]
    for number in range(2_000):
        # Wrong names and right ones in turn: what is right has its clocks asked.
        name = f"bad{number}" if number % 2 else ("normal", "high")[number // 2 % 2]
        data = text(said(desk.at), priority=name).encode()
        at = desk.at + 60 + number
        stream.append(
            b"commit refs/made/up\ncommitter %s %d +0000\ndata 1\nx\nM 100644 inline %s\ndata %d\n%s\n"
            % (IVA.encode(), at, PATH.encode(), len(data), data)
        )
    desk.git("fast-import", "--quiet", "--force", input=b"".join(stream))
    with soon(30):
        found = desk.judged(desk.git("rev-parse", "refs/made/up"))
    assert len(found) == 20


@attack("Thousands of references in one push")
def test_many_references_are_looked_at_quickly(desk: Desk) -> None:
    from datetime import UTC, datetime

    from gitdesk.desk import pushes

    from .attacking import silent

    lines = [f"{'0' * 40} {desk.base} refs/heads/b{number}" for number in range(20_000)]
    with soon():
        moment = datetime.fromtimestamp(START + 3600, UTC)
        assert list(pushes.incoming(str(desk.path), desk.environ, silent, lines, now=moment)) == []


@attack("A query of ten thousand terms, or nested as deep, in a policy or at the keyboard")
@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"tag:t{number}" for number in range(10_000)),
        " OR ".join("is:a" for _ in range(400)),
        "(" * 10_000 + "tag:a" + ")" * 10_000,
        "(" * 1_500 + "tag:a" + ")" * 1_500,
        "-(" * 1_000 + "tag:a" + ")" * 1_000,
    ],
)
def test_a_query_has_limits(desk: Desk, query: str) -> None:
    policy = CONFIG.replace("- id: gold\n", f'- id: gold\n      when: "{query}"\n')
    with soon():
        _, found = parse_config(policy.encode(), "gitdesk.yaml")
        done = desk.gitdesk("list", "--", query)
    assert "C060" in {one.code for one in found}
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@attack("A pattern that takes for ever: `a*a*a*a*…b` in a query, a tag or a domain")
def test_patterns_are_no_regular_expressions(own: Desk) -> None:
    tip = own.commit({PATH: text(said(own.at), title="a" * 400)})
    own.git("update-ref", "refs/heads/main", tip)
    for query in (
        "title:" + "a*" * 60 + "b",
        "tag:" + "*?" * 60 + "b",
        "title:(a+)+$",
        "organisation:" + "a*" * 60,
    ):
        with soon():
            done = own.gitdesk("list", "-q", query, GITDESK_NOW=stamp(own.at + 60))
        assert done.returncode in (0, 2), done.stderr
        assert done.stdout == ""


@attack("A calendar with absurd values")
@pytest.mark.parametrize(
    ("calendar", "code"),
    [
        ("hours: {mon-fri: ['00:00-00:00']}", "C040"),
        ("hours: {mon-fri: ['25:00-99:99']}", "C040"),
        ("hours: {mon-fri: [" + ", ".join(["'09:00-17:00'"] * 500) + "]}", "C040"),
        ("hours: {}", "C042"),
        ("timezone: ../../etc/passwd, hours: {mon: ['09:00-10:00']}", "C032"),
        ("hours: {mon: ['09:00-10:00']}, overrides: {'0000-00-00': ['00:00-24:00']}", "C044"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_told(calendar: str, code: str) -> None:
    _, codes = configured(f"calendars:\n  office: {{{calendar}}}\n")
    assert set(codes) == {code}
    assert len(codes) <= 100


@attack("Durations and dates that overflow")
@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("999999999999h", "C064"),
        ("9" * 400 + "h", "C064"),
        ("-1h", "C004"),
        ("1e9h", "C004"),
        ("99999999bd", ""),
    ],
)
def test_a_target_beyond_the_calendar_is_told_or_never_due(own: Desk, target: str, code: str) -> None:
    policy = CONFIG.replace("first_response: 1h, resolution: 8h", f"first_response: {target}, resolution: 8h")
    with soon():
        _, found = parse_config(policy.encode(), "gitdesk.yaml")
    assert [one.code for one in found] == [code][: len(code)]
    if found:
        return
    founded = own.commit({"gitdesk.yaml": policy}, parents=(), author=IVA, at=own.at)
    own.git("update-ref", "refs/heads/main", own.commit({PATH: text()}, parents=(founded,)))
    for words in (["list"], ["sla", "report"], ["sla", "explain", "7k3"], ["check"]):
        with soon():
            done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 3600))
        assert done.returncode == 0, (words, done.stderr)


@attack("Times at both ends of the calendar in a ticket")
@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"]
)
def test_the_ends_of_the_calendar_are_times_like_others(own: Desk, moment: str) -> None:
    odd = text(said(own.at), snoozed_until=moment).replace("created: 2026", "created: 2025")
    own.git("update-ref", "refs/heads/main", own.commit({PATH: odd}))
    for words in (["list"], ["show", "7k3"], ["sla", "report"], ["log"], ["export", "jsonl"]):
        done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 60))
        assert done.returncode in (0, 5), (words, done.stderr)


@attack("A `gitdesk.yaml` of many megabytes, or with ten thousand names")
def test_a_configuration_has_limits() -> None:
    assert configured("# " + "x" * 8_000_000 + "\n")[0] is None
    names = "\n".join(
        f"    - {{id: p{number}, name: P, addresses: [p{number}@x.example]}}" for number in range(3_000)
    )
    configured(f"customers:\n  organisations:\n{names.replace('id:', 'name:').replace(', name: P', '')}\n")
