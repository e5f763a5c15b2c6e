"""`gitdesk export`: everything out, or what a query selects."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.spec import Named, OneOf, Path, argument, option
from gitdesk.errors import Unreadable, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.ticket import TicketId
    from gitdesk.exporters.attachments import Attachments
    from gitdesk.exporters.reader import Reader

_FORMATS = ("jsonl", "csv", "parquet")
_NAMED = 10  # unreadable tickets that are named


@spec.command("export", minus_words=True, reads=True)
@option("-o", "--output", metavar="FILE|DIR", type=Path(), help="Write there; parquet needs a folder.")
@option("--gzip", is_flag=True, help="Compress; a name that ends in .gz says so too.")
@option(
    "--attachments", metavar="DIR", type=Path(folder=True), help="jsonl: write attachments there as files."
)
@option("--no-attachments", is_flag=True, help="jsonl: names of attachments only.")
@option("--deleted", is_flag=True, help="Deleted tickets too.")
@option("--name", metavar="NAME", help="parquet: what the desk is called beside others.")
@option("--force", is_flag=True, help="Replace a file that is there.")
@option("--all", "everything", is_flag=True, help="All tickets, as without a query.")
@argument("format_", metavar="FORMAT", type=OneOf("format", *_FORMATS))
@argument("query", nargs=-1, metavar="[QUERY]…", type=Named("query"))
def command(
    context: Context,
    format_: str,
    query: tuple[str, ...],
    output: str | None,
    gzip: bool,
    attachments: str | None,
    no_attachments: bool,
    deleted: bool,
    name: str | None,
    force: bool,
    everything: bool,
) -> None:
    """Take everything out: tickets, done ones too, with all that ever happened to them.

    FORMAT is jsonl (the neutral format that `gitdesk import jsonl` reads), csv (a row a ticket with derived times and
    counts) or parquet (tables for analysis, with -o DIR).

    \b
      gitdesk export jsonl -o desk.jsonl.gz
      gitdesk export csv 'created>=2026-01-01' > tickets.csv
      gitdesk export jsonl GD-7K3QX4M2 zendesk:4711
      gitdesk export parquet -o lake/
    """
    from gitdesk.exporters.attachments import INLINE, NAMES, Attachments
    from gitdesk.exporters.reader import Reader

    _check(format_, query, output, gzip, attachments, no_attachments, deleted, name, everything)
    desk = context.desk
    desk.mention_stand_in()
    named = _named(desk, query)
    reader = Reader(desk, "" if named else " ".join(query), named=named, deleted=deleted)
    if format_ == "parquet":
        from gitdesk.exporters import parquet
        from gitdesk.render.text import counted

        assert output is not None
        number = parquet.write(reader, desk, output, name or desk.config.name)
        _summary(context, reader, None, f'{counted(number, "ticket")} written to "{output}"')
        return
    files = Attachments(desk.repo.blob, attachments or (NAMES if no_attachments else INLINE), output)
    if format_ == "jsonl":
        from gitdesk.exporters import jsonl

        lines = jsonl.lines(reader, files)
    else:
        from gitdesk.exporters import csv_

        lines = csv_.lines(reader, desk)
    _write(context, lines, output, gzip=gzip, force=force, files=files)
    _summary(context, reader, files, f'written to "{output}"' if output is not None else "")


def _named(desk: Desk, words: Sequence[str]) -> list[TicketId]:
    """Returns the tickets that words name, as `show` takes them: by id, or by source and id there.

    Raises UsageError when only some of the words do, NotFound for a source and id nobody has.
    """
    from gitdesk.domain.format import parse_id
    from gitdesk.domain.near import closest
    from gitdesk.domain.query_keys import ALIASES, KINDS

    known = (*KINDS, *ALIASES, "sort")

    def names(word: str) -> bool:
        key, colon, _ = word.partition(":")
        if not colon or " " in word:
            return parse_id(word.upper()) is not None
        if not key.isidentifier() and not key.replace("-", "").isalnum():
            return False  # something of the query language
        key = key.casefold().lstrip("-")
        if key in known or key.startswith(("field.", "fields.")):
            return False
        return bool(desk.index.find_source(word)) or closest(key, known) is None

    by_name = [word for word in words if names(word)]
    if by_name and len(by_name) < len(words):
        other = next(word for word in words if word not in by_name)
        raise UsageError(
            f'"{by_name[0]}" names a ticket, and "{other}" does not',
            hint="name tickets, or write a query: id:… and source:… are parts of one",
        )
    return [desk.resolve(word) for word in by_name]


def _check(
    format_: str,
    query: tuple[str, ...],
    output: str | None,
    gzip: bool,
    attachments: str | None,
    no_attachments: bool,
    deleted: bool,
    name: str | None,
    everything: bool,
) -> None:
    """Raises UsageError for options that do not go together."""
    if format_ == "parquet" and output is None:
        raise UsageError("parquet is written into a folder", hint="gitdesk export parquet -o DIR")
    if format_ == "parquet" and gzip:
        raise UsageError("parquet is compressed already", hint="leave --gzip out")
    if format_ != "parquet" and name is not None:
        raise UsageError("--name is for parquet only")
    if format_ != "jsonl" and (attachments or no_attachments):
        raise UsageError(f"{format_} has no attachments", hint="jsonl has them")
    if attachments and no_attachments:
        raise UsageError("--attachments and --no-attachments contradict each other")
    if query and (everything or deleted):
        raise UsageError(f"{'--all' if everything else '--deleted'} and a query contradict each other")


def _write(
    context: Context,
    lines: Iterable[bytes],
    output: str | None,
    *,
    gzip: bool,
    force: bool,
    files: Attachments,
) -> None:
    from gitdesk.exporters import target

    compressed = target.is_compressed(output, gzip)
    if output is not None:
        target.check(output, force=force)
        files.prepare(force=force)
        with target.file(output, force=force) as put:
            target.write(lines, put, compressed=compressed)
        return
    if not context.out.is_terminal:
        files.prepare(force=force)
        target.write(lines, context.out.raw, compressed=compressed)
        return
    if compressed:
        raise UsageError("compressed data is nothing for a terminal", hint="-o FILE writes it there")
    files.prepare(force=force)
    context.out.format = "jsonl"
    for line in _readable(lines):
        context.out.write(line)


def _readable(lines: Iterable[bytes]) -> Iterator[str]:
    """Yields lines without anything that could steer a terminal."""
    from gitdesk.render.json_lines import for_terminal
    from gitdesk.render.text import safe_block

    for line in lines:
        text = line.decode("utf-8", "replace")
        yield for_terminal(text) if text.startswith("{") else safe_block(text)


def _summary(context: Context, reader: Reader, files: Attachments | None, done: str) -> None:
    """Says what was left out; raises Unreadable when a ticket could not be read."""
    note = context.out.note
    if done:
        note(done)
    for what, times in sorted(reader.left.items()):
        note(f"left out: {what}: {times:,}")
    if files is not None and files.unwritten:
        note(f"left out: the content of attachments: {files.unwritten:,}")
    if reader.gone:
        note(f"left out: deleted tickets: {reader.gone:,}; --deleted takes them along")
    if reader.unreadable:
        named = ", ".join(reader.unreadable[:_NAMED]) + (", …" if len(reader.unreadable) > _NAMED else "")
        raise Unreadable(
            f"cannot be read now, and written as they last could: {named}",
            hint="`gitdesk check` tells what is wrong with them",
        )
