"""Tickets with a past, put together from versions at hours of a working day, for the tests of the rules of promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from judging import IVA, PATH, ticket
from workflows import WORKFLOW

from gitdesk.desk.terms import terms_of
from gitdesk.domain import rules
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.rules_context import Context
from gitdesk.domain.sla_facts import ClockFacts, facts_of
from gitdesk.domain.sla_past import Moment, Past
from gitdesk.domain.violation import Violation
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANA, ROBI = "Ana <ana@gold.example>", "Robi <robi@acme.example>"
DESK = (
    f"""\
desk: {{name: Acme, prefix: GD}}
{WORKFLOW}"""
    + """\
fields: [FIELDS]
people:
  - {id: iva, name: Iva Kralj, addresses: [iva@acme.example]}
  - {id: robi, name: Robi, addresses: [robi@acme.example], robot: true}
customers:
  tiers: [gold]
  organisations: [{name: Gold, domains: [gold.example], tier: gold}]
sla:
  policies:
    - id: incidents
      when: "type:incident"
      targets: {high: {resolution: 1h}, normal: {resolution: 2h}}
    - id: gold
      when: "tier:gold"
      reopen: REOPEN
      reopen_window: 240h
      targets:
        high: {first_response: 1h, next_response: 2h, resolution: 4h}
        normal: {first_response: 2h, next_response: 4h, resolution: 8h}
        low: {resolution: 40h}
    - id: others
      targets: {normal: {resolution: 80h}}
rules: {limits: {LIMITS}}
"""
)


def desk(*, fields: str = "", reopen: str = "resume", limits: str = "") -> Config:
    """Returns the desk; a text fills the place of its name."""
    text = DESK.replace("FIELDS", fields).replace("REOPEN", reopen).replace("LIMITS", limits)
    config, wrong = parse_config(text.encode())
    assert config is not None, wrong
    return config


def at(hours: float) -> datetime:
    """Returns the moment so many hours after the ticket came."""
    return MONDAY + timedelta(hours=hours)


def said(hours: float, kind: str = "reply", author: str = IVA, meta: str = "") -> str:
    """Returns a message as it stands in a file."""
    comment = f"<!-- {meta} -->\n" if meta else ""
    return f"### {at(hours).isoformat()[:19]}Z · {kind} · {author}\n{comment}\nWords.\n"


class Life:
    """A ticket of a gold customer that came on Monday at nine, with normal priority."""

    def __init__(self, config: Config | None = None, **header: Any) -> None:
        self.config = config or desk()
        created = MONDAY.isoformat()[:19] + "Z"
        self.header: dict[str, Any] = {
            "requester": ANA, "created": created, "status": "new", "priority": "normal", **header
        }  # fmt: skip
        self.thread: list[str] = []
        self.place = 1
        self.old = self._document()
        assert self.old.ticket is not None
        self.past = Past.begin(self.old.ticket, Moment(position=1, at=int(MONDAY.timestamp())))

    def _document(self) -> Any:
        return codec.parse(ticket("\n".join(self.thread), **self.header), PATH)

    def then(self, hours: float, *messages: str, **header: Any) -> Life:
        """Goes on to another version, which nobody judges."""
        change = self.next(*messages, **header)
        assert change.before is not None
        assert change.after is not None
        assert change.before.ticket is not None
        assert change.after.ticket is not None
        self.place += 1
        moment = Moment(position=self.place, at=int(at(hours).timestamp()))
        self.past = Past.step(self.past, change.before.ticket, change.after.ticket, moment)
        self.old = change.after
        return self

    def next(self, *messages: str, **header: Any) -> Change:
        """Returns the change into another version, and leaves the ticket there for the next."""
        self.header.update(header)
        self.thread.extend(messages)
        return Change(path=PATH, before=self.old, after=self._document())

    def found(
        self,
        hours: float,
        *messages: str,
        by: str = IVA,
        reason: str | None = "",
        trailers: Any = (),
        **header: Any,
    ) -> list[Violation]:
        """Returns what the rules of promises say of one version more."""
        change = self.next(*messages, **header)

        def clocks(one: Change) -> ClockFacts | None:
            assert one.before is not None
            assert one.after is not None
            assert one.before.ticket is not None
            assert one.after.ticket is not None
            terms = (terms_of(self.config, {}, position=0),)
            story = self.past.story()
            return facts_of(story, terms, int(at(hours).timestamp()), one.before.ticket, one.after.ticket)

        context = Context(
            actor=by, person=self.config.find_person(by), reason=reason, at=at(hours), authored_at=at(hours),
            trailers=trailers, clocks=clocks,
        )  # fmt: skip
        every = rules.check(change, self.config, context)
        return [one for one in every if one.code[0] == "S"]

    def codes(self, hours: float, *messages: str, **given: Any) -> list[str]:
        """Returns the codes of what they say, a warning's in brackets."""
        found = self.found(hours, *messages, **given)
        return [one.code if one.severity == "error" else f"({one.code})" for one in found]
