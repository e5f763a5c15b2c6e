"""What each key means, ticket by ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from query_strategies import IDS, NOW, VOCABULARY

from gitdesk.domain.query import Facts, Query, QueryError, Scope
from gitdesk.domain.ticket import Link, Message, Ticket
from gitdesk.errors import UsageError
from gitdesk.value import replace

SCOPE = Scope(now=NOW, vocabulary=VOCABULARY, me="marko", my_groups=("support",))
TICKET = Ticket(
    id=IDS[0],
    title="Žurnal cannot print",
    created=NOW,
    status="čeka",
    priority="high",
    type="incident",
    group="support",
    assignee="marko",
    requester="Ana Horvat <ana@Example.com>",
    channel="email",
    source="zendesk:4711",
    tags=("vip", "login"),
    watchers=("Iva <iva@acme.example>",),
    links=(Link(kind="blocks", target=IDS[3]),),
    merged_into=IDS[1],
    fields=(("region", ("eu", "us")), ("seats", "12"), ("renewal", "2026-11-01")),
    description="Since Monday.",
    messages=(Message(at=NOW, kind="note", author="x", body="Ask Đorđe about toner."),),
)
FACTS = Facts(ticket=TICKET, path=f"tickets/7K/{IDS[0]}.md", attachments=("a.png",), updated_at=NOW)
BROKEN = Facts(ticket=None, path=f"tickets/7K/{IDS[0]}.md", problem="3:9: broken (F010)")
BARE = Facts(ticket=Ticket(id=IDS[3], title="x", created=NOW, status="new"), path=f"tickets/ZZ/{IDS[3]}.md")

TRUE = """
status:ceka  status:Č*  category:waiting  is:waiting  -is:open  is:open,waiting  priority>=normal  priority>low
priority:high  -priority<high  type:INC*  group:mine  group:support,billing  assignee:me  assignee:mb@ACME.example
is:mine  requester:*@example.com  requester:"ana horvat"  requester:ana@example.com  requester:Ana*  channel:e*l
source:zendesk:4711  tag:vip  tag:x,login  -tag:x  watcher:iva@*  watcher:iva  link:blocks
link:blocks:zz  link:*:GD-ZZZ
merged:7k3q  is:merged  has:merged  id:7k3  id:gd-7K3QX4M2  path:tickets/7K/*  created:today  has:attachment,note
-has:reply  no:reply  no:snoozed  has:field.region  no:problem  field.region:us  field.seats>=12  field.seats<13
field.renewal<=2026-11
field.renewal:2026-*  field.renewal:2026-11  field.renewal:2026  field.renewal:2026-w44
field.renewal:2026-12,2026-11-01  field.renewal:2026-10-31..2026-11  field.renewal!=2026-12
zurnal  PRINT  prin  "cannot print"  title:print  body:djordje  body:since
-title:toner  text:ana  vip  "since monday"  -"monday since"  (x OR zurnal)
"""
FALSE = """
status:open  is:done  priority<high  assignee:nobody  no:assignee  is:unassigned  requester:ana  tag:vi  tag:""
watcher:me  link:relates  link:blocks:7k  merged:zz  id:zz  created<today  snoozed<2d  has:reply  no:attachment
has:problem  is:unreadable  field.region:e  field.seats>12  field.renewal>2026-11-01
field.renewal:2026-12  field.renewal:2025..2026-10
field.renewal!=2026  rint  "cannot prin"  title:toner
body:zurnal  "print since"  zurnal -vip  field.region:""
"""


def true(text: str, facts: Facts) -> bool:
    return Query.parse(text, VOCABULARY).matches(facts, SCOPE)


@pytest.mark.parametrize("text", [part for line in TRUE.split("\n") for part in line.split("  ") if part])
def test_true(text: str) -> None:
    assert true(text, FACTS)
    assert not true(f"-({text})", FACTS)


@pytest.mark.parametrize("text", [part for line in FALSE.split("\n") for part in line.split("  ") if part])
def test_false(text: str) -> None:
    assert not true(text, FACTS)
    assert true(f"-({text})", FACTS)


@pytest.mark.parametrize(
    "text", ["id:7k3", "path:*7K*", "has:problem", "is:unreadable", "-is:done", "-tag:vip", ""]
)
def test_true_of_what_cannot_be_read(text: str) -> None:
    assert true(text, BROKEN)


@pytest.mark.parametrize(
    "text",
    [
        "status:*",
        "no:assignee",
        "no:problem",
        "assignee:nobody",
        'tag:""',
        "created<=now",
        "GD",
        "priority<=high",
        "has:attachment",
    ],
)
def test_false_of_what_cannot_be_read(text: str) -> None:
    assert not true(text, BROKEN)


@pytest.mark.parametrize(
    "text",
    [
        "no:assignee",
        'assignee:""',
        "assignee:nobody",
        "is:unassigned",
        "no:tag",
        'tag:""',
        'link:""',
        'field.region:""',
        "-assignee:*",
        "no:description,tag",
        'requester:""',
        "no:field",
        "-priority<=high",
        "-updated<1y",
    ],
)
def test_true_of_what_is_unset(text: str) -> None:
    assert true(text, BARE)


def test_what_is_no_date_is_not_taken_for_one() -> None:
    odd = Facts(
        ticket=Ticket(
            id=IDS[3], title="x", created=NOW, status="new", fields=(("renewal", "2026-11-01 or so"),)
        ),
        path=f"tickets/ZZ/{IDS[3]}.md",
    )
    for text in ("field.renewal:2026", "field.renewal>=2026", "field.renewal<2027", 'field.renewal:""'):
        assert not true(text, odd), text
    assert true("field.renewal:2026-*", odd)


def test_me_is_an_error_where_nobody_knows_who_that_is() -> None:
    scope = Scope(now=NOW, vocabulary=VOCABULARY)
    for text in ("assignee:me", "is:mine", "watcher:me"):
        with pytest.raises(UsageError, match='nobody knows who "me" is'):
            Query.parse(text, VOCABULARY).matches(FACTS, scope)
    assert not Query.parse("group:mine", VOCABULARY).matches(FACTS, scope)


def test_clocks_tell_standing_and_what_is_due() -> None:
    scope = Scope(now=NOW, vocabulary=VOCABULARY, clocks=True)
    hour = timedelta(hours=1)

    def found(text: str, state: str, due: datetime | None) -> bool:
        return Query.parse(text, VOCABULARY).matches(replace(FACTS, clock=(state, due)), scope)

    assert found("sla:running sla:due<4h due<4h", "running", NOW + hour)
    assert not found("sla:due<4h", "running", NOW + 5 * hour)
    assert found("sla:breached sla:overdue due<4h", "running", NOW - hour)
    assert not found("sla:running", "running", NOW - hour)
    assert found("sla:running", "running", NOW)  # what is due this very second is not late
    assert found("sla:breached -sla:overdue", "breached", None)
    assert found("sla:none,void", "n/a", None)
    assert not found("due<4h OR due>4h", "met", None)
    assert not found("sla:none", "", None)
    with pytest.raises(UsageError, match='"sla:breached" needs SLA clocks'):
        Query.parse("sla:breached due<4h", VOCABULARY).matches(FACTS, SCOPE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sla:breeched", 'unknown standing "breeched"'),
        ("sla:due<soon", '"due" is compared with a time, not with "soon"'),
        ("due<soon", '"due" is compared with a time, not with "soon"'),
        ("sla>breached", '"sla" has no order to compare by'),
        ("due:2026-12..2026-11", "ends before it begins"),
    ],
)
def test_what_clocks_cannot_be_asked_is_pointed_at(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Query.parse(text, VOCABULARY)


def test_the_id_of_a_ticket_is_what_its_path_says() -> None:
    assert BROKEN.id == IDS[0]
    assert Facts(ticket=TICKET, path=f"tickets/ZZ/{IDS[3]}.md").id == IDS[3]
    assert Facts(ticket=TICKET, path="tickets/ZZ/odd.md").id == IDS[0]
    assert Facts(ticket=None, path="tickets/ZZ/odd.md").id == "odd"
