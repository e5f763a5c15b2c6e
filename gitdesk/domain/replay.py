"""Replays a ticket of a source: from what it is now and what happened to it, every version it had on the way."""

from __future__ import annotations

from datetime import datetime

from gitdesk.domain.change_words import phrase
from gitdesk.domain.event import events, value_text
from gitdesk.domain.exchange import LISTS, SCALARS, UNKNOWN, Delta, Said, Step, Told
from gitdesk.domain.import_map import SKIP
from gitdesk.domain.rendition import Rendition, State, before, clean, fields_of, line, result, second
from gitdesk.domain.ticket import CUSTOMER, NOTE, REPLY, Message, Ticket, timestamp
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from gitdesk.domain.exchange import Attached, Record
    from gitdesk.domain.rendition import Surroundings
    from gitdesk.domain.ticket import TicketId


# Texts that a ticket may hold in another form than the source: only what an event told can be compared.
_TOLD_IN_FULL = ("title", "description", "created")


class Version(Value):
    """One version of a ticket and the commit that makes it; `ticket` None where it was deleted."""

    step: Step
    author: str
    ticket: Ticket | None
    told: Told = Told()
    identities: tuple[str, ...] = ()


class Replay:
    """One ticket on its way through its events."""

    def __init__(
        self, record: Record, ticket_id: TicketId, around: Surroundings, *, keeps_source: bool = True
    ) -> None:
        self._record, self._id, self._around = record, ticket_id, around
        self._names = around.names
        self._names.turn_to(record.key)
        self._source = record.key if keeps_source else ""
        self._said_by = Rendition(record, around)
        self._author = record.author or str(record.facts.get("requester") or "")

    # the way of a ticket the desk does not have

    def versions(self) -> Iterator[Version]:
        """Yields every version, the oldest first; what the first rows of an event log say belongs to the creation."""
        record, around = self._record, self._around
        steps = [(step, self._said_by.step(step)) for step in record.steps]
        now = self._said_by.now()
        state = State(dict(now.parts), dict(now.fields))
        for _, changes in reversed(steps):
            for key, delta in reversed(changes):
                state.take(key, delta.before if delta.add is None else before(delta, state.get(key)))
        if not any(key == "merged_into" for _, changes in steps for key, _ in changes):
            state.take("merged_into", "")  # no event tells of a merge: it came last
        folded = self._fold(steps, state)
        if folded and not record.author:
            self._author = folded[0].by or self._author
        ticket = self._created(state)
        identities = (record.creation.identity, *(step.identity for step in folded))
        author = self._names.author(self._author)
        creation = replace(record.creation, at=record.born)
        yield Version(step=creation, author=author, ticket=ticket, told=record.told, identities=identities)
        if folded:
            around.count("events told by the creation", len(folded))
        yield from self._follow(ticket, steps[len(folded) :], now)

    def _fold(self, steps: list[tuple[Step, list[tuple[str, Delta]]]], state: State) -> list[Step]:
        """Takes the first event into the creation when it says what the ticket was made with, and nothing else."""
        if not steps:
            return []
        step, changes = steps[0]
        if step.at != self._record.born or step.said or step.attachments or step.gone is not None:
            return []
        if step.told != Told() or (step.authored_at or step.at) != step.at:
            return []
        if not step.changes or any(
            delta.before is not UNKNOWN or delta.add is not None for _, delta in changes
        ):
            return []
        author = self._record.author
        if author and step.by and author != step.by:
            return []
        for key, delta in changes:
            state.take(key, delta.after)
        return [step]

    def _created(self, state: State) -> Ticket:
        record = self._record
        parts = state.parts
        title = self._said_by.title(_known(parts.get("title")) or record.title)
        description = self._said_by.long_text(_known(parts.get("description")) or "", "description")
        if title[1]:
            description = f"{title[1]}\n\n{description}" if description else title[1]
        found: dict[str, Any] = {key: _known(parts.get(key)) or () for key in LISTS}
        for key in ("requester", "channel", "priority", "type", "group", "assignee", "merged_into"):
            found[key] = _known(parts.get(key)) or ""
        created = second(_known(parts.get("created")) or record.born)
        if created > second(record.born) and record.creation.at >= record.created:
            created = second(record.born)
            self._around.count("tickets created later than their first event, dated by the event")
        ticket = Ticket(
            id=self._id,
            title=title[0],
            created=created,
            status=_known(parts.get("status")) or self._around.config.default_status,
            source=self._source,
            description=description,
            fields=fields_of(state.fields),
            snoozed_until=_known(parts.get("snoozed_until")) or None,
            **found,
        )
        ticket = self._with_limits(self._with_merge(ticket, ticket), record.creation)
        for said in record.messages:
            ticket = self._said(ticket, record.creation, said)
            self._around.count("messages")
        if record.attachments:
            ticket = self._attached(ticket, record.creation, record.attachments)
        return ticket

    def _follow(
        self, ticket: Ticket, steps: list[tuple[Step, list[tuple[str, Delta]]]], now: State | None
    ) -> Iterator[Version]:
        present = True
        for step, changes in steps:
            after = self._stepped(ticket, step, changes)
            if step.gone is not None:
                present = not step.gone
            elif after == ticket and not step.attachments:
                if self._unchanged_is_left(step):
                    continue
                after = self._noted(ticket, step, _words(step) or "an event without a word")
                self._around.count("events that change nothing, kept as notes")
            # Where nobody is named, nobody is made out to have done it: not the one who asked, either.
            who = step.by or (step.said.author if step.said is not None else "")
            told, author = step.told, self._names.author(who)
            yield Version(
                step=step,
                author=author,
                ticket=after if present else None,
                told=told,
                identities=(step.identity,),
            )
            self._around.count("events as commits")
            ticket = after
        last = steps[-1][0] if steps else self._record.creation
        if now is not None and present:
            yield from self._closing(ticket, now, last)

    def _closing(self, ticket: Ticket, now: State, last: Step) -> Iterator[Version]:
        """Yields the version that closes the gap between what the events lead to and what the source says now."""
        told = {key: delta.after for step in self._record.steps for key, delta in step.changes}
        values = [
            (key, self._limited(value) if key == "tags" else value)
            for key, value in now.parts.items()
            if key not in _TOLD_IN_FULL or told.get(key, UNKNOWN) not in (UNKNOWN, value)
        ]
        values += [(f"fields.{name}", value) for name, value in now.fields.items()]
        after = self._with(ticket, values, last)
        if after != ticket:
            after = self._merged(after)
        if after == ticket:
            return
        at = max(self._record.updated or last.at, last.at)
        reason = "what the source says now; its events do not tell how it came about"
        self._around.count("differences that no event tells, closed by a commit of their own")
        yield Version(
            step=Step(at=at, identity="now"),
            author="",
            ticket=after,
            told=Told(reason=reason),
            identities=("now",),
        )

    # the way of a ticket the desk has

    def more(self, ticket: Ticket, known: Callable[[Step], bool]) -> Iterator[Version]:
        """Yields the versions that events make which the desk has not met, on top of the ticket as it is there."""
        steps = [step for step in self._record.steps if not known(step)]
        self._around.count("events there already", len(self._record.steps) - len(steps))
        yield from self._follow(ticket, [(step, self._said_by.step(step)) for step in steps], None)

    # one step

    def _stepped(self, ticket: Ticket, step: Step, changes: list[tuple[str, Delta]]) -> Ticket:
        after = self._with(ticket, [(key, result(delta, ticket, key)) for key, delta in changes], step)
        after = self._with_merge(after, ticket)
        if after.tags != ticket.tags:
            after = self._with_limits(after, step)
        foreign = [f"{key}: {_shown(delta)}" for key, delta in step.changes if not _has_place(key)]
        if foreign:
            after = self._noted(after, step, "\n".join(foreign))
        if step.said is not None:
            after = self._said(after, step, step.said)
            self._around.count("messages")
        if step.attachments:
            after = self._attached(after, step, step.attachments)
        return after

    def _with(self, ticket: Ticket, values: Iterable[tuple[str, Any]], step: Step) -> Ticket:
        """Returns the ticket with values set, by their keys; UNKNOWN leaves what is there."""
        parts: dict[str, Any] = {}
        own: dict[str, Any] | None = None
        whole = ""
        for key, value in values:
            if value is UNKNOWN:
                continue
            if key.startswith("fields."):
                own = dict(ticket.fields) if own is None else own
                own[key[7:]] = value
            elif key == "title":
                parts[key], whole = self._said_by.title(str(value or ""))
            elif key == "description":
                parts[key] = self._said_by.long_text(str(value or ""), "description")
            elif key == "messages":
                parts[key] = tuple(self._message(self._record.creation, said) for said in value)
            elif key == "snoozed_until":
                parts[key] = value or None
            elif value or key not in ("status", "created"):
                parts[key] = second(value) if key == "created" else value or (() if key in LISTS else "")
        if own is not None:
            parts["fields"] = fields_of(own)
        changed = {key: value for key, value in parts.items() if getattr(ticket, key) != value}
        after = replace(ticket, **changed) if changed else ticket
        return self._noted(after, step, f"the whole title: {whole}") if whole else after

    def _with_merge(self, ticket: Ticket, before: Ticket) -> Ticket:
        """Returns a merged ticket in a status that says so, as the format wants it."""
        if before is not ticket and ticket.merged_into == before.merged_into:
            return ticket
        after = self._merged(ticket)
        if after is not ticket:
            self._around.count(f'merged tickets put into the status "{after.status}"')
        return after

    def _merged(self, ticket: Ticket) -> Ticket:
        workflow = self._around.config.workflow
        if not ticket.merged_into or not workflow.merged_status or self._record.facts.get("status"):
            return ticket  # what the source says of the status counts
        if workflow.category(ticket.status) in ("cancelled", None):
            return ticket
        return replace(ticket, status=workflow.merged_status)

    def _with_limits(self, ticket: Ticket, step: Step) -> Ticket:
        most = self._around.config.tags.max_per_ticket
        if not most or len(ticket.tags) <= most:
            return ticket
        kept, over = self._limited(ticket.tags), ticket.tags[most:]
        self._around.count("tags over the desk's limit, kept as notes", len(over))
        return self._noted(replace(ticket, tags=kept), step, f"more tags: {', '.join(over)}")

    def _limited(self, tags: Any) -> Any:
        return tags if tags is UNKNOWN else tags[: self._around.config.tags.max_per_ticket or None]

    def _noted(self, ticket: Ticket, step: Step, text: str) -> Ticket:
        return _appended(ticket, self._message(step, Said(kind=NOTE, text=text)))

    def _said(self, ticket: Ticket, step: Step, said: Said) -> Ticket:
        return _appended(ticket, self._message(step, said))

    def _message(self, step: Step, said: Said) -> Message:
        author = said.author or step.by or (self._author if step.number < 0 else "")
        kind = said.kind or (CUSTOMER if author and self._is_requester(author) else REPLY)
        text = self._said_by.long_text(said.text, "message")
        names, links = self._files(said.attachments)
        meta = tuple(
            (key, value) for key, value in _meta(said.meta, self._around) if key != "attachments" or not names
        )
        if names:
            meta = (*meta, ("attachments", ", ".join(names)))
        if links:
            text = "\n\n".join(part for part in (text, "\n".join(links)) if part)
        at = second(said.at or step.at)
        return Message(at=at, kind=kind, author=self._names.author(author), body=text, meta=meta)

    def _is_requester(self, author: str) -> bool:
        given = str(self._record.facts.get("requester") or self._author)
        return author == given or (bool(given) and self._names.author(author) == self._names.author(given))

    def _attached(self, ticket: Ticket, step: Step, given: tuple[Attached, ...]) -> Ticket:
        """Keeps files that came without a message; what can only be named stands in a note."""
        _, links = self._files(given)
        if links:
            return self._noted(ticket, step, "\n".join(links))
        return ticket

    def _files(self, given: tuple[Attached, ...]) -> tuple[list[str], list[str]]:
        names, links = [], []
        for each in given:
            name = self._around.keep(each.name, each)
            if each.gone:
                self._around.count("attachments removed")
            elif name:
                names.append(name)
                self._around.count("attachments as files")
            else:
                where = line(each.url or each.path)
                links.append(f"Attachment: {line(each.name)}{f' <{where}>' if where else ''}")
                self._around.count("attachments kept as a line of text")
        return names, links

    def _unchanged_is_left(self, step: Step) -> bool:
        said_nothing = not step.changes and step.said is None
        if said_nothing:
            self._around.count("events without any content, left out")
        elif self._names.unchanged == SKIP:
            self._around.count("events that change nothing, left out by the map")
            return True
        return said_nothing


def squashed(versions: list[Version]) -> Version:
    """Returns the versions of one ticket as one: its history in words, as messages among its own."""
    first, last = versions[0], versions[-1]
    ticket = last.ticket
    messages: list[Message] = list(first.ticket.messages) if first.ticket else []
    before = first.ticket
    for version in versions[1:]:
        after = version.ticket
        if after is None or before is None:
            continue
        told = [event for event in events(before, after) if event.kind != "message"]
        if told:
            text = "\n".join(phrase(event) for event in told)
            author = version.author or first.author
            messages.append(Message(at=second(version.step.at), kind=NOTE, author=author, body=text))
        messages += after.messages[len(before.messages) :]
        before = after
    return Version(
        step=first.step if len(versions) == 1 else replace(last.step, by=first.step.by),
        author=first.author,
        ticket=None if ticket is None else replace(ticket, messages=tuple(messages)),
        told=first.told,
        identities=tuple(identity for each in versions for identity in each.identities),
    )


def _appended(ticket: Ticket, message: Message) -> Ticket:
    return replace(ticket, messages=(*ticket.messages, message))


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _has_place(key: str) -> bool:
    return key.startswith("fields.") or key in SCALARS or key in LISTS or key == "messages"


def _shown(delta: Delta) -> str:
    if delta.add is not None:
        return " ".join([*(f"+{each}" for each in delta.add), *(f"-{each}" for each in delta.remove)])
    after = _plain(delta.after) or "none"
    return after if delta.before is UNKNOWN else f"{_plain(delta.before) or 'none'} → {after}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    return value_text(value) if isinstance(value, str | tuple) else str(value or "")


def _words(step: Step) -> str:
    """Returns in the source's own words what an event said that changes nothing on the desk."""
    told = [f"{key.removeprefix('fields.')} {_shown(delta)}" for key, delta in step.changes]
    return f"{', '.join(told)} (as before)" if told else ""


def _meta(given: tuple[tuple[str, str], ...], around: Surroundings) -> Iterator[tuple[str, str]]:
    for key, value in given:
        name = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in key.casefold()).strip(
            "-"
        )
        if name[:1].isalpha():
            yield name, clean(value)
        else:
            around.unread("message.meta", key)
