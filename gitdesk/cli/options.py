"""Options and arguments that several commands share, as decorators that hand a command one value for each group."""

from __future__ import annotations

import sys

from gitdesk.cli.output import FORMATS
from gitdesk.cli.spec import Named, OneOf, Path, argument, option, preparing
from gitdesk.cli.terminal import is_terminal
from gitdesk.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TextIO

    from gitdesk.cli.context import Context
    from gitdesk.cli.spec import Body
    from gitdesk.desk import Why
    from gitdesk.domain.ticket import TicketId

_MOST_INPUT = 200_000_000  # characters of a list of tickets on standard input: a million with their titles
ASK_ABOVE = 10  # tickets changed at once without a question


# Formats


def format_options(*formats: str, default: str = "table") -> Callable[[Body], Body]:
    """Adds --format, --json and -q; what they say goes to `context.out.format`, not to the command."""
    known = formats or FORMATS

    def prepare(context: Context, values: dict[str, Any]) -> None:
        chosen = _one_format(values.pop("format_"), values.pop("as_json"), values.pop("quiet"))
        context.out.format = chosen or default

    def decorate(function: Body) -> Body:
        for declare in (
            option("-q", "--quiet", "quiet", is_flag=True, help="Print ids only."),
            option("--json", "as_json", is_flag=True, help="Short for --format json."),
            option("--format", "format_", type=OneOf("format", *known), help="How to print."),
            preparing(prepare),
        ):
            function = declare(function)
        return function

    return decorate


def _one_format(format_: str | None, as_json: bool, quiet: bool) -> str | None:
    asked = {name: None for name in (format_, "json" if as_json else None, "ids" if quiet else None) if name}
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} are two formats; ask for one")
    return next(iter(asked), None)


# Which tickets


class Selection:
    """The tickets a bulk command is about, as they were named."""

    __slots__ = ("query", "words", "yes")  # no dataclass: see render.table

    def __init__(self, *, words: tuple[str, ...] = (), query: str | None = None, yes: bool = False) -> None:
        self.words, self.query, self.yes = words, query, yes

    def ids(self, context: Context, words: Sequence[str] | None = None) -> tuple[TicketId, ...]:
        """Returns the full ids, each once; `words` stands in for the words given when some of them meant otherwise."""
        named = tuple(self.words if words is None else words)
        if self.query is not None:
            if named:
                raise UsageError("name tickets or give --query, not both")
            found = tuple(context.desk.select(self.query))
        elif named:
            found = tuple(dict.fromkeys(context.desk.resolve(word) for word in with_input(named)))
        else:
            raise UsageError(
                "no ticket named", hint='give ids, "-" to read them from standard input, or --query'
            )
        if not found:
            context.out.note("no tickets: nothing to do")
        self._confirm(context, found)
        return found

    def _confirm(self, context: Context, found: Sequence[str]) -> None:
        if len(found) > ASK_ABOVE and not self.yes:
            ask(f"change {len(found)} tickets?")
            context.waited()


def with_input(words: Sequence[str]) -> list[str]:
    """Returns the words with `-` replaced by the first word of every line of standard input."""
    named: list[str] = []
    for word in words:
        if word != "-":
            named.append(word)
        elif sys.stdin is not None:
            named.extend(_first_words(sys.stdin))
    return named


def _first_words(lines: TextIO) -> Iterator[str]:
    """Yields the first word of every line; raises UsageError for input that is longer than any list of tickets."""
    used = 0
    while line := lines.readline(_MOST_INPUT - used + 1):
        used += len(line)
        if used > _MOST_INPUT:
            raise UsageError(f"standard input has more than {_MOST_INPUT:,} characters")
        if line.strip():
            yield line.split()[0]


def ask(question: str) -> None:
    """Asks a person at a terminal; goes on without a word where nobody is there; raises Refused on a no."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise Refused("nothing was changed", hint="--yes skips the question")


def bulk_options(function: Body) -> Body:
    """Adds ids (with completion), `-`, --query and --yes; the command gets `selection`."""
    return bulk_words("")(function)


def bulk_words(last: str) -> Callable[[Body], Body]:
    """Adds what bulk_options does, for a command whose later words may be of another kind (see spec.Named)."""
    return lambda function: _packed(
        function,
        "selection",
        lambda values: Selection(words=values.pop("ids"), query=values.pop("query"), yes=values.pop("yes")),
        option("--yes", "-y", is_flag=True, help="Do not ask, however many tickets."),
        option("--query", metavar="QUERY", type=Named("query"), help="Take the tickets that match."),
        argument("ids", nargs=-1, type=Named("id", last), metavar="ID…"),
    )


# Why and how it is written


class Writing:
    """How a change is made: only shown, on a branch for others to approve, for what reason, for whom."""

    __slots__ = ("as_agent", "dry_run", "propose", "reason")

    def __init__(
        self,
        *,
        dry_run: bool = False,
        reason: str = "",
        as_agent: str | None = None,
        propose: bool = False,
    ) -> None:
        self.dry_run, self.reason, self.as_agent, self.propose = dry_run, reason, as_agent, propose

    def why(self, context: Context) -> Why:
        """Returns the reason as the desk takes it; raises UsageError for an agent it does not know."""
        from gitdesk.desk import Why

        behalf = None
        if self.as_agent is not None and self.as_agent.casefold() != "me":
            behalf = context.desk.config.find_person(self.as_agent)
            if behalf is None:
                from gitdesk.domain import near

                names = [person.id for person in context.desk.config.people]
                raise UsageError(f'unknown agent "{self.as_agent}"', hint=near.hint(self.as_agent, names))
        return Why(reason=self.reason, behalf=behalf)


def write_options(function: Body) -> Body:
    """Adds --dry-run, --reason, --as and --push; the command gets `writing`, and `context.push` is set."""

    def prepare(context: Context, values: dict[str, Any]) -> None:
        context.push = values.pop("push")

    pushing = option(
        "--push/--no-push", "push", default=None, help="Push it at once, or not; the desk says what is usual."
    )
    return _packed(
        preparing(prepare)(pushing(function)),
        "writing",
        lambda values: Writing(
            dry_run=values.pop("dry_run"),
            reason=values.pop("reason"),
            as_agent=values.pop("as_agent"),
            propose=values.pop("propose", False),
        ),
        option("--as", "as_agent", metavar="AGENT", type=Named("agent"), help="Do it on behalf of an agent."),
        option("--reason", default="", metavar="TEXT", help="Say why; it goes into the commit."),
        option("--dry-run", is_flag=True, help="Print the diff and write nothing."),
    )


def change_options(function: Body) -> Body:
    """Adds what write_options does, and --propose."""
    function = write_options(function)
    declare = option("--propose", is_flag=True, help="Put it on a branch for others to approve.")
    return declare(function)


def message_options(function: Body) -> Body:
    """Adds -m (repeated: paragraphs) and -F FILE; the command gets `message`, a MessageText."""
    from gitdesk.cli.message import MessageText

    return _packed(
        function,
        "message",
        lambda values: MessageText(paragraphs=values.pop("paragraphs"), file=values.pop("file")),
        option(
            "-F",
            "--file",
            "file",
            type=Path(),
            metavar="FILE",
            help='Read the text from a file, "-": standard input.',
        ),
        option(
            "-m",
            "--message",
            "paragraphs",
            multiple=True,
            metavar="TEXT",
            help="The text; several are paragraphs.",
        ),
    )


def _packed(
    function: Body, name: str, pack: Callable[[dict[str, Any]], Any], *options: Callable[[Body], Body]
) -> Body:
    """Adds options whose values are handed over as one."""

    def prepare(_: Context, values: dict[str, Any]) -> None:
        values[name] = pack(values)

    for declare in options:
        function = declare(function)
    return preparing(prepare)(function)
