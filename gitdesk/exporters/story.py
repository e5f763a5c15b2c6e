"""The events of a ticket in the neutral format, out of the rows of the index: one event a commit."""

from __future__ import annotations

from json import loads

from gitdesk.exporters.values import before, field_value, is_exact, is_set, link, moment, names
from gitdesk.index.exporting import MORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from gitdesk.exporters.values import Shift

    Row = tuple[Any, ...]
    Event = dict[str, Any]

# The kinds of event that say one value, and the key it stands under.
SCALARS = {
    "title": "title",
    "requester": "requester",
    "channel": "channel",
    "created-at": "created",
    "source": "source",
    "status": "status",
    "snoozed": "snoozed_until",
    "priority": "priority",
    "type": "type",
    "group": "group",
    "assignee": "assignee",
    "merged": "merged_into",
    "unmerged": "merged_into",
    "description": "description",
    "id": "id",
}
LISTS = {"tag": "tags", "watcher": "watchers", "link": "links"}
_PLAIN = frozenset(kind for kind, key in SCALARS.items() if kind == key)
_SAYING = frozenset(("changes", "message", "attachments", "deleted", "restored"))
_CUT_BODY, _CUT = 400, 1_000  # characters of a text that a row keeps


class Incomplete(Exception):
    """The rows of the index do not say enough about a ticket; its versions must be read from Git."""


class Story:
    """The events of one ticket as they are put together; commits come in their order, the oldest first."""

    __slots__ = ("_at", "_author", "_now", "_shifts", "created", "events", "files", "left", "opening")

    def __init__(self, now: Mapping[str, Any], left: Callable[[str], None]) -> None:
        self._now, self.left = now, left
        self.events: list[Event] = []
        self.created: Event | None = None  # how the creation was told
        self.opening: list[dict[str, Any]] = []  # the messages that stood in the ticket from its creation
        self.files: list[dict[str, Any]] = []  # every attachment, with the blob that holds it
        self._shifts: dict[str, list[tuple[Event, list[Shift]]]] = {}
        self._at = self._author = ""

    def event(self, row: Row, authors: Mapping[int, str]) -> Event:
        """Begins the event of a commit, with who, when and why, and returns it."""
        commit, time, author, committer, more = row[9:]
        by = authors[author]
        found: Event = {"id": commit, "at": time, "by": by}
        if more is not None:
            _add_more(found, dict(zip(MORE, loads(more), strict=True)), time)
        if committer is not None:
            found["committer"] = authors[committer]
        self._at, self._author = time, by
        self.events.append(found)
        return found

    def creation(self, event: Event) -> None:
        """Tells that the event begun last was the creation: what it says is what the ticket had from the start."""
        self.created = self.events.pop()
        assert self.created is event

    def change(self, event: Event, kind: str, field: str, old: str, new: str, was: Any, place: Any) -> None:
        """Adds one change of a value, by the texts of its event; raises Incomplete for one that was cut."""
        key = SCALARS.get(kind)
        if key is not None:
            event.setdefault("changes", {})[key] = {"from": old or None, "to": new or None}
        elif kind == "field":
            if old == new:
                self.left("changes of nothing but the order of fields")
            else:
                change = {"from": field_value(old), "to": field_value(new)}
                event.setdefault("changes", {})[f"fields.{field}"] = change
        elif kind in LISTS:
            listed = self._shifts.setdefault(kind, [])
            if not listed or listed[-1][0] is not event:
                listed.append((event, []))
            listed[-1][1].append((was, place, new or old))
        elif kind == "attachment":
            self._attach(event, field, old, new)
        elif kind == "moved":
            self.left("moves of a ticket's file")
        else:
            raise Incomplete

    def _attach(self, event: Event, name: str, old: str, new: str) -> None:
        file: dict[str, Any] = {"name": name}
        if new:
            file["blob"] = new
            if old:
                file["replaces"] = True
        else:
            file["removed"] = True
        self.files.append(file)
        event.setdefault("attachments", []).append(file)

    def say(self, event: Event, message: dict[str, Any]) -> None:
        """Adds the message of an event; what the event says already is not said again."""
        if message["at"] == self._at:
            del message["at"]
        if message["author"] == self._author:
            del message["author"]
        event["message"] = message

    def told(self, now: dict[str, Any]) -> dict[str, Any]:
        """Returns the ticket with all that happened."""
        for kind, listed in self._shifts.items():
            self._tell_lists(LISTS[kind], listed)
        for event in self.events:
            if "attachments" in event and "message" in event:
                _hand_over(event, event["message"])
        created = self.created
        if created is not None:
            now["author"] = created["by"]
            attached = created.pop("attachments", None)
            if attached:
                holder = {"attachments": attached}
                for message in self.opening:
                    _hand_over(holder, message)
                if holder.get("attachments"):
                    now["attachments"] = holder["attachments"]
            now["created_event"] = created
        if self.opening:
            now["messages"] = self.opening
        now["events"] = [event for event in self.events if not _SAYING.isdisjoint(event)]
        return now

    def _tell_lists(self, key: str, listed: Sequence[tuple[Event, list[Shift]]]) -> None:
        """Tells what came and went; whole lists where their order cannot be told from that."""
        items = [_item(key, each) for each in self._now.get(key, ())]
        known = True
        for event, shifts in reversed(listed):
            older = before(items, shifts) if known else None
            known = older is not None
            changes = event.setdefault("changes", {})
            if older is not None and not (is_set(items) and is_set(older)):
                changes[key] = {"from": _told(key, older), "to": _told(key, items)}
            else:
                added = [text for was, _, text in shifts if was is None]
                removed = [text for _, place, text in shifts if place is None]
                if added or removed:
                    changes[key] = {"add": _told(key, added), "remove": _told(key, removed)}
            if older is not None:
                items = older


def of_rows(
    now: dict[str, Any],
    commits: Iterable[Sequence[Row]],
    thread: Sequence[dict[str, Any]],
    authors: Mapping[int, str],
    left: Callable[[str], None],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns a ticket with its events and its attachments, from rows alone; raises Incomplete where they do not do.

    `now` are the facts, `thread` the messages of the ticket as it is now.
    """
    story = Story(now, left)
    said = 0
    for commit in commits:
        event = story.event(commit[0], authors)
        before = said
        for _, _, kind, field, old, new, place, was, *_ in commit:
            if kind == "message":
                if place != said or said >= len(thread) or thread[said]["kind"] != field:
                    raise Incomplete
                said += 1
                continue
            if kind == "created":
                if story.created is not None or len(story.events) > 1:
                    raise Incomplete
                story.creation(event)
                continue
            if new[-1:] == "…" or old[-1:] == "…":
                limit = _CUT_BODY if kind == "description" else _CUT
                if len(new) >= limit or len(old) >= limit:
                    raise Incomplete
            if kind in _PLAIN:  # most of all, so without a call
                if "changes" not in event:
                    event["changes"] = {}
                event["changes"][kind] = {"from": old or None, "to": new or None}
                continue
            if kind == "field" and not (is_exact(old) and is_exact(new)):
                raise Incomplete
            story.change(event, kind, field, old, new, was, place)
        if said > before:
            _speak(story, event, thread[before:said])
    if said != len(thread) or story.created is None:
        raise Incomplete
    return story.told(now), story.files


def _speak(story: Story, event: Event, spoken: Sequence[dict[str, Any]]) -> None:
    if event is story.created:
        story.opening = list(spoken)
    elif len(spoken) == 1:
        story.say(event, spoken[0])
    else:
        raise Incomplete  # an event has one message: more of them are told as the thread before and after


def _add_more(event: Event, more: dict[str, Any], time: str) -> None:
    event["at"] = moment(time, more["zone"])
    if more["authored"] != time or more["authored_zone"] != more["zone"]:
        event["authored_at"] = moment(more["authored"], more["authored_zone"])
    for key in ("reason", "via", "automation", "on_behalf_of"):
        if more[key]:
            event[key] = more[key]
    if more["approved_by"]:
        event["approved_by"] = names(more["approved_by"])


def _hand_over(holder: dict[str, Any], message: dict[str, Any]) -> None:
    """Gives a message the files that it names and that came with it."""
    meta = message.get("meta")
    if not meta or next(reversed(meta)) != "attachments":
        return
    named = [name.strip() for name in meta["attachments"].split(",")]
    came = {file["name"]: file for file in holder["attachments"] if "removed" not in file}
    if ", ".join(named) != meta["attachments"] or not all(name in came for name in named):
        return
    message["attachments"] = [came[name] for name in named]
    message["meta"] = {key: value for key, value in meta.items() if key != "attachments"}
    if not message["meta"]:
        del message["meta"]
    rest = [file for file in holder["attachments"] if file["name"] not in named]
    if rest:
        holder["attachments"] = rest
    else:
        del holder["attachments"]


def _item(key: str, item: Any) -> str:
    return f"{item['kind']} {item['to']}" if key == "links" else item


def _told(key: str, items: Sequence[str]) -> list[Any]:
    return [link(item) for item in items] if key == "links" else list(items)
