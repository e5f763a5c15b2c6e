"""Who did what, who approved what, what was done for others, by hand, late, or to the record itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitdesk.index.activity import HAND, OTHER
from gitdesk.render.blocks import BAD, CAREFUL, Field, Figure, Figures, Grid
from gitdesk.render.shares import percent
from gitdesk.render.text import counted
from gitdesk.reports.approvals import APPROVED, REJECTED, WITHDRAWN, told
from gitdesk.reports.commits import Commits
from gitdesk.reports.dimensions import AGENT, TAG, places
from gitdesk.reports.lead import BRIEF, SHOWN, LeadReport, part, piece

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.desk import Desk
    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Life
    from gitdesk.reports.lead import Scope
    from gitdesk.store.signature import SignatureStatus

ACTION, APPROVAL, BEHALF, LATE, CORRECTION = "action", "approval", "on_behalf", "late", "correction"
_TOTALS = {
    APPROVAL: "approvals", BEHALF: "on_behalf", LATE: "late", CORRECTION: "corrections",
}  # fmt: skip
SECTIONS = (ACTION, APPROVAL, BEHALF, LATE, CORRECTION)
_NAMES = (
    "section", "bucket", "start", "name", "person", "kind", "other", "count", "tickets", "commits", "first", "last",
    "ticket", "commit", "subject", "seconds",
)  # fmt: skip
_MOST_DONE = {
    "created": "created",
    "reply": "replies",
    "note": "notes",
    "status": "status",
    "assignee": "assigned",
}
_OTHER = "other"
# What people call kinds of change whose names are of a program's making.
_KINDS = {
    "customer": "customer's message", "created-at": "time of creation", "message-changed": "message changed",
    "message-removed": "message removed", "message-moved": "message moved", "snoozed": "snooze",
    "merged": "merge into", "unmerged": "unmerge", "config": "gitdesk.yaml",
}  # fmt: skip


class AuditReport(LeadReport):
    """The activity of a period, out of commits and their trailers."""

    name, kind, title = "audit", "audit_report", "Audit"
    names = _NAMES

    def __init__(self, lived: Lived, scope: Scope, *, desk: Desk, verify: bool = False) -> None:
        super().__init__(lived, scope)
        self._desk, self._verify = desk, verify
        self._dimension = "" if scope.by == AGENT else scope.by
        self._places = places(self._dimension, lived.config)
        self._names: list[tuple[str, str]] = []
        self._rows: dict[str, list[dict[str, Any]]] = {section: [] for section in SECTIONS}
        self._acted = 0  # events
        self._imported = 0  # commits
        self._by_person: dict[str, Commits] = {}
        self._unverified: dict[str, int] = {}

    # ---- counting: in the index, not of lives

    def items(self) -> Iterator[dict[str, Any]]:
        """Reads what happened, then yields the rows."""
        from gitdesk.desk.activity import beginning

        for life in self.lived.lives if self._dimension else ():
            self.count(life)
        first = beginning(self._desk)
        self.first = None if first is None else int(first.timestamp())
        self._read()
        return self.rows()

    def count(self, life: Life) -> None:
        """Notes what a ticket is counted under."""
        if self._dimension:
            self._names += [(life.ticket, name) for name in self._places(life)]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows, a section after the other."""
        return (row for section in SECTIONS for row in self._rows[section])

    def _read(self) -> None:
        from gitdesk.desk.activity import activity, landings, said_of, signatures

        period = self.scope.period
        end = self.as_of + timedelta(seconds=1)
        end = min(end, period.end) if period.end else end
        begin = period.start
        line = self.timeline() if self.scope.unit else None
        if begin is None and line is not None:
            begin = datetime.fromtimestamp(max(line.edges[0], 0), UTC)
        if begin is not None and end < begin:
            end = begin
        found = activity(
            self._desk,
            self.lived,
            begin=begin,
            end=end,
            edges=line.edges[:-1] if line is not None else (),
            names=self._names if self._dimension else None,
        )
        concerned = found.tickets()
        self.tickets = len(concerned)
        if self.ids is not None:
            self.ids += concerned
        for at, name, person, kind, count, tickets, commits, first, last in found.actions():
            where = piece(line, at) if line is not None and at is not None else {}
            self._add(
                ACTION, **where, name=name if self._dimension else None, person=person, kind=kind, count=count,
                tickets=tickets, commits=commits, first=first, last=last,
            )  # fmt: skip
        # Of a ticket with two tags everything stands in two rows.
        self._acted = found.total() if self._dimension == TAG else self._total(ACTION)
        wanted = None if self.lived.ids is None else frozenset(self.lived.ids)
        landed = landings(self._desk, found, wanted)
        said = said_of(self._desk, found, verify=self._verify)
        rows = told(landed, said, self._known, begin=found.begin, wanted=wanted)
        for *word, maker in sorted(rows, key=lambda row: row[0]):
            self._one(APPROVAL, *word, other=maker)
        for person, other, count, tickets, commits, first, last in found.on_behalf():
            self._add(
                BEHALF, person=person, kind=BEHALF, other=self._known(other), count=count, tickets=tickets,
                commits=commits, first=first, last=last,
            )  # fmt: skip
        for row in sorted((*found.late_messages(), *found.late_commits()), key=lambda row: row[0]):
            self._one(LATE, *row)
        for row in found.corrections():
            self._one(CORRECTION, *row)
        for person, how, signed, imported, count in found.commits():
            if imported:
                self._imported += count
                continue
            mine = self._by_person.setdefault(person, Commits())
            mine.all += count
            mine.unsigned += 0 if signed else count
            mine.on_tickets += count if how != OTHER else 0
            mine.by_hand += count if how == HAND else 0
        if self._verify:
            self._judge(signatures(self._desk, found))

    def _judge(self, found: Mapping[str, SignatureStatus]) -> None:
        for status in found.values():
            self._unverified[status.status] = self._unverified.get(status.status, 0) + 1

    def _known(self, author: str) -> str:
        person = self.config.find_person(author)
        return person.id if person is not None else author

    def _one(
        self,
        section: str,
        at: str,
        person: str,
        ticket: str,
        kind: str,
        commit: str,
        subject: str,
        seconds: int | None = None,
        *,
        other: str | None = None,
    ) -> None:
        self._add(
            section, person=person, kind=kind, other=other, count=1, tickets=ticket.count(",") + 1 if ticket else 0,
            commits=1, first=at, last=at, ticket=ticket.replace(",", " ") or None, commit=commit, subject=subject,
            seconds=seconds,
        )  # fmt: skip

    def _add(self, section: str, **values: Any) -> None:
        self._rows[section].append({**dict.fromkeys(_NAMES), "section": section, **values})

    # ---- what it comes to

    def summary(self) -> Mapping[str, Any]:
        """Returns the shares of the commits, and who made them."""
        whole = Commits.together(self._by_person.values())
        return {
            **whole.plain(),
            "by_hand_share": part(whole.by_hand, whole.on_tickets),
            "unsigned_share": part(whole.unsigned, whole.all),
            "imported": self._imported,
            "signatures": self._unverified if self._verify else None,
            "actions": self._acted,
            **{key: self._total(section) for section, key in _TOTALS.items()},
            "rejections": self._said(REJECTED),
            "withdrawals": self._said(WITHDRAWN),
            "people": [{"person": person, **mine.plain()} for person, mine in self._people()],
        }

    def _total(self, section: str) -> int:
        if section == APPROVAL:
            return self._said(APPROVED)
        return sum(row["count"] for row in self._rows[section])

    def _said(self, kind: str) -> int:
        """Returns how often something was said of proposals, signed or not."""
        return sum(row["kind"].partition(",")[0] == kind for row in self._rows[APPROVAL])

    def _people(self) -> list[tuple[str, Commits]]:
        return sorted(self._by_person.items(), key=lambda item: (-item[1].all, item[0]))

    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields figures and a table a section."""
        most = BRIEF if brief else SHOWN
        yield self._figures()
        yield self._actions(most)
        yield self._who(most)
        yield self._listed(APPROVAL, "Approvals", most, "nothing was approved")
        yield self._behalf(most)
        yield self._listed(LATE, "Late entries", most, "nothing came late")
        yield self._listed(CORRECTION, "Corrections of the record", most, "nothing was corrected")

    def _figures(self) -> Figures:
        whole, imported = Commits.together(self._by_person.values()), self._imported
        corrections, late = self._total(CORRECTION), self._total(LATE)
        figures = [
            Figure(label="actions", value=f"{self._acted:,}", note=f"in {counted(whole.all, 'commit')}"),
            Figure(
                label="by hand",
                value=percent(whole.by_hand, whole.on_tickets),
                note=f"{whole.by_hand:,} of {whole.on_tickets:,} commits on tickets",
            ),
            Figure(
                label="unsigned",
                value=percent(whole.unsigned, whole.all),
                note=f"{whole.unsigned:,} of {whole.all:,} commits",
            ),
            Figure(label="approvals", value=f"{self._total(APPROVAL):,}", note=self._not_approved()),
            Figure(label="late entries", value=f"{late:,}", tone=CAREFUL if late else ""),
            Figure(label="corrections", value=f"{corrections:,}", tone=CAREFUL if corrections else ""),
        ]
        if self._verify:
            wrong = sum(count for status, count in self._unverified.items() if status != "good")
            each = ", ".join(f"{count:,} {status}" for status, count in sorted(self._unverified.items()))
            figures.insert(
                3,
                Figure(label="not verified", value=f"{wrong:,}", note=each, tone=BAD if wrong else ""),
            )
        if imported:
            figures.append(
                Figure(label="imported", value=f"{imported:,}", note="commits, in no other number")
            )
        return Figures(figures=tuple(figures))

    def _not_approved(self) -> str:
        found = ((self._said(kind), kind) for kind in (REJECTED, WITHDRAWN))
        return ", ".join(f"{count:,} {kind}" for count, kind in found if count)

    def _actions(self, most: int) -> Grid:
        rows = self._rows[ACTION]
        heads = [Field(name="bucket", title=self.scope.unit)] if self.scope.unit else []
        heads += [Field(name="name", title=self._dimension)] if self._dimension else []
        if not heads:
            return self._matrix(most)
        shown = rows[::-1] if self.scope.unit else rows
        return Grid(
            title="Who did what",
            fields=(
                *heads,
                Field(name="person"),
                Field(name="kind", title="what"),
                Field(name="count", title="times", kind="number"),
                Field(name="tickets", kind="number"),
                Field(name="last", title="last (UTC)", minor=True),
            ),
            rows=tuple(
                (
                    *([row["bucket"]] if self.scope.unit else []),
                    *([self.named(row["name"] or "")] if self._dimension else []),
                    row["person"], _kind(row["kind"]), row["count"], row["tickets"], _minute(row["last"]),
                )
                for row in shown[:most]
            ),
            more=max(len(rows) - most, 0),
            nothing="nothing was done in the period",
        )  # fmt: skip

    def _matrix(self, most: int) -> Grid:
        """Returns a row a person and a column for what is done most; CSV and JSON have every kind."""
        people: dict[str, dict[str, int]] = {}
        for row in self._rows[ACTION]:
            mine = people.setdefault(row["person"], {})
            kind = row["kind"] if row["kind"] in _MOST_DONE else _OTHER
            mine[kind] = mine.get(kind, 0) + row["count"]
        ranked = sorted(people.items(), key=lambda item: (-sum(item[1].values()), item[0]))
        return Grid(
            title="Who did what",
            fields=(
                Field(name="person"),
                *(Field(name=kind, title=title, kind="number") for kind, title in _MOST_DONE.items()),
                Field(name=_OTHER, kind="number"),
                Field(name="all", kind="number"),
            ),
            rows=tuple(
                (person, *(mine.get(kind, 0) for kind in (*_MOST_DONE, _OTHER)), sum(mine.values()))
                for person, mine in ranked[:most]
            ),
            more=max(len(ranked) - most, 0),
            note="Changes, not commits: one commit may change several things.",
            nothing="nothing was done in the period",
        )

    def _who(self, most: int) -> Grid:
        found = self._people()
        return Grid(
            title="Whose commits",
            fields=(
                Field(name="person"),
                Field(name="commits", kind="number"),
                Field(name="by_hand", title="by hand", kind="share"),
                Field(name="unsigned", kind="share"),
            ),
            rows=tuple(
                (person, mine.all, (mine.by_hand, mine.on_tickets), (mine.unsigned, mine.all))
                for person, mine in found[:most]
            ),
            more=max(len(found) - most, 0),
            nothing="there are no commits in the period",
        )

    def _listed(self, section: str, title: str, most: int, nothing: str) -> Grid:
        rows = self._rows[section]
        fields = [
            Field(name="first", title="when (UTC)"),
            Field(name="person"),
            Field(name="kind", title="what"),
        ]
        fields += [Field(name="ticket"), Field(name="commit"), Field(name="subject", minor=True)]
        if section == APPROVAL:
            fields.insert(2, Field(name="other", title="made by"))
        if section == LATE:
            fields.insert(3, Field(name="seconds", title="late by", kind="duration"))
        return Grid(
            title=title,
            fields=tuple(fields),
            rows=tuple(
                tuple(_shown(field.name, row[field.name]) for field in fields)
                for row in reversed(rows[-most:])
            ),
            more=max(len(rows) - most, 0),
            note="The latest first." if rows else "",
            nothing=nothing,
        )

    def _behalf(self, most: int) -> Grid:
        rows = self._rows[BEHALF]
        return Grid(
            title="On behalf of others",
            fields=(
                Field(name="person"),
                Field(name="other", title="for whom"),
                Field(name="count", title="times", kind="number"),
                Field(name="tickets", kind="number"),
                Field(name="last", title="last (UTC)", minor=True),
            ),
            rows=tuple(
                (row["person"], row["other"], row["count"], row["tickets"], _minute(row["last"]))
                for row in rows[:most]
            ),
            more=max(len(rows) - most, 0),
            nothing="nobody acted for somebody else",
        )


def _kind(kind: str) -> str:
    return _KINDS.get(kind, kind)


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")


def _shown(name: str, value: Any) -> Any:
    if name == "first":
        return _minute(value)
    if name == "commit":
        return value[:10]
    return _kind(value) if name == "kind" else value
