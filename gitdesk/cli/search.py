"""`gitdesk search`: full text over titles, descriptions and messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, Whole, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.render.table import Page

_INDENT = "    "
_LEAST = 20  # columns
_COLUMNS = (Column("id"), Column("status"), Column("title", give_way=1), Column("passage", give_way=2))


@spec.command("search", minus_words=True, reads=True)
@format_options()
@option(
    "--query", default="", metavar="QUERY", type=Named("query"), help="Only among the tickets that match."
)
@option("--limit", "-n", type=Whole(1), default=20, show_default=True, metavar="N")
@argument("words", nargs=-1, required=True, metavar="TEXT…")
def command(context: Context, words: tuple[str, ...], query: str, limit: int) -> None:
    """Find tickets by their words, the best first.

    Case and accents do not matter: zurnal finds žurnal, ΣΟΦΟΣ finds σοφός. All words must be there; the last may be
    the beginning of one; "quoted words" stand together; -word must not be there. Done tickets are found too.
    """
    text = " ".join(words)
    found = context.desk.search(text, query=query, limit=limit)
    context.out.items("hits", found, _COLUMNS, text=_lines, nothing=f'nothing found for "{text}"')


def _lines(hits: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import cut, safe, width

    for hit in hits:
        status, title = safe(hit["status"] or "?"), safe(hit["title"] or "")
        if page.width is not None:
            title = cut(title, max(page.width - width(f"{hit['id']}  {status}  "), 8))
        head = f"{page.paint('id', hit['id'])}  {page.paint(hit['category'] or '', status)}"
        yield f"{head}  {page.paint('bold', title)}"
        if hit["passage"]:
            yield _INDENT + _marked(hit["passage"], hit["found"], page)


def _marked(passage: str, found: Iterable[Iterable[int]], page: Page) -> str:
    """Returns a passage within the page with what was found in colour; the spans are character offsets."""
    from gitdesk.render.text import safe

    spans = [(start, end) for start, end in found]
    first, last = _fitting(passage, spans, page)
    parts, end = ["… "] if first else [], first
    for start, stop in spans:
        start, stop = max(start, end), min(stop, last)
        if start < stop:
            parts += [safe(passage[end:start]), page.paint("found", safe(passage[start:stop]))]
            end = stop
    return "".join([*parts, safe(passage[end:last]), " …" if last < len(passage) else ""])


def _fitting(passage: str, spans: list[tuple[int, int]], page: Page) -> tuple[int, int]:
    """Returns the stretch of a passage that fits the page, whole words around the first of what was found."""
    from gitdesk.render.text import safe, width

    end = len(passage)
    if page.width is None or width(safe(passage)) <= page.width - len(_INDENT):
        return 0, end
    room = max(page.width - len(_INDENT), _LEAST) - len("… " + " …")
    start, stop = first, last = spans[0] if spans else (0, 0)
    grown = True
    while grown:
        grown = False
        for more_left, more_right in ((0, 1), (1, 0)):
            left, right = first - more_left, last + more_right
            if left >= 0 and right <= end and width(safe(passage[left:right])) <= room:
                first, last, grown = left, right, True
    while last > first and width(safe(passage[first:last])) > room:
        last -= 1
    if first and not passage[first - 1].isspace():
        first = passage.find(" ", first, start) + 1 or first
    if last < end and not passage[last].isspace():
        last = max(passage.rfind(" ", stop, last), 0) or last
    return first, last
