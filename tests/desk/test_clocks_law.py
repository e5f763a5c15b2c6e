"""Whatever happens to a desk: kept clocks are those of a new index, those of a replay, and those told at the time."""

from __future__ import annotations

import sys
import tempfile
from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent))

from branches import (
    ANA,
    IVA,
    MARKO,
    ONE,
    START,
    STRICT,
    THREE,
    TWO,
    H,
    History,
    alike,
    config,
    said,
    text_of,
    written_both_ways,
)

from gitdesk.desk import clocks
from gitdesk.desk.terms import terms_of
from gitdesk.domain.automatic import is_automatic
from gitdesk.domain.config import PATH
from gitdesk.domain.format import path_of
from gitdesk.domain.sla_history import HEADER, Change, Said, Story
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, standings
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config
from gitdesk.value import parts_of

CONFIGS = {
    "first": config(),
    "strict": config(STRICT),
    "vip": config(STRICT, when='      when: "tag:vip"\n'),
    "off": config(policies=False),
    "broken": b"desk: [",
}
HEADERS = {
    "status": ("new", "open", "waiting", "resolved", "spam"),
    "priority": ("normal", "high", "low"),
    "assignee": ("", "iva", "marko"),
    "group": ("", "support", "technical"),
    "tags": ((), ("vip",), ("vip", "b")),
    "title": ("One", "Other"),
    "requester": (ANA, IVA),
}
MESSAGES = (
    ("reply", IVA),
    ("reply", MARKO),
    ("customer", ANA),
    ("note", IVA),
    ("reply", "Bot <bot@acme.example>"),
)


# Each example takes half a second of Git, so that a failing one is shown as it was drawn.
_FEW = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class Made:
    """A history as it is drawn: what stands on each branch, and its commits on the main line."""

    def __init__(self, draw: Any, path: Path, *, tame: bool) -> None:
        self.draw, self.tame = draw, tame
        self.history = History(path)
        self.now = START
        self.files: dict[str, dict[str, Any]] = {}
        self.marks: list[str] = []
        self.step("main", {PATH: CONFIGS["first"]}, {})
        for _ in range(draw(st.integers(2, 9))):
            self.any_step()

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def step(self, branch: str, files: dict[str, Any], tickets: dict[str, Any], parents: Any = ()) -> str:
        self.now += (
            self.one_of(0, 60, H, 3 * H) if self.tame else self.one_of(-2 * H, 0, 60, H, 3 * H, 90 * H)
        )
        texts = {
            ticket: one if one is None or isinstance(one, bytes) else self.text(ticket, one)
            for ticket, one in tickets.items()
        }
        message = "hand edit"
        if PATH in files and not self.tame:
            message += self.one_of(
                "", "\n\nGitdesk-Rebase-SLA: gold", f"\n\nGitdesk-Rebase-SLA: gold\nApproved-by: {MARKO}"
            )
        mark = self.history.commit(
            self.now, {**files, **texts}, parents=parents, branch=branch, message=message,
            by=self.one_of(IVA, ANA),
        )  # fmt: skip
        if branch == "main":
            self.marks.append(mark)
        return mark

    @staticmethod
    def text(ticket: str, one: dict[str, Any]) -> bytes:
        header = {key: value for key, value in one.items() if key != "thread"}
        return text_of(ticket, [text for _, text in one["thread"]], **header)

    def changed(self, files: dict[str, Any]) -> dict[str, Any]:
        """Returns a ticket with its next version."""
        ticket = self.one_of(ONE, TWO, THREE)
        before = files.get(ticket)
        if not isinstance(before, dict):
            return {ticket: {"created": self.now, "thread": [], "status": "new", "priority": "normal"}}
        if not self.tame and self.draw(st.integers(0, 9)) == 0:
            return {ticket: self.one_of(None, b"---\nid: [\n---\n")}
        after = {**before, "thread": list(before["thread"])}
        for _ in range(self.draw(st.integers(1, 3))):
            key = self.one_of(*HEADERS)
            after[key] = self.one_of(*HEADERS[key])
        if self.draw(st.booleans()):
            kind, author = self.one_of(*MESSAGES)
            at = self.now - self.one_of(0, 0, 0, 60, 2 * H)
            after["thread"].append((at, said(at, kind, author, f"number {self.history.count}")))
        elif after["thread"] and not self.tame and self.draw(st.integers(0, 3)) == 0:
            del after["thread"][0]
        return {ticket: after}

    def any_step(self) -> None:
        kind = self.one_of("ticket", "ticket", "ticket", "ticket", "config", "merge", "merge")
        if kind == "config":
            self.step("main", {PATH: CONFIGS[self.one_of(*CONFIGS)]}, {}, self.marks[-1:])
        elif kind == "ticket":
            change = self.changed(self.files)
            self.step("main", {}, change, self.marks[-1:])
            self.files |= change
        else:
            self.merge()

    def merge(self) -> None:
        """Lets a branch and the main line go on from one place, and merges them: what one side, or both, did."""
        base = self.marks[-1]
        theirs, change = dict(self.files), {}
        last = base
        for _ in range(self.draw(st.integers(1, 3))):
            change = self.changed(theirs)
            last = self.step("side", {}, change, [last])
            theirs |= change
        for _ in range(self.draw(st.integers(0, 2))):
            change = self.changed(self.files)
            self.step("main", {}, change, self.marks[-1:])
            self.files |= change
        result = dict(self.files)
        for ticket in (ONE, TWO, THREE):
            ours, other = self.files.get(ticket, {}), theirs.get(ticket)
            away = not isinstance(ours, dict)  # Git would ask what is to become of it
            if other != self.files.get(ticket) and (ticket in theirs or not self.tame) and not away:
                fresh = ticket not in self.files  # its id is drawn once
                result[ticket] = other if fresh or self.draw(st.integers(0, 3)) else self.files[ticket]
        files = {ticket: one for ticket, one in result.items() if one != self.files.get(ticket)}
        self.step("main", {}, files, [self.marks[-1], last])
        self.files = result


def different(found: tuple[Any, ...], wanted: tuple[Any, ...]) -> list[Any]:
    """Returns what differs between two lists of rows, by part."""
    keys = [tuple((one.ticket, one.metric, one.cycle) for one in rows) for rows in (found, wanted)]
    if keys[0] != keys[1]:
        return [f"{set(keys[0]) - set(keys[1])} and not {set(keys[1]) - set(keys[0])}"]
    return [
        (one.ticket, one.metric, one.cycle, name, getattr(one, name), getattr(other, name))
        for one, other in zip(found, wanted, strict=True)
        for name in parts_of(type(one))
        if getattr(one, name) != getattr(other, name)
    ]


def at_tip(history: History, commit: str, now: int) -> tuple[Any, Any]:
    """Returns the rows and status times of the desk when its branch is at a commit."""
    history.git("update-ref", "refs/heads/main", commit)
    with history.desk(now) as desk:
        found = clocks.report_rows(desk)
        ready, read = written_both_ways(desk)
        assert ready == read
        rows = tuple(alike(found.cycles))
        listed = list(desk.find("sort:id", columns=("id", "sla", "due", "sla_metric"), everything=True).rows)
        return rows, (listed, sorted(found.status_times, key=itemgetter(0)), sorted(found.problems))


@_FEW
@given(st.data())
def test_a_refreshed_index_tells_what_a_new_one_tells_and_what_was_told_at_the_time(
    data: st.DataObject,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Made(data.draw, Path(folder) / "desk", tame=False)
        history = made.history
        ids = history.write()
        commits = [(ids[mark], history.times[mark]) for mark in made.marks]
        readable = [one for one in commits if b"desk: [" not in _config_at(history, one[0])]
        told = {}
        for commit, at in data.draw(st.lists(st.sampled_from(readable), min_size=2, max_size=4)):
            kept = at_tip(history, commit, at)
            if data.draw(st.booleans()):
                history.forget()
                again = at_tip(history, commit, at)
                assert different(again[0], kept[0]) == []
                assert again == kept
            told[commit] = kept[0]
        last, at = readable[-1]
        history.git("update-ref", "refs/heads/main", last)
        for commit, before in told.items():
            note(commit)
            assert different(history.rows(at + 1000 * H, as_of=commit), before) == []


def _config_at(history: History, commit: str) -> bytes:
    return history.git("show", f"{commit}:{PATH}").encode()


@_FEW
@given(st.data())
def test_clocks_are_those_of_the_versions_of_the_file_by_first_parents(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Made(data.draw, Path(folder) / "desk", tame=True)
        ids = made.history.write()
        commits = [(ids[mark], made.history.times[mark]) for mark in made.marks]
        while b"desk: [" in _config_at(made.history, commits[-1][0]):
            commits.pop()
        now = max(at for _, at in commits) + 5 * H
        kept, _ = at_tip(made.history, commits[-1][0], now)
        assert different(kept, tuple(_plainly(made.history, commits, now))) == []


def _plainly(history: History, commits: list[tuple[str, int]], now: int) -> Any:
    """Yields the rows of stories that are put together from the versions of the files alone."""
    terms, was = [], None
    for place, (commit, at) in enumerate(commits):
        data = _config_at(history, commit)
        parsed = parse_config(data)[0]
        if parsed is not None and data != was:
            terms.append(terms_of(parsed, {}, position=place, commit=commit, at=at))
            was = data
    by_place = {one.position: one for one in terms}
    for ticket in (ONE, TWO, THREE):
        story = _story(history, commits, ticket)
        if story is None:
            continue
        replay = Replay(story, terms, now)
        for one in sorted(standings(replay), key=lambda each: (each.metric, each.cycle)):
            held = by_place[one.version].calendars[one.calendar] if one.state == "running" else None
            header = replay.header
            yield from alike(
                [
                    cycle(
                        one, now, held, ticket=ticket, title=header["title"],
                        assignee=header["assignee"], group=header["group"],
                    )
                ]
            )  # fmt: skip


def _story(history: History, commits: list[tuple[str, int]], ticket: str) -> Story | None:
    versions = []
    for place, (commit, at) in enumerate(commits):
        listed = history.git("ls-tree", commit, path_of(ticket))  # type: ignore[arg-type]
        if listed:
            data = history.git("show", f"{commit}:{path_of(ticket)}").encode()  # type: ignore[arg-type]
            versions.append((place, at, commit, codec.parse(data, path_of(ticket)).ticket))  # type: ignore[arg-type]
    if not versions:
        return None
    headers = []
    for _, _, _, one in versions:
        assert one is not None
        values = {key: getattr(one, key) for key in ("title", *HEADER) if key not in ("tags", "fields")}
        headers.append({**values, "tags": tuple(sorted(one.tags)), "fields": ()})
    changes, heard, mended = [], {}, False
    for number, (place, at, commit, one) in enumerate(versions):
        assert one is not None
        for message in one.messages:
            heard.setdefault(message.body, place)
        if number:
            mended = mended or not _goes_on(versions[number - 1][3], one)
        if number and headers[number] != headers[number - 1]:
            old, new = headers[number - 1], headers[number]
            values = {key: value for key, value in new.items() if value != old[key]}
            changes.append(
                Change(at=at, position=place, values=values, commit=commit, by=_author(history, commit))
            )
    place, at, commit, one = versions[0]
    latest = versions[-1][3]
    assert latest is not None
    return Story(
        ticket=ticket,  # type: ignore[arg-type]
        title=headers[0]["title"],
        created=int(latest.created.timestamp()),
        came=at,
        position=place,
        first=headers[0],
        changes=changes,
        messages=[
            Said(
                at=int(message.at.timestamp()), kind=message.kind, author=message.author,
                automatic=is_automatic(message.meta), position=-1 if mended else heard[message.body],
            )
            for message in latest.messages
        ],
        commit=commit,
        by=_author(history, commit),
        remarks=["messages were taken out or moved; it counts those that stand"] if mended else [],
    )  # fmt: skip


def _goes_on(before: Any, after: Any) -> bool:
    """Tells whether all messages of a version stand in the next one."""
    return {message.body for message in before.messages} <= {message.body for message in after.messages}


def _author(history: History, commit: str) -> str:
    return history.git("show", "-s", "--format=%an <%ae>", commit)
