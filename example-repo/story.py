"""Reads history/: the story of the example desk, one event a line, as data."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

YEAR = 2026
_HEAD = re.compile(r"(?P<day>\d\d-\d\d) (?P<time>\d\d:\d\d) (?P<actor>[a-z]+) (?P<rest>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who does something: an agent of the desk or a person who writes to it."""

    name: str
    email: str
    zone: ZoneInfo
    is_agent: bool

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened; several tickets make it a bulk command and one commit."""

    at: datetime  # aware, in the actor's zone
    actor: str
    verb: str
    words: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    text: str = ""
    branch: str = ""
    more: dict[str, Any]  # what only one verb has


class Story:
    """Everybody and everything of the example, in the order it happened."""

    def __init__(self, folder: Path, desk: dict[str, Any]) -> None:
        self.actors = dict(self._agents(desk)) | dict(self._contacts(folder / "contacts.yaml"))
        read = [event for path in sorted(folder.glob("[0-9]-*.yaml")) for event in self._file(path)]
        self.events = _together(sorted(read, key=lambda event: event.at.astimezone(UTC)))

    @property
    def begin(self) -> datetime:
        """Returns a moment before the first event."""
        return self.events[0].at - timedelta(hours=1)

    @staticmethod
    def _agents(desk: dict[str, Any]) -> Iterator[tuple[str, Actor]]:
        zone = desk["desk"]["timezone"]
        for person in desk["people"]["agents"]:
            place = ZoneInfo(person.get("timezone", zone))
            yield (
                person["id"],
                Actor(name=person["name"], email=person["addresses"][0], zone=place, is_agent=True),
            )

    @staticmethod
    def _contacts(path: Path) -> Iterator[tuple[str, Actor]]:
        for key, (name, email, zone) in _load(path).items():
            yield key, Actor(name=name, email=email, zone=ZoneInfo(zone), is_agent=False)

    def _file(self, path: Path) -> Iterator[Event]:
        for entry in _load(path):
            yield from self._ticket(entry) if "ticket" in entry else (self._desk_event(entry),)

    def _ticket(self, entry: dict[str, Any]) -> Iterator[Event]:
        actor = entry.get("by", entry["from"])
        created = self._event(f"{entry['at']} {actor} new", entry["text"], (entry["ticket"],))
        yield replace(created, more=entry)
        for line in entry.get("then", ()):
            head, text = next(iter(line.items())) if isinstance(line, dict) else (line, "")
            yield self._event(head, text, (entry["ticket"],))

    def _desk_event(self, entry: dict[str, Any]) -> Event:
        event = self._event(entry["do"], entry.get("text", ""), tuple(entry.get("tickets", ())))
        return replace(event, branch=entry.get("branch", ""), more=entry)

    def _event(self, head: str, text: str, tickets: tuple[str, ...]) -> Event:
        found = _HEAD.fullmatch(head)
        if found is None:
            raise ValueError(f'no time, actor and verb in "{head}"')
        actor = found["actor"]
        moment = datetime.fromisoformat(f"{YEAR}-{found['day']}T{found['time']}")
        at = moment.replace(tzinfo=self.actors[actor].zone)
        verb, *words = shlex.split(found["rest"])
        return Event(
            at=at, actor=actor, verb=verb, words=tuple(words), tickets=tickets, text=text.strip("\n"), more={}
        )


def _together(events: list[Event]) -> list[Event]:
    """Makes one bulk event of what one person did to several tickets in the same minute with the same words."""
    merged: dict[object, Event] = {}
    for number, event in enumerate(events):
        alone = event.verb == "new" or event.more
        key = number if alone else (event.at, event.actor, event.verb, event.words, event.text)
        known = merged.get(key)
        merged[key] = replace(known, tickets=known.tickets + event.tickets) if known else event
    return list(merged.values())


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
