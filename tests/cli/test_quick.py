"""The quick reading of a call and click's are one: of any words it is click's, or None."""

from __future__ import annotations

from functools import cache
from typing import Any

import click
import pytest
from fake_gitdesk import ROWS
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.cli import click_adapter, quick
from gitdesk.cli.run import GITDESK
from gitdesk.cli.spec import Command, OneOf, Option
from gitdesk.cli.table import COMMANDS
from gitdesk.errors import GitdeskError
from gitdesk.lazy import load

DECLARED = {
    row.name: load(row.target) for row in (*COMMANDS, *ROWS) if not row.target.startswith("no_such_module")
}
VALUES = (
    "", "-", "--", "7k3", "marko", "assignee:me", "-tag:vip", "+vip", "-x", "-n", "-nq", "-n5", "-hq", "-h", "--help",
    "5", "0", "-1", " 5", "1_0", "٣", "1e3", "99999999999", "a=b", "=", "--json=x", "--nonsense", "--li", "table",
    "json", "a b",
    ".", "/", "/nowhere", "duplicates", "\udcff", "--no-verify", "-C", "-qq", "-yn", "--=",
)  # fmt: skip


click_command, click_root = cache(click_adapter.command), cache(click_adapter.root)


def by_click(declared: Command, words: list[str]) -> dict[str, Any] | None:
    """Returns the values click finds, None when it does not call the command."""
    command = click_command(declared)
    settings = {"help_option_names": ["-h", "--help"]}
    try:
        with command.make_context(declared.name, list(words), **settings) as ctx:
            return dict(ctx.params)
    except (click.ClickException, click.exceptions.Exit, GitdeskError):
        return None


@cache
def words_for(declared: Command) -> st.SearchStrategy[list[str]]:
    """Words of which many are options of the command, in every way one can write them."""
    options = [param for param in declared.params if isinstance(param, Option)]
    names = [name for option in options for name in (*option.on, *option.off)]
    values = [word for param in declared.params if isinstance(param.kind, OneOf) for word in param.kind.words]
    value = st.sampled_from([*VALUES, *values])
    single = (
        value
        if not names
        else st.one_of(
            value,
            st.sampled_from(names),
            st.builds("{}={}".format, st.sampled_from(names), value),
            st.builds("{}{}".format, st.sampled_from(names), value),
        )
    )
    pair = st.tuples(st.sampled_from(names), value).map(list) if names else single.map(lambda one: [one])
    pieces = st.lists(st.one_of(pair, pair, single.map(lambda one: [one])), max_size=5)
    return pieces.map(lambda found: [word for piece in found for word in piece])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", DECLARED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_read_quickly_is_what_click_reads(name: str, data: st.DataObject) -> None:
    words = data.draw(words_for(DECLARED[name]))
    found = quick.values(DECLARED[name], words)
    if found is not None:
        assert by_click(DECLARED[name], words) == found


@settings(max_examples=300, deadline=None)
@given(words=words_for(GITDESK))
def test_the_options_before_the_command_are_read_as_click_reads_them(words: list[str]) -> None:
    found = quick.leading(GITDESK, [*words, "list", "--color", "x"])
    if found is None:
        return
    values, rest = found
    with click_root(COMMANDS).make_context("gitdesk", [*words, "list", "--color", "x"]) as ctx:
        assert dict(ctx.params) == values
        assert [*ctx._protected_args, *ctx.args] == list(rest)


@pytest.mark.parametrize(
    "words",
    [
        "list",
        "list assignee:me -tag:vip --sort -created -n 5 --json",
        "list --columns=id,title --all -- --odd",
        "show 7k3 9xq --format json",
        "search -q printer -paper",
        "log 7k3 --reverse --no-verify --since yesterday",
        "assign 7k3 9xq marko --reason because -y",
        "move 7k3 waiting -m one -m two --dry-run",
        "snooze 7k3 --until 3d",
        "reply 7k3 -m text --as ana --status open",
        "tag 7k3 +login -vip",
        "set 7k3 priority=high",
        "new A title --tag one --tag two -m text",
        "link 7k3 duplicates 4f7",
        "sql -",
    ],
)  # fmt: skip
def test_everyday_calls_are_read_without_click(words: str) -> None:
    name, *rest = words.split()
    found = quick.values(DECLARED[name], rest)
    assert found is not None
    assert found == by_click(DECLARED[name], rest)


@pytest.mark.parametrize(
    "words",
    ["list --help", "list -h", "list --limit x", "list --limit -1", "list --lim 5", "show", "show -q7k3",
     "list --format cvs", "list --json=yes", "link 7k3 is 4f7", "link 7k3", "sql a b", "reply 7k3 -m", "snooze 7k3"],
)  # fmt: skip
def test_what_is_wrong_or_unusual_is_left_to_click(words: str) -> None:
    name, *rest = words.split()
    assert quick.values(DECLARED[name], rest) is None
