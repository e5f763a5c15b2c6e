"""The query language is read as it is meant, written back as it reads, and its mistakes are pointed at."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_strategies import VOCABULARY, queries, query_texts

from gitdesk.domain.query import Query, QueryError, Vocabulary
from gitdesk.domain.query_tree import And, Not, Or, Term, Words, conjoin, disjoin, negate, render_value


def parse(text: str) -> Query:
    return Query.parse(text, VOCABULARY)


def term(key: str, *values: str, operator: str = ":") -> Term:
    return Term(key, operator, tuple((value,) for value in values))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And(())),
        ("status:open,waiting*", Term("status", ":", (("open",), ("waiting", "")))),
        ("a b OR c", Or((And((Words("", "a", False), Words("", "b", False))), Words("", "c", False)))),
        ("a (b OR c)", And((Words("", "a", False), Or((Words("", "b", False), Words("", "c", False)))))),
        ("a AND b", And((Words("", "a", False), Words("", "b", False)))),
        (
            "-a --b NOT c",
            And((Not(Words("", "a", False)), Words("", "b", False), Not(Words("", "c", False)))),
        ),
        ("-(a b)", Not(And((Words("", "a", False), Words("", "b", False))))),
        ('"OR" or', And((Words("", "OR", True), Words("", "or", False)))),
        ('tag:"a, b"*x,c', Term("tag", ":", (("a, b", "x"), ("c",)))),
        ('tag:a"b c"', term("tag", "ab c")),
        ('tag:"say \\"hi\\" \\\\ *"', term("tag", 'say "hi" \\ *')),
        ("tag:a***b", Term("tag", ":", (("a", "b"),))),
        ("TAGS:vip", term("tag", "vip")),
        ("status=open", term("status", "open")),
        ("status!=open", Not(term("status", "open"))),
        ("priority>=high", term("priority", "high", operator=">=")),
        ("fields.REGION:eu", term("field.region", "eu")),
        ("title:a,b", Or((Words("title", "a", False), Words("title", "b", False)))),
        ("text:word*", Words("", "word", False)),
        ("word*", Words("", "word", False)),
        ("17:00", Words("", "17:00", False)),
        ("id:7k3*", term("id", "7k3")),
        ("tag:a,a", term("tag", "a")),
        ("created:2026-10-31..2026-11-02", term("created", "2026-10-31..2026-11-02")),
    ],
)
def test_trees(text: str, tree: object) -> None:
    assert parse(text).tree == tree


def test_the_query_of_the_documentation_reads_as_one_piece() -> None:
    text = (
        "status:open,new priority>=high assignee:me -tag:vip group:support created>=2026-11-01 updated<7d sla:breached "
        'sla:due<4h requester:*@example.com has:attachment no:assignee field.region:eu "exact words" word sort:due'
    )
    query = parse(text)
    assert str(query) == text
    assert isinstance(query.tree, And)
    assert len(query.tree.nodes) == 15
    assert query.sort == (("due", False),)


def test_sort_keys_add_up_in_order() -> None:
    assert parse("sort:-created a sort:title,-id").sort == (("created", True), ("title", False), ("id", True))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(queries)
def test_printing_and_parsing_give_the_same_query(query: Query) -> None:
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)


names = st.sampled_from(
    ["", "a", "x y", "*", 'q"', "\\", "a,b", "(", "žuto", "-x", "OR", "a:b", "\u00a0", "<7d", "\\*"]
)
values = st.lists(names, min_size=1, max_size=4).map(
    lambda pieces: (
        (pieces[0], *(p for p in pieces[1:-1] if p), *pieces[-1:]) if len(pieces) > 1 else tuple(pieces)
    )
)
words = st.builds(
    Words,
    st.sampled_from(["", "title", "body"]),
    st.sampled_from(["a", "a b", 'say "x"', "OR", "-x", "a:b"]),
    st.just(True),
)
leaves = st.one_of(
    words,
    st.builds(
        Words, st.just(""), st.sampled_from(["OR", "-x", "a:b", "NOT", "x", "x>=3", "AND"]), st.just(False)
    ),
    st.builds(
        Term,
        st.sampled_from(["tag", "requester", "source"]),
        st.just(":"),
        st.lists(values, min_size=1, max_size=3, unique=True).map(tuple),
    ),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(conjoin),
        st.lists(inner, min_size=1, max_size=3).map(disjoin),
        inner.map(negate),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(trees, st.sampled_from([(), (("created", True),), (("title", False), ("id", True))]))
def test_every_tree_is_written_so_that_it_reads_the_same(
    tree: object, sort: tuple[tuple[str, bool], ...]
) -> None:
    query = Query(tree, sort)  # type: ignore[arg-type]
    assert parse(str(query)) == query


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text('ab:(")-,*<>= OR\\', max_size=25),
        query_texts.flatmap(lambda t: st.integers(0, len(t)).map(lambda i: t[:i])),
    )
)
def test_any_text_is_a_query_or_a_mistake_that_is_pointed_at(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as caught:
        mistake: QueryError | None = caught
    else:
        mistake = None
        assert parse(str(query)) == query
    if mistake is not None:
        assert 0 <= mistake.start < mistake.end
        assert mistake.start <= len(text)
        _, _, marks = mistake.message.split("\n")
        assert set(marks) == {"^", " "}


MISTAKES = [
    ("status:opne", "status:", 4, 'unknown status "opne"', 'did you mean "open"?'),
    ("a priority>=hgh", "a priority>=", 3, 'unknown priority "hgh"', 'did you mean "high"?'),
    ("asignee:me", "", 7, 'unknown key "asignee"', 'did you mean "assignee"?'),
    ("https://x.example", "", 5, 'unknown key "https"', "put it in quotes to search for the words"),
    ("field.regoin:eu", "", 12, 'unknown key "field.regoin"', 'did you mean "field.region"?'),
    ("assignee:markp", "assignee:", 5, 'unknown assignee "markp"', 'did you mean "marko"?'),
    ("group:suport", "group:", 6, 'unknown group "suport"', 'did you mean "support"?'),
    ("type:zzz", "type:", 3, 'unknown type "zzz"', "one of: incident, question"),
    ("category:opened", "category:", 6, 'unknown category "opened"', 'did you mean "open"?'),
    ("is:opn", "is:", 3, 'unknown value "opn" of "is"', 'did you mean "open"?'),
    ("has:attachmnt", "has:", 9, 'unknown value "attachmnt" of "has"', 'did you mean "attachment"?'),
    ("status:", "status:", 1, '"status" needs a value here', None),
    ("tag:vip,", "tag:vip,", 1, '"tag" needs a value here', "no:tag finds tickets without one"),
    (
        "field.region: x",
        "field.region:",
        1,
        '"field.region" needs a value here',
        "no:field.region finds tickets without one",
    ),
    ("status>open", "", 7, '"status" has no order to compare by', "write status:…"),
    ("field.region>eu", "", 13, '"field.region" has no order to compare by', "write field.region:…"),
    ("field.seats>many", "field.seats>", 4, '"field.seats" is compared with a number, not with "many"', None),
    (
        "field.renewal<7d",
        "field.renewal<",
        2,
        '"field.renewal" is compared with a date, not with "7d"',
        "write it like 2026-11-01",
    ),
    ("priority>low,high", "priority>low,", 4, '">" compares with one value', None),
    ("priority>*", "priority>", 1, '"priority" cannot be compared with "*"', "without a star"),
    (
        "created>soon",
        "created>",
        4,
        '"created" is compared with a time, not with "soon"',
        "write it like 7d, 36h, today, yesterday, monday, 2026-11-01, 2026-11, 2026-W47 or 2026-11-01T09:00",
    ),
    ("created:2026-02-30", "created:", 10, '"created" is compared with a time, not with "2026-02-30"', None),
    ("sort:foo", "sort:", 3, 'cannot sort by "foo"', None),
    ("sort>id", "", 5, '"sort" is followed by a colon', "write it like sort:-created"),
    (
        "a (b sort:id)",
        "a (b ",
        5,
        '"sort" orders the whole list and cannot stand in brackets or after a minus',
        None,
    ),
    ("(a", "", 1, "this bracket is not closed", None),
    ("a) b", "a", 1, "this bracket closes nothing", None),
    ("()", "", 2, "nothing stands between these brackets", None),
    ('say "a', "say ", 1, "this quotation is not closed", None),
    ("a OR", "a OR", 2, "OR needs something on both sides", 'write "OR" in quotes to search for it'),
    ("OR a", "", 2, "OR needs something on both sides", 'write "OR" in quotes to search for it'),
    ("NOT", "", 3, "nothing follows this NOT", "it stands right before what is not wanted"),
    ("a (-NOT ) b", "a (", 4, "nothing follows this NOT", "it stands right before what is not wanted"),
    ("NOT -", "", 5, "nothing follows this minus", "it stands right before what is not wanted"),
    (
        "created:2026-11-09..2026-11-07",
        "created:",
        22,
        '"2026-11-09..2026-11-07" ends before it begins',
        "write the earlier one first",
    ),
    ("a created>=today..yesterday", "a created>=", 16, '"today..yesterday" ends before it begins', None),
    (
        "field.renewal:2026-12..2026-11",
        "field.renewal:",
        16,
        '"2026-12..2026-11" ends before it begins',
        None,
    ),
    (
        "field.renewal:soon",
        "field.renewal:",
        4,
        '"field.renewal" is compared with a date, not with "soon"',
        "write it like 2026-11-01",
    ),
    ("link:blcks", "link:", 5, 'unknown link "blcks"', 'did you mean "blocks"?'),
    ("link:relates,paren:7K3", "link:relates,", 5, 'unknown link "paren"', 'did you mean "parent"?'),
    ("a - b", "a ", 1, "nothing follows this minus", "it stands right before what is not wanted"),
    ("a ->", "a ", 2, "there is no word here to search for", None),
    (
        "pre*fix",
        "",
        7,
        "a star in a word may only be at its end",
        "words are found by their beginning anyway",
    ),
    ("id:7*3", "id:", 3, "an id is given by its beginning, a star may only be at its end", None),
    ("žurnal e\u0301 status:opne", "žurnal é status:", 4, 'unknown status "opne"', 'did you mean "open"?'),
    ("日本 status:opne", "xxxx status:", 4, 'unknown status "opne"', 'did you mean "open"?'),
]


@pytest.mark.parametrize(("text", "before", "carets", "said", "hint"), MISTAKES)
def test_mistakes(text: str, before: str, carets: int, said: str, hint: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    what, shown, marks = caught.value.message.split("\n")
    assert what == said
    assert shown == f"  {text}"
    if not text.startswith(("a OR", "a ->")):
        assert marks == f"  {' ' * len(before)}{'^' * carets}"
    if hint is not None:
        assert caught.value.hint == hint
    assert caught.value.exit_code == 2


def test_a_long_query_is_shown_around_the_mistake() -> None:
    with pytest.raises(QueryError) as caught:
        parse("word " * 100 + "status:opne " + "word " * 100)
    _, shown, marks = caught.value.message.split("\n")
    assert len(shown) <= 102
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "opne"


def test_limits_are_said() -> None:
    for text, said in [
        ("x" * 4001, "at most 4000 characters"),
        ("x " * 201, "at most 200 parts"),
        ("(" * 31 + "x" + ")" * 31, "more than 30 deep"),
    ]:
        with pytest.raises(QueryError, match=said):
            parse(text)
    assert parse("(" * 30 + "x" + ")" * 30).tree == Words("", "x", False)


def test_what_a_desk_has_no_list_of_is_not_checked() -> None:
    nothing = Vocabulary()
    for text in ("status:anything", "assignee:anybody", "field.any:thing", "tag:x", "type:y", "group:z"):
        assert str(Query.parse(text, nothing)) == text
    assert str(parse("tag:outside")) == "tag:outside"
    with pytest.raises(QueryError, match='unknown tag "vpi"'):
        Query.parse("tag:vpi", Vocabulary(tags=("vip",), tags_open=False))


def test_the_values_of_a_field_are_checked_where_it_has_a_list() -> None:
    vocabulary = Vocabulary(fields={"region": "choice", "seats": "integer"}, choices={"region": ("eu", "us")})
    for text in ("field.region:EU,us", "field.region:u*", 'field.region:""', "field.seats:12"):
        assert str(Query.parse(text, vocabulary)) == text
    with pytest.raises(QueryError, match=r'unknown field\.region "ue"') as caught:
        Query.parse("field.region:eu,ue", vocabulary)
    assert (caught.value.start, caught.value.end) == (16, 18)
    assert caught.value.hint == "one of: eu, us"


def test_a_range_is_called_reversed_only_when_it_is_so_at_any_time() -> None:
    for text in (
        "2026-11-01..today",
        "today..2026-11-01",
        "sunday..monday",
        "yesterday..tomorrow",
        "now..today",
    ):
        assert str(parse(f"created:{text}")) == f"created:{text}"


def test_kinds_of_links_that_others_wrote_can_be_asked_for() -> None:
    for text in ("link:depends-on", "link:BLOCKS", "link:blcks*", "link:causes:7K3", "link:merged-into"):
        assert str(parse(text)) == text


def test_known_values_are_taken_in_any_case_and_unknown_ones_with_a_star() -> None:
    for text in ("status:OPEN", "status:ceka", "status:opne*", "assignee:IVA@acme.example", 'status:""'):
        assert str(parse(text)) == text


def test_a_query_knows_what_it_asks_about() -> None:
    query = parse("-(status:open OR title:x) word sort:-updated")
    assert query.keys == {"status", "title", "text", "updated"}
    assert query.needs_history
    assert parse("updated<7d").needs_history
    assert not parse("created<7d").needs_history


def test_queries_can_be_put_together() -> None:
    both = parse("a OR b sort:id") & parse("-is:done sort:title")
    assert str(both) == "(a OR b) -is:done sort:id"
    assert parse("") & parse("") == Query()


def test_values_are_quoted_only_where_they_must_be() -> None:
    assert render_value(("a-b.c@d",)) == "a-b.c@d"
    assert render_value(("a b", "c")) == '"a b"*c'
    assert render_value(("",)) == '""'
