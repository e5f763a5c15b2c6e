"""Desk: the one door through which every interface reads and writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import cached_property

from gitdesk import clock
from gitdesk.desk.configuration import Configurations, for_index, promises, vocabulary
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import SetupError, Unreadable, UsageError
from gitdesk.store import read
from gitdesk.store.git import Repo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import Any

    from gitdesk.desk.audit import Trail
    from gitdesk.desk.feed import Feed
    from gitdesk.desk.plan import Outcome, Proposed, Why, Wish
    from gitdesk.desk.reading import Found, View
    from gitdesk.desk.standing_in import StandIn
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.query import Scope, Vocabulary
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation
    from gitdesk.index.index import Index

Progress = Callable[[int, int | None], None]
Watch = Callable[[str], AbstractContextManager[Progress]]


class Desk:
    """An open desk: one branch of one clone, at the commit it had when first looked at.

    What a verb needs is imported by it: a change that names its ticket in full opens no index.
    """

    def __init__(
        self,
        repo: Repo,
        location: read.Location,
        environ: Mapping[str, str],
        watch: Watch,
        now: datetime | None = None,
    ) -> None:
        self.repo, self.location, self.environ, self.watch = repo, location, environ, watch
        # What is written down as said now and what commits it must agree: whoever has a present brings it along.
        self.now = now or clock.now(dict(environ))
        self.asking = False  # somebody is there who can be asked for a password
        self._configurations = Configurations(repo)
        # Told what stands in for a gitdesk.yaml that cannot be used; None: nothing may, it is an error.
        self.on_stand_in: Callable[[StandIn], None] | None = None

    @classmethod
    def open(cls, start: str, environ: Mapping[str, str], watch: Watch, now: datetime | None = None) -> Desk:
        """Returns the desk that a folder belongs to; raises SetupError when there is none."""
        try:
            repo = Repo.discover(start, environ)
        except FileNotFoundError as error:
            raise SetupError("the current folder is not there any more", hint="cd somewhere else") from error
        return cls(repo, read.locate(repo, environ), environ, watch, now)

    @classmethod
    def open_range(
        cls, start: str, environ: Mapping[str, str], watch: Watch, text: str, now: datetime | None = None
    ) -> Desk:
        """Returns the desk that a range is of, also where the branch that is checked out has thrown it away."""
        try:
            return cls.open(start, environ, watch, now)
        except SetupError as error:
            from gitdesk.desk.revisions import base_of

            repo = Repo.discover(start, environ)
            location, base = read.at_head(repo), base_of(repo, text)
            if location.tip is not None and base and read.holds_desk(repo, base):
                return cls(repo, location, environ, watch, now)
            repo.close()
            raise error

    def close(self) -> None:
        """Lets go of the index and of Git's processes."""
        if "_index_file" in self.__dict__:
            self._index_file.close()
        self.repo.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What everything else hangs on

    @property
    def tip(self) -> str:
        """Returns the commit this desk is read at."""
        assert self.location.tip is not None  # locate() refuses a desk without a commit
        return self.location.tip

    @cached_property
    def config(self) -> Config:
        """Returns gitdesk.yaml at the tip or what may stand in for it; else Unreadable tells where it is wrong."""
        return self._in_force[1]

    def config_at(self, commit: str) -> Config:
        """Returns gitdesk.yaml as of a commit; raises Unreadable with the place of its first mistake."""
        return self._configurations.at(commit)

    @property
    def config_commit(self) -> str:
        """Returns the commit whose gitdesk.yaml, with the holidays it names, is in force: the tip if it can be used."""
        return self._in_force[0]

    @cached_property
    def _in_force(self) -> tuple[str, Config]:
        if self.on_stand_in is None:
            return self.tip, self._configurations.at(self.tip)
        config, stand_in = self._configuration(self.tip)
        if stand_in is None:
            return self.tip, config
        self.on_stand_in(stand_in)
        return stand_in.commit, config

    def _configuration(self, commit: str) -> tuple[Config, StandIn | None]:
        config = self._configurations.known(commit)
        if config is not None:
            return config, None
        from gitdesk.desk.standing_in import in_force

        return in_force(self.repo, self._configurations, commit)

    @cached_property
    def author(self) -> str:
        """Returns who is here as `Name <address>`: the agent whose address Git has, else Git's own words."""
        from gitdesk.domain.people import author_of
        from gitdesk.store.identity import identity

        author, _ = identity(self.repo, self.environ, self.now)
        person = self.config.find_person(author.email)
        return author_of(person) if person is not None else str(author)

    @cached_property
    def me(self) -> Person:
        """Returns the agent who is here, by the address Git has; raises UsageError for a stranger."""
        from gitdesk.store.identity import identity

        author, _ = identity(self.repo, self.environ, self.now)
        person = self.config.find_person(author.email)
        if person is None:
            raise UsageError(
                f'nobody on this desk has the address "{author.email}", so "me" is nobody',
                hint="add it to your entry under people in gitdesk.yaml",
            )
        return person

    @cached_property
    def index(self) -> Index:
        """Returns the index, brought up to the tip."""
        index = self._index_file
        with self.watch("reading tickets") as progress:
            index.refresh(
                self.tip,
                self.source,
                read_config=for_index,
                stand_in=self.words_before(self.tip),
                progress=progress,
            )
        return index

    def mention_stand_in(self) -> None:
        """Has what stands in for gitdesk.yaml told of, by commands that ask the index alone."""
        with suppress(Unreadable):
            _ = self.config

    def words_before(self, commit: str) -> Callable[[], Vocabulary | None]:
        """Returns what finds the words that the index goes by when the gitdesk.yaml of a commit cannot be used."""

        def words() -> Vocabulary | None:
            try:
                return vocabulary(self._configuration(commit)[0])
            except (Unreadable, SetupError):
                return None

        return words

    @cached_property
    def _index_file(self) -> Index:
        from gitdesk.desk.places import index_path
        from gitdesk.index.index import Index

        return Index.open(index_path(self.repo, self.location))

    @cached_property
    def source(self) -> Feed:
        """Returns what the index is fed from."""
        from gitdesk.desk.feed import Feed

        return Feed(self.repo)

    def scope(self, text: str = "") -> Scope:
        """Returns for whom and when a query is asked; who "me" is costs a call of Git and is found only if named."""
        me: str = ""
        groups: tuple[str, ...] = ()
        words = vocabulary(self.config)
        if not text.isascii() or "m" in text.lower():  # else neither "me" nor "mine" is in it
            from gitdesk.domain.query_facts import asks_who

            if asks_who(text, words):
                me, groups = self.me.id, self.me.groups
        from gitdesk.desk.places import local_zone
        from gitdesk.domain.query import Scope

        return Scope(
            now=self.now,
            vocabulary=words,
            me=me,
            my_groups=groups,
            time_zone=local_zone(self.environ),
            clocks=promises(self.config),
        )

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Returns a ticket at the tip; raises NotFound, or Unreadable with the place."""
        from gitdesk.desk.reading import ticket

        return ticket(self, ticket_id)

    # The ten verbs

    def resolve(self, word: str) -> TicketId:
        """Returns the ticket a person means by an id, the beginning of one, or `source:id`; raises NotFound."""
        from gitdesk.desk.naming import resolve

        return resolve(self, word)

    def select(self, text: str) -> Sequence[TicketId]:
        """Returns the ids of the tickets that a list of the same query shows, all of them; UsageError for no query."""
        if not text.strip():
            raise UsageError(
                "the query is empty", hint="is:open,new selects what is open, is:done what is done"
            )
        return [TicketId(str(row[0])) for row in self.find(text, columns=("id",)).rows]

    def find(
        self,
        text: str = "",
        *,
        columns: Sequence[str],
        limit: int | None = None,
        everything: bool = False,
        at: str | None = None,
    ) -> Found:
        """Returns tickets as rows of the columns; without a query about status, those that are not done.

        `at` is a time or a commit: the desk as it was then.
        """
        from gitdesk.desk.reading import find

        return find(self, text, columns=columns, limit=limit, everything=everything, at=at)

    def show(self, ticket_id: TicketId, at: str | None = None) -> View:
        """Returns one ticket whole, with what derives from it; raises NotFound."""
        from gitdesk.desk.reading import view

        return view(self, ticket_id, at)

    def change(self, wishes: Sequence[Wish], why: Why, *, dry_run: bool = False) -> Outcome:
        """Makes one commit of all the wishes or raises and changes nothing; a dry run only tells."""
        self.repo.ask_settings()  # while the code is read that needs them
        from gitdesk.desk.writing import Writing

        def inform(context: Context, changes: Sequence[Change], config: Config, tip: str) -> Context:
            from gitdesk.desk.knowledge import informed

            return informed(self, context, changes, config, tip)

        writing = Writing(self.repo, self.location, self._configurations.at, self.now, self.environ, inform)
        return writing.change(wishes, why, dry_run=dry_run)

    def propose(self, wishes: Sequence[Wish], why: Why, *, dry_run: bool = False) -> Proposed:
        """Puts what the wishes come to on a branch that others approve; messages go to the desk at once."""
        self.repo.ask_settings()
        from gitdesk.desk.proposing import Proposing

        return Proposing(self).propose(wishes, why, dry_run=dry_run)

    def propose_files(self, paths: Sequence[str], why: Why, *, dry_run: bool = False) -> Proposed:
        """Puts files of rules as the work tree has them on a branch that others approve."""
        from gitdesk.desk.proposing_rules import ProposingRules

        return ProposingRules(self).propose_files(paths, why, dry_run=dry_run)

    def settle(self) -> bool:
        """Finishes what a killed writer has left; tells whether there was something, and this desk is then outdated."""
        from gitdesk.store import write

        if not write.is_pending(self.repo):
            return False
        with write.turn(self.repo, self.location):
            return True

    def log(self, ids: Sequence[TicketId] | None = None, **filters: Any) -> Trail:
        """Returns the audit trail, newest first; see `audit.trail` for the filters."""
        from gitdesk.desk.audit import trail

        return trail(self, ids, **filters)

    def search(self, text: str, *, query: str = "", limit: int | None = 20) -> Iterator[dict[str, Any]]:
        """Yields the tickets a text is found in, the best first, each with the passage."""
        from gitdesk.desk.reading import search

        return search(self, text, query, limit)

    def check(self, *, staged: bool = False) -> Iterable[Violation]:
        """Returns what is wrong: on the whole desk at its tip, or in what is staged for the next commit."""
        from gitdesk.desk import judging

        return judging.staged(self) if staged else judging.everything(self)

    def sql(self, statement: str) -> tuple[Sequence[str], Iterator[tuple[Any, ...]]]:
        """Returns columns and rows of a read-only statement on the index, history included."""
        from gitdesk.desk.audit import with_history

        return with_history(self).sql(statement)

    def complete(self, kind: str, prefix: str) -> Sequence[tuple[str, str]]:
        """Returns what there is of a kind that starts so, each with a line about it."""
        from gitdesk.desk.naming import complete

        return complete(self, kind, prefix)
