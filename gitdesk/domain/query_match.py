"""Says whether a query is true of one ticket: the meaning that the index must agree with.

Every test is true or false, never unknown. A ticket that cannot be read has no facts: each test but those of its
id, its path, `has:problem` and `is:unreadable` is false of it, and "not" turns that around.
"""

from __future__ import annotations

from datetime import date, timedelta

from gitdesk.domain.folding import Needle, fold
from gitdesk.domain.format import normal_code
from gitdesk.domain.query_check import number
from gitdesk.domain.query_keys import ALIASES, CUSTOMER_KEYS, FIELD, KINDS, STANDINGS, TIME
from gitdesk.domain.query_time import END, days, duration, shifted, stretch
from gitdesk.domain.query_tree import DUE, EVERYTHING, And, Not, Or, Term, Words, disjoin, negate
from gitdesk.domain.query_words import FIELDS
from gitdesk.domain.ticket import NOTE, REPLY
from gitdesk.domain.workflow import CATEGORIES, DONE
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from gitdesk.domain.query_keys import Clock, Facts, Scope
    from gitdesk.domain.query_tree import Node, Value
    from gitdesk.domain.ticket import Ticket

UNSET: Value = ("",)
_SECOND = timedelta(seconds=1)


def matches(node: Node, facts: Facts, scope: Scope) -> bool:
    """Tells whether a tree is true of a ticket; raises UsageError where "me" or clocks are asked for in vain."""
    if isinstance(node, Not):
        return not matches(node.node, facts, scope)
    if isinstance(node, And):
        return all(matches(part, facts, scope) for part in node.nodes)
    if isinstance(node, Or):
        return any(matches(part, facts, scope) for part in node.nodes)
    if isinstance(node, Words):
        needle = Needle(node.text, exact=node.exact)
        return facts.ticket is not None and any(needle.found_in(facts.texts[i]) for i in FIELDS[node.field])
    assert isinstance(node, Term)
    meant = expand(node, scope)
    return _term(meant, facts, scope) if isinstance(meant, Term) else matches(meant, facts, scope)


def expand(term: Term, scope: Scope) -> Node:
    """Replaces what only the scope can tell: me, nobody, mine, addresses, categories, ranks; raises UsageError."""
    if term.key == "is":
        return disjoin([_state(value[0].lower(), scope) for value in term.values])
    if term.key in ("has", "no"):
        values = tuple(
            (ALIASES.get(v[0].lower(), v[0].lower()) if "." not in v[0] else v[0],) for v in term.values
        )
        term = Term(term.key, ":", values)
        if any(name in CUSTOMER_KEYS for name, *_ in values):
            from gitdesk.domain.query_customers import expand_presence

            return expand_presence(term, scope)
        return term
    if term.key in CUSTOMER_KEYS:
        from gitdesk.domain.query_customers import expand_customer

        return expand_customer(term, scope)
    if term.key == "category":
        wanted = {name for name in CATEGORIES for value in term.values if like(value, name)}
        return _statuses(wanted, scope)
    if term.key == "priority" and term.operator != ":":
        return _ranked(term, scope)
    if term.key in ("assignee", "watcher", "group"):
        return _named(term, scope)
    if term.key in ("sla", "due"):
        return _clocked(term, scope)
    return term


def _clocked(term: Term, scope: Scope) -> Node:
    """Parts `sla:due<4h` from the standings `sla:` names; raises UsageError where there are no clocks."""
    if not scope.clocks:
        raise UsageError(
            f'"{term}" needs SLA clocks, which this desk does not keep',
            hint="ask by priority and age, such as priority>=high created>2d",
        )
    if term.key == "due":
        return term
    parts: list[Node] = []
    for value in term.values:
        due = due_asked(value)
        parts.append(due if due is not None else Term("sla", ":", (value,)))
    return disjoin(parts)


def due_asked(value: Value) -> Term | None:
    """Returns the term that `due<4h` is as a value of `sla`, None for a standing."""
    found = DUE.fullmatch(value[0]) if len(value) == 1 else None
    return None if found is None else Term("due", found[1], ((found[2],),))


def standing(clock: Clock, now: datetime) -> str:
    """Returns how a ticket stands at a moment after its last step: what was due before then is breached."""
    state, due = clock
    return "breached_running" if due is not None and due < now.replace(microsecond=0) else state


def _state(name: str, scope: Scope) -> Node:
    if name in CATEGORIES:
        return _statuses({name}, scope)
    if name == "done":
        return _statuses(set(DONE), scope)
    if name == "mine":
        return expand(Term("assignee", ":", (("me",),)), scope)
    if name == "unreadable":
        return Term("is", ":", (("unreadable",),))
    return Term("no", ":", (("assignee",),)) if name == "unassigned" else Term("has", ":", (("merged",),))


def _statuses(categories: set[str], scope: Scope) -> Node:
    names = [(name,) for name, category in scope.vocabulary.statuses.items() if category in categories]
    return Term("status", ":", tuple(names)) if names else NOTHING


NOTHING = negate(EVERYTHING)


def _ranked(term: Term, scope: Scope) -> Node:
    order = scope.vocabulary.priorities
    rank = next((i for i, name in enumerate(order) if fold(name) == fold(term.values[0][0])), None)
    if rank is None:
        return NOTHING
    names = [(name,) for i, name in enumerate(order) if compared(i, term.operator, rank)]
    return Term("priority", ":", tuple(names)) if names else NOTHING


def _named(term: Term, scope: Scope) -> Node:
    values: list[Value] = []
    for value in term.values:
        word = fold(value[0]) if len(value) == 1 else ""
        if word == "me" and term.key != "group":
            if not scope.me:
                raise UsageError(
                    f'nobody knows who "me" is in "{term}"', hint="use the id of an agent of this desk"
                )
            values.append((scope.me,))
        elif word == "nobody" and term.key == "assignee":
            values.append(UNSET)
        elif word == "mine" and term.key == "group":
            values += [(group,) for group in scope.my_groups]
        else:
            owner = _owner(word, scope) if term.key == "assignee" and "@" in word else None
            values.append((owner,) if owner else value)
    return Term(term.key, ":", tuple(values)) if values else NOTHING


def _owner(address: str, scope: Scope) -> str | None:
    for person, addresses in scope.vocabulary.people.items():
        if address in map(fold, addresses):
            return person
    return None


def compared(left: float | str, operator: str, right: float | str) -> bool:
    """Tells whether left stands to right as the operator says; both are numbers or both are text."""
    if left == right:
        return operator in ("<=", ">=")
    return (left < right) == (operator in ("<", "<="))  # type: ignore[operator]


def like(value: Value, text: str) -> bool:
    """Tells whether folded text equals a value, its stars standing for anything; an unset text only equals unset."""
    if not text or value == UNSET:
        return not text and value == UNSET
    folded, pieces = fold(text), [fold(piece) for piece in value]
    if len(pieces) == 1:
        return folded == pieces[0]
    first, last = pieces[0], pieces[-1]
    if len(folded) < len(first) + len(last) or not folded.startswith(first) or not folded.endswith(last):
        return False
    at, end = len(first), len(folded) - len(last)
    for piece in pieces[1:-1]:
        at = folded.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def spellings(person: str) -> tuple[str, ...]:
    """Returns what a person written `Name <address>` may be asked for by: the whole, the name, the address."""
    name, opened, rest = person.partition("<")
    if not opened or not rest.endswith(">"):
        return (person,) if person else ()
    return tuple(text for text in (person, name.strip(), rest[:-1].strip()) if text)


def bounds(term: Term, scope: Scope) -> tuple[datetime | None, datetime | None]:
    """Returns the stretch a term on a time accepts: from, up to but without; None is open; UTC to the second.

    A duration is an age (`<7d` is younger than seven days), or for `snoozed` and `due` the way ahead.
    """
    text = term.values[0][0]
    length = duration(text)
    if length is None:
        found = stretch(text, scope.now, scope.time_zone)
        start, end = found if found else (scope.now, scope.now)
        last = end if end < END else None
        return {"<": (None, start), "<=": (None, last), ">": (end, None), ">=": (start, None)}.get(
            term.operator, (start, last)
        )
    if term.key in ("snoozed", "due"):
        edge = shifted(scope.now, length)
        after = shifted(edge, _SECOND)
        return {"<": (None, edge), ">": (after, None), ">=": (edge, None)}.get(term.operator, (None, after))
    edge = shifted(scope.now, -length)
    after = shifted(edge, _SECOND)
    return {"<": (after, None), ">": (None, edge), ">=": (None, after)}.get(term.operator, (edge, None))


def split_link(value: Value) -> tuple[Value, str]:
    """Parts `blocks:7K3` into the kind and the code the other ticket's begins with, "" for any."""
    for number_, piece in enumerate(value):
        kind, colon, rest = piece.partition(":")
        if colon:
            return (*value[:number_], kind), normal_code(rest)
    return value, ""


def id_code(value: Value) -> str:
    """Returns the beginning of the code that a value of `id` or `merged` asks for."""
    return normal_code(value[0])


def _term(term: Term, facts: Facts, scope: Scope) -> bool:
    key, ticket = term.key, facts.ticket
    if key == "id":
        return any(normal_code(facts.id).startswith(id_code(value)) for value in term.values)
    if key == "path":
        return any(like(value, facts.path) for value in term.values)
    if key == "is":
        return ticket is None
    if key == "has" and any(value == ("problem",) for value in term.values) and facts.problem:
        return True
    if key == "no" and any(value == ("problem",) for value in term.values) and ticket and not facts.problem:
        return True
    if ticket is None:
        return False
    if key in ("has", "no"):
        names = [value[0] for value in term.values if value != ("problem",)]
        return any(_has(name, ticket, facts) == (key == "has") for name in names)
    if key == "sla":
        state = standing(facts.clock, scope.now)
        return any(state in STANDINGS[value[0].lower()] for value in term.values)
    if KINDS.get(key) == TIME or key == "due":
        moment = {
            "created": ticket.created,
            "updated": facts.updated_at,
            "snoozed": ticket.snoozed_until,
            "due": facts.clock[1],
        }[key]
        return moment is not None and any(
            _within(moment, Term(key, term.operator, (v,)), scope) for v in term.values
        )
    if key == "link":
        return any(_linked(value, ticket) for value in term.values)
    if key == "merged":
        code = normal_code(ticket.merged_into)
        return bool(ticket.merged_into) and any(code.startswith(id_code(value)) for value in term.values)
    if key.startswith(FIELD):
        return _field(term, ticket, scope)
    if key[0] == "@":
        return _belongs(term, ticket, scope)
    texts = texts_of(key, ticket)
    return any(like(value, text) for value in term.values for text in texts or ("",))


def texts_of(key: str, ticket: Ticket) -> tuple[str, ...]:
    """Returns the texts a key compares values with; none of them is empty."""
    if key == "tag":
        return tuple(tag for tag in ticket.tags if tag)
    if key == "watcher":
        return tuple(text for watcher in ticket.watchers for text in spellings(watcher))
    if key == "requester":
        return spellings(ticket.requester)
    text: str = getattr(ticket, key)
    return (text,) if text else ()


def field_texts(name: str, ticket: Ticket) -> tuple[str, ...]:
    """Returns the texts of one of the desk's own fields, none when it is unset."""
    value = dict(ticket.fields).get(name, "")
    return tuple(text for text in ((value,) if isinstance(value, str) else value) if text)


def _belongs(term: Term, ticket: Ticket, scope: Scope) -> bool:
    """Tells whether what the requester's organisation is agrees with a term."""
    from gitdesk.domain.customers import organisation_of
    from gitdesk.domain.query_customers import fact

    text = fact(term.key, organisation_of(ticket.requester, scope.vocabulary))
    return any(like(value, text) for value in term.values)


def _within(moment: datetime, term: Term, scope: Scope) -> bool:
    start, end = bounds(term, scope)
    return (start is None or moment >= start) and (end is None or moment < end)


def _linked(value: Value, ticket: Ticket) -> bool:
    kind, code = split_link(value)
    if value == UNSET:
        return not ticket.links
    return any(like(kind, link.kind) and normal_code(link.target).startswith(code) for link in ticket.links)


def _field(term: Term, ticket: Ticket, scope: Scope) -> bool:
    texts = field_texts(term.key[len(FIELD) :], ticket)
    if term.operator != ":":
        return any(field_holds(term, text, scope) for text in texts)
    for value in term.values:
        if names_days(term.key, value, scope):
            one = Term(term.key, ":", (value,))
            if any(field_holds(one, text, scope) for text in texts):
                return True
        elif any(like(value, text) for text in texts or ("",)):
            return True
    return False


def names_days(key: str, value: Value, scope: Scope) -> bool:
    """Tells whether a value asks a date field for the days it covers, not for a text that has stars or is unset."""
    return scope.vocabulary.fields.get(key[len(FIELD) :]) == "date" and len(value) == 1 and value != UNSET


def field_holds(term: Term, text: str, scope: Scope) -> bool:
    """Tells whether the text of a field, a number or a date, stands to a term's value as its operator says."""
    wanted, text = term.values[0][0], fold(text)
    right = number(wanted)
    if scope.vocabulary.fields.get(term.key[len(FIELD) :]) == "date":
        covered = days(wanted, scope.now, scope.time_zone)
        day = _day(text)
        if covered is None or day is None:
            return False
        first, last = covered
        return {
            "<": day < first,
            "<=": day <= last,
            ">": day > last,
            ">=": day >= first,
            ":": first <= day <= last,
        }[term.operator]
    left = number(text)
    return left is not None and right is not None and compared(left, term.operator, right)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _has(name: str, ticket: Ticket, facts: Facts) -> bool:
    if name.startswith(FIELD):
        return bool(field_texts(name[len(FIELD) :], ticket))
    if name == "field":
        return any(field_texts(field, ticket) for field, _ in ticket.fields)
    if name in ("note", "reply"):
        return any(message.kind == {"note": NOTE, "reply": REPLY}[name] for message in ticket.messages)
    if name == "attachment":
        return bool(facts.attachments)
    attribute = {
        "tag": "tags", "watcher": "watchers", "link": "links", "merged": "merged_into", "snoozed": "snoozed_until",
        "message": "messages",
    }.get(name, name)  # fmt: skip
    return bool(getattr(ticket, attribute))
