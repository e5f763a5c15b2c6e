"""The way in: wishes become Changes, the rules judge them, and one commit carries them or nothing is written."""

from __future__ import annotations

from gitdesk.desk.accounting import context_now, trailers_of
from gitdesk.desk.plan import Fresh, Outcome, Rewrite
from gitdesk.domain import format as grammar
from gitdesk.domain import rules
from gitdesk.domain.change import Change, render_message, subject
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Conflict, GitdeskError, NotFound, Place, Refused, SetupError, Unreadable
from gitdesk.store import codec, entries, read, write
from gitdesk.store.objects import object_id
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from gitdesk.desk.plan import Step, Why, Wish
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo
    from gitdesk.store.objects import TreeEntry

ATTEMPTS = 8  # each lost to somebody who writes without gitdesk; among ourselves the queue is fair


class Draft:
    """The files one commit will hold, the Changes they make, what stays as it is, and attachments as stored."""

    __slots__ = ("changes", "config", "context", "files", "stored", "unchanged", "warnings")

    def __init__(self, config: Config) -> None:
        self.config = config  # in force below it
        self.context: Context | None = None
        self.files: dict[str, bytes | None] = {}
        self.changes: list[Change] = []
        self.unchanged: list[TicketId] = []
        self.stored: list[tuple[str, str]] = []
        self.warnings: tuple[Violation, ...] = ()


class Writing:
    """Turns wishes into one commit on one clone."""

    def __init__(
        self,
        repo: Repo,
        location: read.Location,
        config_at: Callable[[str], Config],
        now: datetime,
        environ: Mapping[str, str],
        inform: Callable[[Context, Sequence[Change], Config, str], Context] = lambda context, *_: context,
    ) -> None:
        """Works on one branch; `inform` adds to a context what only the desk as a whole can know."""
        self._repo, self._location, self._config_at, self._inform = repo, location, config_at, inform
        self._now, self._environ = now, environ
        self._drawn = 0

    def change(self, wishes: Sequence[Wish], why: Why, *, dry_run: bool) -> Outcome:
        """Returns what came of the wishes: all of them in one commit, or an error and nothing."""
        if dry_run:
            tip = self._repo.read_ref(self._location.ref or "HEAD") or self._location.tip or ""
            draft = self._draft(wishes, tip, why)
            return self._outcome(None, draft, diff=self._diff(draft, tip))
        author, committer = write.identity(self._repo, self._environ, self._now)
        for attempt in range(ATTEMPTS):
            with write.turn(self._repo, self._location) as turn:
                if turn.tip is None:
                    raise SetupError("the desk's branch is gone")
                draft = self._draft(wishes, turn.tip, why)
                if not draft.files:
                    return self._outcome(None, draft)
                try:
                    commit = self._commit(turn, draft, self._message(draft, why), author, committer)
                except write.Moved:
                    if attempt == ATTEMPTS - 1:
                        raise
                    continue
            return self._outcome(commit, draft)
        raise AssertionError("unreachable")

    def _commit(
        self, turn: write.Turn, draft: Draft, message: str, author: write.Identity, committer: write.Identity
    ) -> str:
        if not rules.asks_for_signatures(draft.config):
            return turn.commit(draft.files, message, author, committer)
        from gitdesk.desk import seals

        context, files = draft.context, draft.files
        made, warned = seals.commit(
            self._repo, turn, draft.config, context, files, message, author, committer
        )
        draft.warnings += warned
        return made

    def _draft(self, wishes: Sequence[Wish], tip: str, why: Why) -> Draft:
        """Builds the commit on a tip and has it judged; raises the first thing that speaks against it."""
        draft = self._built(wishes, tip)
        if draft.changes:
            self._judge(draft, tip, why)
        return draft

    def _built(self, wishes: Sequence[Wish], tip: str) -> Draft:
        config = self._config_at(tip)
        draft = Draft(config)
        known = self._documents(tip, [wish.ticket_id for wish in wishes if not isinstance(wish, Fresh)])
        for wish in wishes:
            if isinstance(wish, Fresh):
                self._create(wish, config, tip, draft)
            elif isinstance(wish, Rewrite):
                self._rewrite(wish, known[wish.ticket_id], draft)
            else:
                self._step(wish, known, config, tip, draft)
        return draft

    def _judge(self, draft: Draft, tip: str, why: Why) -> None:
        config = draft.config
        context = context_now(self._repo, self._environ, self._now, tip, config, why)
        if context is not None:
            context = self._inform(context, rules.net(draft.changes), config, tip)
        draft.warnings = rules.enforce(draft.changes, config, (), context)
        draft.context = context

    def _documents(self, tip: str, ids: Iterable[TicketId]) -> dict[TicketId, tuple[str, Document]]:
        """Returns blob id and document of each ticket at the tip; raises NotFound for one that is not there."""
        paths = {grammar.path_of(ticket_id): ticket_id for ticket_id in ids}
        blobs = entries.find_files(self._repo, tip, paths)
        found: dict[TicketId, tuple[str, Document]] = {}
        for path, oid, document in read.Source(self._repo, codec.parse).documents(blobs.items()):
            found[paths[path]] = (oid, document)
        for path, ticket_id in paths.items():
            if ticket_id not in found:
                raise self._missing(tip, path, ticket_id)
        return found

    def _missing(self, tip: str, path: str, ticket_id: TicketId) -> GitdeskError:
        """Returns what is to be said of a ticket without a file: it is not there, or something else is."""
        from gitdesk.store import misplaced

        entry = read.find_entry(self._repo, tip, path)
        problem = misplaced.find(path, entry.mode) if entry is not None else None
        if problem is not None:
            return Unreadable(problem.message, hint=problem.hint, place=Place(path))
        return NotFound(f"no ticket {ticket_id} on this desk")

    def _create(self, wish: Fresh, config: Config, tip: str, draft: Draft) -> None:
        from gitdesk.store import layout

        def taken(ticket_id: str) -> bool:
            path = grammar.path_of(TicketId(ticket_id))
            return path in draft.files or read.find_entry(self._repo, tip, path) is not None

        ticket_id = layout.new_id(config.prefix, taken, self._bits(tip))
        ticket = self._attach(replace(wish.ticket, id=ticket_id), wish.files, config, tip, draft)
        path = grammar.path_of(ticket_id)
        data = codec.render(ticket)
        draft.files[path] = data
        draft.changes.append(Change(path=path, after=codec.parse(data, path)))

    def _bits(self, tip: str) -> Callable[[int], int] | None:
        """Returns where the bits of ids come from: the system, or in demonstrations GITDESK_SEED and the tip."""
        seed = self._environ.get("GITDESK_SEED")
        if seed is None:
            return None
        from hashlib import sha256

        def bits(number: int) -> int:
            self._drawn += 1
            digest = sha256(f"{seed}\0{tip}\0{self._drawn}".encode("utf-8", "surrogateescape")).digest()
            return int.from_bytes(digest, "big") >> (256 - number)

        return bits

    def _step(
        self,
        wish: Step,
        known: dict[TicketId, tuple[str, Document]],
        config: Config,
        tip: str,
        draft: Draft,
    ) -> None:
        oid, document = known[wish.ticket_id]
        written = readable(document)
        ticket = replace(
            written, id=wish.ticket_id
        )  # the path says whose file it is, whatever the header says
        after = self._attach(wish.edit.apply(ticket), wish.files, config, tip, draft)
        if after == ticket:
            if not any(path.startswith(grammar.attachment_dir(ticket.id)) for path in draft.files):
                draft.unchanged.append(wish.ticket_id)
            return
        data = codec.amend(document, replace(after, id=written.id))
        changed = codec.parse(data, document.path)
        known[wish.ticket_id] = (oid, changed)
        draft.files[document.path] = data
        draft.changes.append(Change(path=document.path, before=document, after=changed))

    @staticmethod
    def _rewrite(wish: Rewrite, current: tuple[str, Document], draft: Draft) -> None:
        oid, document = current
        if oid != wish.base:
            raise Conflict(
                f"{wish.ticket_id} was changed by somebody else in the meantime",
                hint="bring your text together with what is there now",
            )
        if wish.data == document.data:
            draft.unchanged.append(wish.ticket_id)
            return
        draft.files[document.path] = wish.data
        after = codec.parse(wish.data, document.path)
        draft.changes.append(Change(path=document.path, before=document, after=after))

    def _attach(
        self, ticket: Ticket, files: Sequence[tuple[str, bytes]], config: Config, tip: str, draft: Draft
    ) -> Ticket:
        """Stores files under free, safe names; the last message names them when it was made for them."""
        if not files:
            return ticket
        folder = grammar.attachment_dir(ticket.id)
        present = dict(read.list_folder(self._repo, tip, folder))
        taken = {name.casefold() for name in present}
        taken |= {path.rsplit("/", 1)[-1].casefold() for path in draft.files if path.startswith(folder)}
        names: list[str] = []
        for wanted, data in files:
            limit = config.limits.attachment_bytes
            if len(data) > limit:
                raise Refused(
                    f'"{wanted}" has {len(data):,} bytes; this desk takes attachments up to {limit:,}',
                    hint="the limit is rules.limits.attachment_bytes in gitdesk.yaml",
                )
            name = grammar.safe_name(wanted)
            same = self._kept(data, name, present)
            if same is not None:
                names.append(same)
                continue  # attaching the same file again is safe
            name = _free(name, taken)
            taken.add(name.casefold())
            draft.files[folder + name] = data
            draft.stored.append((folder + name, wanted))
            draft.changes.append(Change(path=folder + name, new="new"))
            names.append(name)
        if ticket.messages and "attachments" in dict(ticket.messages[-1].meta):
            last = ticket.messages[-1]
            meta = tuple(
                (key, ", ".join(names) if key == "attachments" else value) for key, value in last.meta
            )
            return replace(ticket, messages=(*ticket.messages[:-1], replace(last, meta=meta)))
        return ticket

    def _kept(self, data: bytes, name: str, present: Mapping[str, TreeEntry]) -> str | None:
        """Returns under which name a ticket has a file already: the one wanted, or that with a number."""
        oid = object_id(self._repo.hash_name, "blob", data)
        stem, _, ending = name.rpartition(".")
        for there, entry in present.items():
            if entry.oid == oid and there.startswith(stem or name) and there.endswith(ending if stem else ""):
                return there
        return None

    def _message(self, draft: Draft, why: Why) -> str:
        return render_message(subject(draft.changes), why.reason, trailers_of(why))

    def _outcome(self, commit: str | None, draft: Draft, diff: str = "") -> Outcome:
        return Outcome(
            commit=commit,
            changes=tuple(draft.changes),
            unchanged=tuple(draft.unchanged),
            files=tuple(draft.stored),
            diff=diff,
            warnings=draft.warnings,
        )

    def _diff(self, draft: Draft, tip: str) -> str:
        from difflib import unified_diff

        blobs = entries.find_files(self._repo, tip, draft.files)
        old = {path: self._repo.blob(oid) for path, oid in blobs.items()}
        parts: list[str] = []
        for path, data in sorted(draft.files.items()):
            before, after = old.get(path), data or b""
            if b"\0" in after:
                parts.append(f"new attachment {path}: {len(after):,} bytes\n")
                continue
            lines = unified_diff(
                [] if before is None else _lines(before),
                _lines(after),
                "/dev/null" if before is None else f"a/{path}",
                f"b/{path}",
            )
            parts.extend(
                line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines
            )
        return "".join(parts)


def readable(document: Document) -> Ticket:
    """Returns the ticket of a document; raises Unreadable with the first place where it cannot be read."""
    if document.ticket is not None:
        return document.ticket
    problem = document.problems[0]
    raise Unreadable(
        problem.message,
        place=Place(problem.path, problem.line, problem.column),
        hint=problem.hint or "gitdesk check lists everything that is wrong with the file",
    )


def _free(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem}-{number}{dot}{ending}"
    return candidate


def _lines(data: bytes) -> list[str]:
    return [line + "\n" for line in data.decode("utf-8", "replace").split("\n")[:-1]] + (
        [rest] if (rest := data.decode("utf-8", "replace").rpartition("\n")[2]) else []
    )
