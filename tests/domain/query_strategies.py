"""Desks and queries made up by hypothesis: small pools of awkward values, so that queries often hit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from gitdesk.domain.query import Facts, Query, Scope, Vocabulary
from gitdesk.domain.ticket import MESSAGE_KINDS, Link, Message, Ticket, TicketId

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
VOCABULARY = Vocabulary(
    statuses={"new": "new", "open": "open", "čeka": "waiting", "resolved": "resolved", "closed": "closed"},
    priorities=("low", "normal", "high"),
    types=("incident", "question"),
    groups=("support", "billing"),
    people={"marko": ("marko@acme.example", "MB@acme.example"), "iva": ("iva@acme.example",)},
    tags=("vip", "login"),
    fields={"region": "text", "seats": "integer", "renewal": "date"},
    customers={
        "tiers": ["gold", "silver"],
        "organisations": [
            {
                "name": "Example Ltd",
                "domains": ["Example.com"],
                "tier": "gold",
                "region": "eu",
                "language": "hr",
            },
            {"name": "Žito d.o.o.", "domains": ["žito.example", "eu.example.com"], "tier": "silver"},
        ],
    },
)
CODES = ("7K3QX4M2", "7K3QX4M3", "7K000000", "ZZZZZZZZ", "01ABCDEF", "01ABCDEG")
IDS = tuple(TicketId(f"GD-{code}") for code in CODES)
TEXTS = (
    "",
    "printer",
    "Printer jam",
    "zurnal",
    "Žurnal i đak",
    "ĐORĐE i Djordje",
    "ΣΟΦΟΣ",
    "ο σοφός ανήρ",
    "straße",
    "e\u0301clair crème",
    "日本語のチケット",
    "a-b_c",
    "log in again",
    "again log",
    "100% [x]?*",
    "İstanbul ılık",
    "…",
    "soft\u00adware",
    "VIP",
    "naïve\nprinter",
    "x" * 70,
)
STATUSES = ("new", "open", "Open", "čeka", "ceka", "closed", "resolved", "opne")
PEOPLE = (
    "",
    "Ana Horvat <ana@example.com>",
    "ana@example.com",
    "<odd>",
    "Žana <zana@Example.com>",
    "iva@shop.eu.example.com",
    "Ivo <ivo@XN--ITO-B3A.example>",
    "Eva <eva@notexample.com>",
    "a [b] ?*",
)
TAGS = ("vip", "VIP", "login", "[x]", "žuto", "a*b")
MOMENTS = (
    NOW,
    NOW - timedelta(days=7),
    NOW - timedelta(days=7, seconds=1),
    NOW - timedelta(days=6, hours=23),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 0, tzinfo=UTC),
    datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 16, tzinfo=UTC),
    datetime(2025, 12, 31, tzinfo=UTC),
    NOW + timedelta(days=2),
)

_some = st.sampled_from
_lists = lambda pool, most=3: st.lists(_some(pool), max_size=most).map(tuple)  # noqa: E731
messages = st.builds(
    Message,
    at=_some(MOMENTS),
    kind=_some(MESSAGE_KINDS),
    author=st.just("Iva <iva@acme.example>"),
    body=_some(TEXTS),
    meta=_some(((), (), (("via", "email"),), (("auto", 'a "reply"'), ("via", "portal"), ("auto", "")))),
)
links = st.builds(Link, kind=_some(("blocks", "relates", "duplicates")), target=_some(IDS))
fields = st.lists(
    st.tuples(
        _some(("region", "seats", "renewal")),
        _some(
            (
                "",
                "eu",
                "EU",
                "12",
                "-3",
                "3.5",
                "１２",
                "x1",
                "2026-11-01",
                "2026-12-24",
                ("eu", ""),
                ("us", "12"),
            )
        ),
    ),
    max_size=3,
    unique_by=lambda pair: pair[0],
).map(tuple)


def tickets(ticket_id: TicketId) -> st.SearchStrategy[Ticket]:
    """Makes tickets with this id."""
    return st.builds(
        Ticket,
        id=st.just(ticket_id),
        title=_some(TEXTS),
        created=_some(MOMENTS),
        status=_some(STATUSES),
        requester=_some(PEOPLE),
        channel=_some(("", "email", "Phone")),
        source=_some(("", "zendesk:4711")),
        snoozed_until=_some((None, *MOMENTS)),
        priority=_some(("", "low", "HIGH", "high", "huge")),
        type=_some(("", "incident")),
        group=_some(("", "support", "billing")),
        assignee=_some(("", "marko", "iva", "gone")),
        merged_into=_some(("", "", *IDS[:2])),
        tags=_lists(TAGS),
        watchers=_lists(("iva", *PEOPLE), 2),
        links=st.lists(links, max_size=2).map(tuple),
        fields=fields,
        description=_some(TEXTS),
        messages=st.lists(messages, max_size=3).map(tuple),
    )


@st.composite
def facts(draw: st.DrawFn, ticket_id: TicketId) -> Facts:
    """Makes what is known of one ticket, now and then one that cannot be read."""
    path = f"tickets/{ticket_id[3:5]}/{ticket_id}.md"
    files = tuple(sorted(draw(st.sets(_some(("a.png", "b.log", "sub/c.txt")), max_size=2))))
    updated = draw(_some((None, *MOMENTS)))
    problem = draw(_some(("", "", "4:1: unknown key (F020)")))
    ticket = draw(tickets(ticket_id))
    if draw(st.integers(0, 5)) == 0:
        ticket = None
        problem = draw(_some(("3:9: cannot be read (F010)", "a symbolic link, not a plain file (F050)")))
    state = draw(_some(("running", "breached_running", "breached", "paused", "met", "void", "n/a", "")))
    due = draw(_some(MOMENTS)) if state.endswith("running") else None
    clock = (state, due) if ticket is not None else ("", None)
    return Facts(
        ticket=ticket, path=path, updated_at=updated, attachments=files, problem=problem, clock=clock
    )


desks = st.sets(_some(IDS)).flatmap(lambda ids: st.tuples(*(facts(ticket_id) for ticket_id in sorted(ids))))
scopes = st.builds(
    Scope,
    now=st.just(NOW),
    vocabulary=st.just(VOCABULARY),
    me=_some(("marko", "iva")),
    my_groups=_lists(("support", "billing"), 2),
    time_zone=_some(("UTC", "Europe/Zagreb", "America/New_York")),
    clocks=st.just(True),
)

_values = {
    "status": ("open", "OPEN", "new,closed", "op*", "*", '""', "čeka", "ceka", "*e*"),
    "category": ("open", "waiting,closed", "c*"),
    "priority": ("low", "High", "hi*", '""', "*"),
    "type": ("incident", '""', "inc*"),
    "group": ("support", "mine", '""', "*p*"),
    "assignee": ("me", "nobody", "marko", "mb@acme.example", "go*", '""', "iva,nobody"),
    "requester": (
        "*@example.com",
        "ana@example.com",
        "ana*",
        '"Ana Horvat"',
        "zana@*",
        '"a [b] ?*"',
        "*",
        '""',
        "<odd>",
    ),
    "organisation": ('"example ltd"', "zito*", "*", '""', '"Example Ltd",zito*'),
    "tier": ("gold", "SILVER", "g*", "*", '""', 'gold,""'),
    "region": ("eu", "us", "e*", "*", '""', "us,eu"),
    "language": ("hr", "*", '""'),
    "channel": ("email", "PHONE", '""'),
    "source": ("zendesk:*", "zendesk:4711", '""'),
    "path": ("tickets/7K/*", "*.md", "tickets/ZZ/GD-ZZZZZZZZ.md"),
    "tag": ("vip", "login,vip", "[x]", "[x*", "?*", "ž*", '"a*b"', "a*", "*", '""'),
    "watcher": ("me", "ana@*", "iva", '"Ana Horvat"', '""', "*"),
    "id": ("7k3", "GD-7K3QX4M2", "gd-o1,zz", "7K3Q*", "*", "9"),
    "merged": ("7k3", "*", "GD-7K3QX4M3", "zz"),
    "link": (
        "blocks",
        "b*",
        "blocks:7k3",
        "*:01abc*",
        "relates:GD-ZZZZZZZZ,duplicates",
        '""',
        "nothing",
        "*",
        "blocks:",
    ),
    "created": (
        "today",
        "2026-11-01",
        "2026-11",
        "2026-W47",
        "7d",
        "2026",
        "2026-10-31..2026-11-01",
        "monday",
        "now",
    ),
    "updated": ("7d", "2026-10", "yesterday", "2026-10-31T23:00", "2026-10-31T23:00:00Z"),
    "snoozed": ("2d", "2026-11-24", "tomorrow", "today"),
    "has": (
        "attachment",
        "tag",
        "problem",
        "reply,note",
        "field",
        "field.region",
        "snoozed",
        "merged",
        "link",
        "description",
        "tier",
        "region,note",
        "customer",
    ),
    "no": (
        "assignee",
        "tags",
        "problem",
        "field.seats",
        "messages",
        "priority,type",
        "attachments",
        "watcher",
        "region",
        "tier,language",
        "organization,type",
    ),
    "is": ("open", "done", "mine", "unassigned", "merged", "unreadable", "waiting,closed"),
    "sla": (
        "breached",
        "overdue",
        "running,paused",
        "met",
        "void",
        "none",
        "due<4h",
        "due:today",
        "due>=2d,breached",
    ),
    "due": ("today",),
    "field.region": ("eu", "e*", '""', "*", "us,eu"),
    "field.seats": ("12", "x*"),
    "field.renewal": (
        "2026-11",
        "2026",
        "2026-W44,2026-W52",
        "2026-11-01..2026-12-24",
        "2026-11-01",
        "today",
        "2026-*",
        "*",
        '""',
    ),
    "title": ("print", '"log in"', "zurnal,djak", "日本", '"printer"'),
    "body": ("sofos", "σοφ", '"again log"', "strasse", "jam"),
    "text": ("dj", "vip", "100", '"a b c"', "istanbul"),
}
_compared = {
    "priority": ("low", "normal", "HIGH"),
    "created": _values["created"],
    "updated": _values["updated"],
    "snoozed": _values["snoozed"],
    "field.seats": ("12", "3.5", "-3"),
    "field.renewal": ("2026-11-01", "2026-11", "2026-12-24", "2026-11-01..2026-12-01", "today"),
    "due": ("4h",),
}
_words = (
    "printer",
    "zurnal",
    "ŽURNAL",
    "dj",
    "đ",
    "djordje",
    "đorđe",
    "σοφοσ",
    "strasse",
    "eclair",
    "日本語",
    "チケ",
    "a-b",
    '"log in"',
    '"in log"',
    "log",
    '"đorđe i djordje"',
    "ıstanbul",
    "software",
    "vip",
    "ana",
    "example",
    "xx",
    '"xx"',
)
TERMS = (
    *(f"{key}:{value}" for key, values in _values.items() for value in values),
    *(
        f"{key}{op}{value}"
        for key, values in _compared.items()
        for value in values
        for op in ("<", "<=", ">", ">=")
    ),
    *_words,
)
terms = _some(TERMS) | _some([f"{key}!={value}" for key, values in _values.items() for value in values])
_sorts = (
    "",
    "",
    " sort:created",
    " sort:-created,title",
    " sort:-priority",
    " sort:assignee",
    " sort:-updated",
    " sort:-title",
)
query_texts = st.builds(
    lambda text, sort: text + sort,
    st.recursive(
        terms,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(" ".join),
            st.lists(inner, min_size=2, max_size=3).map(" OR ".join).map("({})".format),
            inner.map("-({})".format),
            terms.map("-{}".format),
        ),
        max_leaves=6,
    ),
    _some(_sorts),
)
queries = st.one_of(st.just(""), query_texts).map(lambda text: Query.parse(text, VOCABULARY))
