"""Does what the story tells: each event becomes one change through gitdesk's own door, dated when it happened."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from story import Actor, Event, Story

from gitdesk.desk import Desk, Fresh, Step, Why
from gitdesk.desk.merging import merge_steps, unmerge_steps
from gitdesk.domain.edit import Assign, Move, Relate, Say, Several, Tag
from gitdesk.domain.edit import Set as SetValues
from gitdesk.domain.ticket import CUSTOMER, NOTE, REPLY, Message, Ticket, TicketId, timestamp

if TYPE_CHECKING:
    from gitdesk.domain.edit import Edit

INTAKE = "intake"  # the agent who puts in what arrives by mail, web and chat
KINDS = {"reply": REPLY, "note": NOTE, "says": CUSTOMER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of a message event: `-> STATUS`, `+FILE`, and behind `because` the reason for the commit."""

    status: str
    reason: str
    files: tuple[str, ...]

    @classmethod
    def of(cls, words: tuple[str, ...]) -> Said:
        """Returns what the words say; raises ValueError for any other word."""
        status, reason, files = "", "", []
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "->":
                status = rest.pop(0)
            elif word.startswith("+"):
                files.append(word[1:])
            elif word == "because":
                reason, rest = " ".join(rest), []
            else:
                raise ValueError(f'"{word}" is neither "-> STATUS" nor "+FILE" nor "because REASON"')
        return cls(status=status, reason=reason, files=tuple(files))


class Replay:
    """A story on its way into a desk."""

    def __init__(self, story: Story, folder: Path, surroundings: Mapping[str, str], main: str) -> None:
        self.story, self.folder, self.main = story, folder, main
        self.ids: dict[str, TicketId] = {}
        self._surroundings = dict(surroundings)
        self._channels: dict[str, str] = {}
        self._worktrees: dict[str, Path] = {}

    # What it takes to begin and what came of it

    def first_version(self, text: str) -> str:
        """Returns gitdesk.yaml as it was before the hand edits of the story."""
        for event in reversed(self.story.events):
            if event.verb == "hand-edit-desk":
                text = _replaced(text, event.more["new"], event.more["old"])
        return text

    @property
    def commits(self) -> int:
        """Returns how many commits the desk has."""
        return int(self._git(self.folder, self._surroundings, "rev-list", "--count", "HEAD"))

    @property
    def authors(self) -> int:
        """Returns how many people made them."""
        return len(set(self._git(self.folder, self._surroundings, "log", "--format=%ae").split()))

    def environ(self, at: datetime, actor: Actor) -> dict[str, str]:
        """Returns an environment in which it is `at` and the actor works."""
        who = actor if actor.is_agent else self.story.actors[INTAKE]
        date = at.replace(microsecond=0).isoformat()
        return {
            **self._surroundings,
            "GITDESK_NOW": timestamp(at),
            "GIT_AUTHOR_NAME": who.name,
            "GIT_AUTHOR_EMAIL": who.email,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": who.name,
            "GIT_COMMITTER_EMAIL": who.email,
            "GIT_COMMITTER_DATE": date,
        }

    def run(self) -> None:
        """Does every event in order."""
        for number, event in enumerate(self.story.events):
            done: Callable[[Event], None] = getattr(self, f"_do_{event.verb.replace('-', '_')}", self._change)
            try:
                done(event)
            except (KeyError, ValueError) as error:
                raise ValueError(
                    f"event {number}, {event.at}: {event.actor} {event.verb}: {error}"
                ) from error

    # Changes through the desk

    def _do_new(self, event: Event) -> None:
        entry, key = event.more, event.tickets[0]
        self._channels[key] = entry["set"]["channel"]
        own = {name[6:]: str(value) for name, value in entry["set"].items() if name.startswith("field.")}
        plain = {name: value for name, value in entry["set"].items() if not name.startswith("field.")}
        ticket = Ticket(
            id=TicketId(""),
            title=entry["title"],
            created=event.at,
            status="new",
            requester=str(self.story.actors[entry["from"]]),
            fields=tuple(own.items()),
            description=event.text,
            **{"priority": "normal", **plain},
        )
        files = tuple(_file(name) for name in entry.get("attach", ()))
        environ = {**self.environ(event.at, self.story.actors[event.actor]), "GITDESK_SEED": key}
        with Desk.open(str(self.folder), environ, _unwatched) as desk:
            outcome = desk.change([Fresh(ticket=ticket, files=files)], Why(via=self._via(event)))
        (self.ids[key],) = outcome.ids

    def _do_attach(self, event: Event) -> None:
        self._step(event, Several(edits=()), tuple(_file(name) for name in event.words))

    def _do_merge(self, event: Event) -> None:
        (key,) = event.tickets
        with self._desk(event) as desk:
            desk.change(merge_steps(desk, self.ids[key], self.ids[event.words[-1]]), Why(reason=event.text))

    def _do_unmerge(self, event: Event) -> None:
        (key,) = event.tickets
        with self._desk(event) as desk:
            desk.change(unmerge_steps(desk, self.ids[key]), Why(reason=event.text))

    def _change(self, event: Event) -> None:
        if event.verb in KINDS:
            self._message(event)
        else:
            self._step(event, self._edit(event.verb, event.words), ())

    def _message(self, event: Event) -> None:
        said = Said.of(event.words)
        files = tuple(_file(name) for name in said.files)
        message = Message(
            at=event.at,
            kind=KINDS[event.verb],
            author=str(self.story.actors[event.actor]),
            body=event.text,
            meta=(("attachments", ", ".join(said.files)),) if files else (),
        )
        edits: list[Edit] = [Say(message=message)]
        if said.status:
            edits.append(Move(status=said.status))
        self._step(replace(event, text=said.reason), Several(edits=tuple(edits)), files)

    def _edit(self, verb: str, words: tuple[str, ...]) -> Edit:
        match verb, words:
            case "assign", (who,) if who.startswith("group:"):
                return Assign(group=who.removeprefix("group:"))
            case "assign", (who,):
                return Assign(assignee="" if who == "nobody" else who)
            case "tag", _:
                added = tuple(word[1:] for word in words if word[0] == "+")
                return Tag(add=added, remove=tuple(word[1:] for word in words if word[0] == "-"))
            case "set", _:
                pairs = [word.split("=", 1) for word in words]
                own = tuple((name[6:], value) for name, value in pairs if name.startswith("field."))
                return SetValues(
                    values=tuple((n, v) for n, v in pairs if not n.startswith("field.")), fields=own
                )
            case "move", (status,):
                return Move(status=status)
            case "snooze", (day,):
                return Move(status="snoozed", snoozed_until=datetime.fromisoformat(f"{day}T08:00:00Z"))
            case "link", (kind, key):
                return Relate(kind=kind, target=self.ids[key])
            case "unlink", (kind, key):
                return Relate(kind=kind, target=self.ids[key], remove=True)
        raise ValueError(f"no such verb, or wrong words: {verb} {' '.join(words)}")

    def _step(self, event: Event, edit: Edit, files: tuple[tuple[str, bytes], ...]) -> None:
        steps = [Step(ticket_id=self.ids[key], edit=edit, files=files) for key in event.tickets]
        with self._desk(event) as desk:
            desk.change(steps, Why(reason=event.text, via=self._via(event)))

    def _via(self, event: Event) -> str:
        if self.story.actors[event.actor].is_agent:
            return ""
        channel = self._channels.get(event.tickets[0], "")
        return channel if channel in ("web", "chat") else "email"

    def _desk(self, event: Event) -> Desk:
        folder = self._worktrees[event.branch] if event.branch else self.folder
        return Desk.open(str(folder), self.environ(event.at, self.story.actors[event.actor]), _unwatched)

    # Changes by hand, with an editor and Git

    def _do_hand_edit(self, event: Event) -> None:
        (key,) = event.tickets
        self._by_hand(event, next(self.folder.glob(f"tickets/*/{self.ids[key]}.md")))

    def _do_hand_edit_desk(self, event: Event) -> None:
        self._by_hand(event, self.folder / "gitdesk.yaml")

    def _by_hand(self, event: Event, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        path.write_text(_replaced(text, event.more["old"], event.more["new"]), encoding="utf-8")
        environ = self.environ(event.at, self.story.actors[event.actor])
        self._git(self.folder, environ, "commit", "--quiet", "--all", "--message", event.text)

    def _do_branch(self, event: Event) -> None:
        (name,) = event.words
        environ = self.environ(event.at, self.story.actors[event.actor])
        place = Path(tempfile.mkdtemp(prefix="gitdesk-demo-")) / name
        self._git(self.folder, environ, "worktree", "add", "--quiet", "-b", name, str(place), self.main)
        self._worktrees[name] = place

    def _do_merge_branch(self, event: Event) -> None:
        (name,) = event.words
        environ = self.environ(event.at, self.story.actors[event.actor])
        place = self._worktrees.pop(name)
        self._git(self.folder, environ, "worktree", "remove", "--force", str(place))
        shutil.rmtree(place.parent)
        self._git(self.folder, environ, "merge", "--quiet", "--no-ff", "--no-edit", name)
        self._git(self.folder, environ, "branch", "--quiet", "--delete", name)

    @staticmethod
    def _git(folder: Path, environ: Mapping[str, str], *words: str) -> str:
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(
            command, env=dict(environ), check=True, stdout=subprocess.PIPE, encoding="utf-8"
        ).stdout


def _unwatched(_: str) -> Any:
    """Shows no progress: each step takes milliseconds."""
    return nullcontext(lambda _done, _total: None)


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"not exactly once there: {old!r}")
    return text.replace(old, new)


def _file(name: str) -> tuple[str, bytes]:
    """Makes an attachment: always the same bytes for a name."""
    seed = zlib.crc32(name.encode())
    if name.endswith(".png"):
        return name, _png(seed)
    if name.endswith(".csv"):
        rows = (
            f"2026-10-0{1 + row // 4},{row % 4 * 6:02}:00,{3.2 + (seed >> row) % 9 / 10:.1f}"
            for row in range(20)
        )
        return name, "\n".join(("day,time,value", *rows, "")).encode()
    return name, f"{name}\nchecksum {seed:08x}\nstate ok\nuptime 412 h\n".encode()


def _png(seed: int) -> bytes:
    """Draws 16 × 16 pixels of one colour."""
    colour = bytes((seed & 255, seed >> 8 & 255, seed >> 16 & 255))
    pixels = zlib.compress(b"".join(b"\0" + colour * 16 for _ in range(16)), 9)
    header = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
