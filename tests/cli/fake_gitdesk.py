"""gitdesk with a table of fake commands, to try the frame without a desk: `python fake_gitdesk.py COMMAND …`."""

from __future__ import annotations

import os
import sys
import time

from gitdesk.cli.context import Context
from gitdesk.cli.main import main
from gitdesk.cli.message import MessageText
from gitdesk.cli.options import (
    Selection,
    Writing,
    bulk_options,
    format_options,
    message_options,
    write_options,
)
from gitdesk.cli.spec import Named, OneOf, Whole, argument, command, option
from gitdesk.cli.table import HIDDEN, Row
from gitdesk.errors import NotFound, Place, Refused
from gitdesk.render.table import Column

ROWS = (
    Row("rows", "fake_gitdesk:rows", "Print rows", "everyday", ("ls",)),
    Row("words", "fake_gitdesk:words", "Print words", "everyday"),
    Row("say", "fake_gitdesk:speak", "Print a text", "everyday"),
    Row("bulk", "fake_gitdesk:bulk", "Print ids", "everyday"),
    Row("fail", "fake_gitdesk:fail", "Fail in some way", "rare"),
    Row("work", "fake_gitdesk:work", "Work for a while", "rare"),
    Row("completion", "gitdesk.cli.completion:command", "Print the completion script", "rare"),
    Row("clock wind", "fake_gitdesk:wind", "Wind a clock", "rare"),
    Row("clock stop", "no_such_module:command", "Would fail if it were imported", "rare", ("clock halt",)),
    Row("clock tick", "fake_gitdesk:wind", "", HIDDEN),
    Row("absent", "no_such_module:command", "Would fail if it were imported", "rare"),
)
TITLE = "Cannot log in\x1b[31m after \u202ereset and a longer story than any terminal has room for"
COLUMNS = (
    Column("id", kind="id", emphasis=lambda _: 2),
    Column("title", give_way=1),
    Column("status", style=lambda _: "waiting"),
    Column("created", kind="time"),
)


class FakeDesk:
    """As much of a desk as the frame asks for."""

    def resolve(self, text: str) -> str:
        if not text.upper().startswith("7K"):
            raise NotFound(f'no ticket "{text}"')
        return f"GD-{text.upper()}"

    def select(self, query: str) -> list[str]:
        return [f"GD-{number:08}" for number in range(int(query))]

    def complete(self, kind: str, prefix: str) -> list[tuple[str, str]]:
        return [("7k3", f"title of {kind}\x1b[31m"), ("7kq", "other")] if "7k".startswith(prefix) else []

    def close(self) -> None:
        if "SAY_CLOSED" in os.environ:
            sys.stderr.write("closed\n")


@command("rows")
@option("--count", default=2, type=Whole())
@option("--then", default="well", type=OneOf("ending", "well", "refused"))
@format_options()
def rows(context: Context, count: int, then: str) -> None:
    """Print rows."""
    found = ((f"GD-{number:08}", TITLE, "open", "2026-11-22T08:00:00Z") for number in range(count))
    context.out.table("tickets", COLUMNS, found, nothing="no tickets match")
    if then == "refused":
        raise Refused("not this one")


@command("words", minus_words=True)
@argument("words", nargs=-1)
@option("--reason")
@option("-q", "quiet", is_flag=True)
def words(context: Context, words: tuple[str, ...], reason: str | None, quiet: bool) -> None:
    """Print words."""
    sys.stdout.write(repr((words, reason, quiet)) + "\n")


@command("say")
@option("--refuse", is_flag=True)
@message_options
def speak(context: Context, message: MessageText, refuse: bool) -> None:
    """Print a text."""
    with message.text(context, about="reply GD-7K3QX4M2", start="Hello,\n") as text:
        if refuse:
            raise Refused("not allowed", hint="ask somebody")
        context.out.line(repr(text))


@command("bulk")
@option("--agent", type=Named("agent"))
@format_options()
@write_options
@bulk_options
def bulk(context: Context, selection: Selection, writing: Writing, agent: str | None) -> None:
    """Print ids."""
    context.out.line(f"{' '.join(selection.ids(context))} {writing.reason} {writing.dry_run}")


@command("fail")
@argument("how")
@option("--number", type=Whole())
@format_options()
def fail(context: Context, how: str, number: int) -> int:
    """Fail in some way."""
    if how == "bug":
        context.out.line("before")
        raise ValueError("a \x1b[31mbug\nof two lines")
    if how == "place":
        raise NotFound('no ticket "7\x1b[31m"', hint="try another", place=Place("a.md", 3, 9))
    if how == "permission":
        with open("/proc/1/mem-of-nobody" if os.geteuid() else "/proc/self/mem", "rb") as file:
            file.read(1)
    if how == "exit":
        return 1
    if how == "pipe":
        reader, writer = os.pipe()
        os.close(reader)
        os.write(writer, b"x")
    return 0


@command("clock wind")
@option("--turns", default=1, type=Whole(1))
@argument("name", type=Named("agent"))
def wind(context: Context, turns: int, name: str) -> None:
    """Wind a clock."""
    context.out.line(f"{name} {turns}")


@command("work")
def work(context: Context) -> None:
    """Work for a while."""
    seconds = float(os.environ.get("SECONDS_TO_WORK", "20"))
    sys.stdout.write("working\n")
    sys.stdout.flush()
    with context.watch("reading tickets") as step:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            step(int(100 * (1 - left / seconds)), 100)
            time.sleep(0.02)


def fake_desk(context: Context) -> FakeDesk:
    """Returns the fake desk, kept where the real one would be, so that it is closed like it."""
    if context._desk is None:
        context._desk = FakeDesk()  # type: ignore[assignment]
    return context._desk  # type: ignore[return-value]


if __name__ == "__main__":
    Context.desk = property(fake_desk)  # type: ignore[assignment]
    raise SystemExit(main(rows=ROWS))
