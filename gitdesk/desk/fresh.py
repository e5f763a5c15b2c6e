"""A fresh ticket out of a person's words, with the desk's defaults where they say nothing."""

from __future__ import annotations

from gitdesk.desk import words
from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gitdesk.desk.door import Desk
    from gitdesk.domain.ticket import FieldValue


def fresh(
    desk: Desk,
    title: str,
    *,
    now: datetime,
    requester: str | None = None,
    priority: str | None = None,
    type: str | None = None,
    group: str | None = None,
    assignee: str | None = None,
    channel: str = "",
    tags: Iterable[str] = (),
    fields: Iterable[str] = (),
    created: str | None = None,
) -> Ticket:
    """Returns a ticket without an id or a description; raises UsageError for a word the desk does not know.

    The requester is whoever Git says is here unless somebody is named; `created` is a time in the past.
    """
    config = desk.config
    return Ticket(
        id=TicketId(""),
        title=grammar.check_title(title),
        created=now if created is None else _past(desk, created),
        requester=desk.author
        if requester is None
        else words.requester(config, requester, lambda: desk.author),
        channel=words.one_line(channel, "channel"),
        status=config.default_status,
        priority=config.default_priority if priority is None else words.priority(config, priority),
        type=config.default_type if type is None else words.type_(config, type),
        group=config.default_group if group is None else words.group(config, group),
        assignee="" if assignee is None else words.agent(config, assignee, lambda: desk.me),
        tags=tuple(sorted({words.tag(config, tag) for tag in tags})),
        fields=_fields(desk, fields),
    )


def _fields(desk: Desk, pairs: Iterable[str]) -> tuple[tuple[str, FieldValue], ...]:
    config = desk.config
    values: dict[str, FieldValue] = {spec.name: spec.default for spec in config.field_specs if spec.default}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f'"{pair}" is not KEY=VALUE')
        spec = words.field_spec(config, name.strip())
        values[spec.name] = words.field_value(spec, text)
    return tuple((name, value) for name, value in values.items() if value)


def _past(desk: Desk, text: str) -> datetime:
    from gitdesk.desk.moments import beginning

    moment = beginning(desk, text)
    if moment > desk.now:
        raise UsageError(f'"{text}" is in the future', hint="a ticket was created now or before")
    return moment
