"""A desk in memory that stands in for Git: commits are dictionaries of files, documents are looked up by blob."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from hashlib import sha1
from pathlib import Path
from typing import Any

from gitdesk.domain.document import Document
from gitdesk.domain.query import Facts
from gitdesk.domain.query_keys import Vocabulary
from gitdesk.domain.ticket import Ticket
from gitdesk.domain.violation import Violation
from gitdesk.index.index import Index
from gitdesk.index.stored import instant

sys.path.append(str(Path(__file__).parent.parent / "domain"))

from query_strategies import VOCABULARY


class Desk:
    """A Source over commits made up here."""

    def __init__(self) -> None:
        self.commits: dict[str, dict[str, str]] = {}
        self.blobs: dict[str, Document | Vocabulary | None] = {}
        self.asked: list[tuple[str | None, str]] = []
        self.parsed: list[str] = []

    def commit(self, name: str, files: dict[str, Document | Vocabulary | None]) -> str:
        """Adds a commit; the same content gets the same blob id."""
        tree = {}
        for path, content in files.items():
            oid = sha1(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
            if isinstance(content, Document) and content.problems and content.problems[0].code == "F050":
                oid = f"120000 {oid}"  # no plain file
            self.blobs[oid] = content
            tree[path] = oid
        self.commits[name] = tree
        return name

    def diff(self, old: str | None, new: str) -> Iterable[tuple[str, str | None, str | None]]:
        self.asked.append((old, new))
        before = self.commits[old] if old is not None else {}
        after = self.commits[new]
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path):
                yield path, before.get(path), after.get(path)

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, Document]]:
        for path, oid in wanted:
            document = self.blobs[oid]
            assert isinstance(document, Document)
            self.parsed.append(path)
            yield path, "" if " " in oid else oid, document

    def blob(self, oid: str) -> bytes:
        return oid.encode()

    def read_config(self, data: bytes) -> Vocabulary | None:
        """Stands in for the desk's reader of gitdesk.yaml."""
        vocabulary = self.blobs[data.decode()]
        return vocabulary if isinstance(vocabulary, Vocabulary) else None


def document(path: str, ticket: Ticket | None, problem: str = "") -> Document:
    """Makes a document; `problem` is text as an index shows it."""
    problems = ()
    if problem:
        place, _, rest = problem.rpartition(": ")
        line, column = (int(number) for number in place.split(":")) if place else (None, None)
        message, _, code = rest.rpartition(" (")
        problems = (Violation(code=code.rstrip(")"), message=message, path=path, line=line, column=column),)
    return Document(path=path, data=b"", ticket=ticket, problems=problems)


def files_of(desk: Iterable[Facts], vocabulary: Vocabulary | None = VOCABULARY) -> dict[str, Any]:
    """Returns the files of a generated desk."""
    files: dict[str, Any] = {"gitdesk.yaml": vocabulary} if vocabulary is not None else {}
    for facts in desk:
        files[facts.path] = document(facts.path, facts.ticket, facts.problem)
        for name in facts.attachments:
            files[f"{facts.path[:-3]}/{name}"] = None
    return files


def index_of(
    desk: Iterable[Facts], path: str = ":memory:", vocabulary: Vocabulary | None = VOCABULARY
) -> Index:
    """Returns an index of a generated desk, times of change and clocks filled in."""
    facts = tuple(desk)
    source = Desk()
    source.commit("c1", files_of(facts, vocabulary))
    index = Index.open(path)
    index.refresh("c1", source, read_config=source.read_config)
    index.set_updated((one.path, instant(one.updated_at)) for one in facts)
    index.connection.executemany(
        "UPDATE x_tickets SET sla = ?, due = ? WHERE path = ?",
        [(state, instant(due) or "~", one.path) for one in facts for state, due in [one.clock] if state],
    )
    return index


def image(index: Index) -> dict[str, list[tuple[Any, ...]]]:
    """Returns everything an index can answer with, names that are no longer in use aside."""
    ask = index.connection.execute
    paths = dict(ask("SELECT n, path FROM x_tickets"))  # instead of numbers, which rows happen to have
    tables = {
        "x_tickets": [(path, *row) for path, _, *row in ask("SELECT path, * FROM x_tickets ORDER BY path")]
    }
    tables["x_texts"] = sorted((paths[n], *row) for n, *row in ask("SELECT * FROM x_texts"))
    tables["x_values"] = sorted((paths[n], *row) for *row, n in ask("SELECT * FROM x_values"))
    tables["x_attachments"] = ask("SELECT * FROM x_attachments ORDER BY path").fetchall()
    nothing = "value IS NOT NULL AND value <> '[{},[]]'"
    tables["x_meta"] = ask(f"SELECT * FROM x_meta WHERE {nothing} ORDER BY key").fetchall()
    terms = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab(main, x_search, instance)"
    ask(terms)
    found = ask("SELECT doc, term, col, offset FROM temp.terms")
    tables["x_search"] = sorted((paths[n], *row) for n, *row in found)
    return tables


__all__ = ["Desk", "document", "files_of", "image", "index_of"]
