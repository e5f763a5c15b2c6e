from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from query_strategies import NOW, TERMS, VOCABULARY, desks, queries, scopes

from gitdesk.domain.query import Facts, Query, QueryError, Scope
from gitdesk.domain.query_facts import Doubt, doubts, parse_timeless
from gitdesk.value import replace

WHO = "depends on who asks"
NOW_ = "is counted from now"


@pytest.mark.parametrize(
    "text",
    ["", "tier:gold region:eu", "priority>=high -tag:vip", "created>=2026-11-01", "created:2026-11-01..2026-11",
     "snoozed<2026-12-24T09:00Z", "is:open OR is:done", "has:tag no:assignee", "title:printer", "assignee:marko",
     "group:support", 'requester:"Ana Horvat"', "field.region:today", "field.renewal:2026-W49", "path:tickets/7K/*",
     "link:blocks merged:7k3 id:7", "is:merged is:unassigned assignee:nobody", "watcher:iva", "source:zendesk:*"],
)  # fmt: skip
def test_the_header_alone_decides(text: str) -> None:
    query = Query.parse(text, VOCABULARY)
    assert doubts(query, VOCABULARY) == ()
    assert parse_timeless(text, VOCABULARY) == query


@pytest.mark.parametrize(
    ("text", "term", "reason"),
    [
        ("created<7d", "created<7d", NOW_),
        ("created:today", "created:today", NOW_),
        ("created>=2026-11-01..Monday", "created>=2026-11-01..Monday", NOW_),
        ("snoozed<=2d", "snoozed<=2d", NOW_),
        ("field.renewal<today", "field.renewal<today", NOW_),
        ("updated>2026-11-01", "updated>2026-11-01", "depends on when the file was last changed"),
        ("sla:breached", "sla:breached", "depends on the clocks, which depend on the policy"),
        ("due<4h", "due<4h", "depends on the clocks, which depend on the policy"),
        ("assignee:ME", "assignee:ME", WHO),
        ("watcher:iva,me", "watcher:iva,me", WHO),
        ("group:mine", "group:mine", WHO),
        ("is:mine", "is:mine", WHO),
        ("printer", "printer", "looks into the messages too"),
        ("text:printer", "printer", "looks into the messages too"),
        ('body:"log in"', 'body:"log in"', "looks into the text below the header"),
        ("has:attachments", "has:attachments", "depends on the files beside the ticket"),
        ("no:type,note", "no:type,note", "depends on the messages"),
        ("has:description", "has:description", "depends on the text below the header"),
        ("is:unreadable", "is:unreadable", "depends on whether the file can be read"),
        ("no:problem", "no:problem", "depends on whether the file can be read"),
        ("sort:-created,title", "sort:-created,title", "orders a list and chooses nothing"),
    ],
)
def test_what_else_a_query_depends_on_is_told(text: str, term: str, reason: str) -> None:
    assert doubts(Query.parse(text, VOCABULARY), VOCABULARY) == (Doubt(term=term, reason=reason),)


def test_every_part_in_doubt_is_told_in_order() -> None:
    query = Query.parse("tier:gold (created<7d OR -assignee:me) sort:id", VOCABULARY)
    assert [one.term for one in doubts(query, VOCABULARY)] == ["created<7d", "assignee:me", "sort:id"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("tier:gold -(region:eu created<7d)", "created<7d"),
        ("tier:gold  NOT  assignee=me", "assignee=me"),
        ("tier:gold sort:id", "sort:id"),
        ('tier:gold "log in"', '"log in"'),
        ("status!=open group!=mine", "group!=mine"),
    ],
)
def test_a_query_that_cannot_choose_a_policy_is_pointed_at(text: str, marked: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_timeless(text, VOCABULARY)
    error = caught.value
    assert text[error.start : error.end] == marked
    assert error.what.startswith(f'"{marked}" ')
    assert error.hint is not None
    assert error.hint.startswith("only what stands in a ticket's header")


def test_a_mistake_in_it_is_told_as_in_any_query() -> None:
    with pytest.raises(QueryError, match='unknown tier "glod"'):
        parse_timeless("tier:glod", VOCABULARY)


TIMELESS = [text for text in TERMS if not doubts(Query.parse(text, VOCABULARY), VOCABULARY)]


def test_most_keys_can_choose_a_policy() -> None:
    assert len(TIMELESS) > 100


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, queries, scopes)
def test_a_timeless_query_says_the_same_to_everybody_at_any_time(
    desk: tuple[Facts, ...], query: Query, scope: Scope
) -> None:
    assume(not doubts(query, VOCABULARY))
    elsewhere = replace(scope, now=NOW + timedelta(days=400), me="", my_groups=(), clocks=True)
    for facts in desk:
        if facts.ticket is None:
            continue
        bare = replace(facts.ticket, description="", messages=())
        stripped = Facts(ticket=bare, path=facts.path)
        assert query.matches(facts, scope) == query.matches(stripped, elsewhere)


@given(queries)
def test_the_text_and_the_query_are_judged_alike(query: Query) -> None:
    try:
        parse_timeless(str(query), VOCABULARY)
    except QueryError:
        assert doubts(query, VOCABULARY)
    else:
        assert not doubts(query, VOCABULARY)
