"""Rules about the record: what was said stays said, times are those at which things happened, claims are true."""

from __future__ import annotations

from bisect import bisect_right

from gitdesk.domain.change import APPROVED, AUTOMATION, BEHALF, is_document, owner_of
from gitdesk.domain.config import REQUIRED
from gitdesk.domain.people import CONFIGURE, CORRECT
from gitdesk.domain.rules_context import BASE, SKEW, claims
from gitdesk.domain.rules_values import found_in
from gitdesk.domain.ticket import REPLY, timestamp
from gitdesk.domain.violation import ERROR, WARN, Rule, Violation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Message, Ticket

RULES = (
    Rule(
        code="A001",
        name="past-message",
        summary="a message that stood there is changed, removed or moved",
        why="what was said to a requester is what was said, and later answers build on it",
        fails="### 2026-11-22T10:15:00Z · reply · …: 'by noon' → 'by Friday'",
        passes="gitdesk reply 7k3 -m 'Not by noon after all: by Friday.'",
    ),
    Rule(
        code="A002",
        name="rewritten-origin",
        summary="the id, the time of creation or the requester of a ticket is rewritten",
        why="clocks start at the creation, and the requester says whose ticket it is",
        fails="created: 2026-11-22T09:14:03Z → 2026-11-23T08:00:00Z",
        passes="the same, by somebody who may correct, and --reason 'typed in from a letter, wrong day'",
    ),
    Rule(
        code="A003",
        name="misdated",
        summary="a message or ticket is dated more than 5 minutes after its commit, or a message before earlier ones; "
        "a warning for a reply dated more than 5 minutes before its commit was written",
        why="an answer dated before the question it was given to, or before it was given, would look like one in time",
        fails="### 2026-11-22T09:00:00Z · reply · … below a message of 2026-11-22T10:15:00Z",
        passes="### 2026-11-22T10:20:00Z · reply · …",
    ),
    Rule(
        code="A004",
        name="deleted",
        summary="a ticket is deleted, or a file that was sent with one is deleted or replaced",
        why="a requester was told its number, and messages speak of the file",
        fails="git rm tickets/7K/GD-7K3QX4M2.md",
        passes="gitdesk move 7k3 spam",
    ),
    Rule(
        code="A005",
        name="untrue-trailer",
        summary="a trailer of the commit claims what is not so: an approval of one's own or one that nobody gave, a "
        "robot, an unknown person; or says something of a proposal in a commit with files",
        why="reports read trailers, and whoever wrote the commit could write anything",
        fails="Approved-by: Iva Kralj <iva@acme.example>, in a commit of Iva's",
        passes="Approved-by: Ana Horvat <ana@acme.example>, in a commit of Iva's",
    ),
    Rule(
        code="A006",
        name="misdated-commit",
        summary="the commit is dated more than 5 minutes before the one below it, or after the clock",
        why="clocks go by the times of commits, which must run one way; a command only warns, since often it is "
        "another machine's clock that was wrong",
        fails="a commit of 09:00 on top of one of 10:00",
        passes="a commit of 09:57 on top of one of 10:00",
    ),
)


def check(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    """Yields what a change does to the record that only a correction may."""
    allowed = is_correction(config, context)
    if not allowed:
        yield from _deleted(change, config, context)
    after = change.after
    if after is None or after.ticket is None:
        return
    before = change.before.ticket if change.before is not None else None
    if before is not None and not allowed:
        yield from _past(after, after.ticket.messages, before.messages, config, context)
        yield from _origin(after, after.ticket, before, config, context)
    if before is not None or change.before is None:
        yield from _misdated(after, after.ticket, before, context, backdating=not allowed)


def check_commit(config: Config, context: Context, path: str) -> Iterator[Violation]:
    """Yields what is wrong with trailers and times of a commit as a whole; `path` is where it is told."""
    yield from _untrue(config, context, path)
    if context.at is None:
        return
    at = timestamp(context.at)
    # A colleague's clock that ran ahead must not keep everybody from working: whose clock it was shows where both meet.
    severity = WARN if context.made_here else ERROR
    if context.parent_at is not None and context.at < context.parent_at - SKEW:
        message = f"dated {at}, before the commit it stands on ({timestamp(context.parent_at)})"
        hint = "one of the two machines' clocks is wrong"
        if not context.made_here:
            hint = f"with the clock set right, {_dated_anew(config)}"
        yield _violation("A006", message, path, hint, f"parent {at}", severity)
    if context.now is not None and context.at > context.now + SKEW:
        message = f"dated {at}, and it is {timestamp(context.now)}"
        hint = f"set the clock of the machine it was made on, then {_dated_anew(config)}"
        yield _violation("A006", message, path, hint, f"clock {at}", severity)


def _dated_anew(config: Config) -> str:
    """Returns how commits get the present as their date; a rebase that only picks leaves them as they are."""
    sign = " -S" if config.rules.signed_commits == REQUIRED else ""
    return (
        f"git commit --amend --no-edit --date=now{sign} dates the last commit anew, and "
        f"git rebase -f{sign} {BASE} all that are not pushed yet"
    )


def is_correction(config: Config, context: Context) -> bool:
    """Tells whether a change may rewrite the record: by whom the desk lets, with a reason where one could be given.

    The approval of others, where the desk asks for it, is judged with all that a landing brings (A008).
    """
    return config.may(context.person, CORRECT) and (context.reason is None or bool(context.reason.strip()))


def corrects(change: Change, config: Config, context: Context) -> bool:
    """Tells whether a change does to the record what only a correction may, and is one."""
    if not is_correction(config, context):
        return False
    before, after = change.before, change.after
    if any(_deleted(change, config, context)):
        return True
    if before is None or before.ticket is None or after is None or after.ticket is None:
        return False
    old, ticket = before.ticket, after.ticket
    if any(_past(after, ticket.messages, old.messages, config, context)):
        return True
    if any(_origin(after, ticket, old, config, context)):
        return True
    if ticket.messages is old.messages or ticket.messages == old.messages:
        return False
    backdated, misdated = (
        {
            one.subject
            for one in _misdated(after, ticket, old, context, backdating=each)
            if one.severity == ERROR
        }
        for each in (True, False)
    )
    return not backdated <= misdated


def _advice(config: Config, context: Context) -> str:
    """Returns a hint: how a correction is made."""
    if config.may(context.person, CORRECT):
        return "a correction needs a reason: --reason TEXT, or the text below the subject of a commit by hand"
    holders = config.holders(config.granting(CORRECT))
    return f"people whose roles may correct: {', '.join(holders[:5]) or 'nobody, see people in gitdesk.yaml'}"


def _violation(
    code: str, message: str, path: str, hint: str, subject: str, severity: str = ERROR
) -> Violation:
    return Violation(
        code=code, message=message, path=path, hint=hint, subject=f"{code} {subject}", severity=severity
    )


def _deleted(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    if is_document(change.path):
        if change.before is not None and change.after is None and owner_of(change.path):
            yield _violation(
                "A004", "the ticket is deleted", change.path, _advice(config, context), "deleted"
            )
    elif owner_of(change.path) and change.old and change.old != change.new:
        what = "replaced" if change.new else "deleted"
        yield _violation(
            "A004", f"the attachment is {what}", change.path, _advice(config, context), "deleted"
        )


def _past(
    after: Document, new: Sequence[Message], old: Sequence[Message], config: Config, context: Context
) -> Iterator[Violation]:
    if tuple(new[: len(old)]) == tuple(old):
        return
    places: dict[Message, list[int]] = {}
    for index, message in enumerate(new):
        places.setdefault(message, []).append(index)
    headings = {(message.at, message.author) for message in new}
    last, wrong = -1, []
    for message in old:
        spots = places.get(message, [])
        found = bisect_right(spots, last)
        if found < len(spots):
            last = spots[found]
        elif message in places:
            wrong.append((message, "moved"))
        else:
            there = (message.at, message.author) in headings
            wrong.append((message, "changed" if there else "removed"))
    if not wrong:
        return
    message, what = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    text = f"the {message.kind} of {timestamp(message.at)} is {what}{more}"
    yield _at_message(after, "A001", message, text, _advice(config, context))


def _origin(
    after: Document, ticket: Ticket, before: Ticket, config: Config, context: Context
) -> Iterator[Violation]:
    for key in ("id", "created", "requester"):
        old, new = getattr(before, key), getattr(ticket, key)
        if old and old != new:
            shown = timestamp(old) if key == "created" else old
            hint = _advice(config, context)
            yield found_in(after, "A002", key, "", f"{key} is rewritten; it was {shown}", hint)


def _misdated(
    after: Document, ticket: Ticket, before: Ticket | None, context: Context, *, backdating: bool
) -> Iterator[Violation]:
    moment = context.at or context.now
    old = before.messages if before is not None else ()
    past = frozenset(message.at for message in old)
    latest = max(past, default=ticket.created)
    if before is None and moment is not None and ticket.created > moment + SKEW:
        message, hint = f"created {timestamp(ticket.created)}, after its commit", "date it when it came"
        yield found_in(after, "A003", "created", "", message, hint)
    if ticket.messages[: len(old)] == old:
        fresh = ticket.messages[len(old) :]
    else:
        known = frozenset(old)
        fresh = tuple(one for one in ticket.messages if one not in known)
    late: Violation | None = None
    for one in fresh:
        if moment is not None and one.at > max(moment + SKEW, latest):
            text, hint = f"a {one.kind} is dated {timestamp(one.at)}, after its commit", "date it when it was"
        elif backdating and one.at < _earliest(latest, context.authored_at):
            text = f"a {one.kind} is dated {timestamp(one.at)}, before what stood there already"
            hint = f"what is written now comes after {timestamp(latest)}"
        elif backdating and one.at not in past and _is_late(one, written := _written(context)):
            assert written is not None
            text = f"a {one.kind} is dated {timestamp(one.at)}, and its commit was written at {timestamp(written)}"
            late = late or _at_message(after, "A003", one, text, "date it when it was given", WARN)
            continue
        else:
            continue
        yield _at_message(after, "A003", one, text, hint)
        return  # of a thread, the first tells enough, and an error more than a warning
    if late is not None:
        yield late


def _earliest(latest: datetime, authored_at: datetime | None) -> datetime:
    """Returns before when a message is backdated. One written apart keeps its time if its commit was made then too."""
    return min(latest, authored_at if authored_at is not None else latest) - SKEW


def _is_late(message: Message, written: datetime | None) -> bool:
    """Tells whether a reply claims to be older than its commit. What a customer said is typed in later every day."""
    return message.kind == REPLY and written is not None and message.at < written - SKEW


def _written(context: Context) -> datetime | None:
    """Returns when a commit was first made; a rebase leaves that time alone."""
    times = [each for each in (context.at or context.now, context.authored_at) if each is not None]
    return min(times, default=None)


def _at_message(
    document: Document, code: str, message: Message, text: str, hint: str, severity: str = ERROR
) -> Violation:
    heading = f"### {timestamp(message.at)} · {message.kind} · {message.author}"
    at = document.data.find(heading.encode("utf-8", "surrogatepass"))
    line = document.data.count(b"\n", 0, at) + 1 if at >= 0 else None
    return Violation(
        code=code, message=text, path=document.path, line=line, column=1 if line else None, hint=hint,
        subject=f"{code} {timestamp(message.at)} {message.author}", severity=severity,
    )  # fmt: skip


def _untrue(config: Config, context: Context, path: str) -> Iterator[Violation]:
    own = context.person
    for name in claims(context, APPROVED) if not context.lands else ():
        approver = config.find_person(name)
        if approver is None:
            yield untrue(APPROVED, name, "nobody on the desk is called so", path)
        elif approver == own and not _only_one_configures(config, own.id):
            yield untrue(APPROVED, name, "nobody approves their own change", path)
    for name in claims(context, BEHALF):
        if config.find_person(name) is None:
            yield untrue(BEHALF, name, "nobody on the desk is called so", path)
    for name in claims(context, AUTOMATION):
        if own is None or not own.robot:
            yield untrue(AUTOMATION, name, f"{context.who} is no robot of the desk", path)


def _only_one_configures(config: Config, person_id: str) -> bool:
    """Tells whether there is nobody else to approve what this person does."""
    return [one.id for one in config.people if config.may(one, CONFIGURE)] == [person_id]


def untrue(key: str, value: str, why: str, path: str) -> Violation:
    """Returns that a trailer claims what is not so."""
    return _violation(
        "A005", f'the trailer "{key}: {value}" is not true: {why}', path, "leave it out", f"{key} {value}"
    )
