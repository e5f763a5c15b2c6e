"""Customers: which organisation somebody writes for, told by the domain of the mail address."""

from __future__ import annotations

from gitdesk.domain.people import parse_author
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    class Serves(Protocol):
        """What has the customers of gitdesk.yaml: a Config, or the Vocabulary of a desk."""

        @property
        def customers(self) -> Mapping[str, Any]:
            """The section `customers`, plain data as written."""


class Organisation(Value):
    """A customer of the desk; what gitdesk.yaml does not say of it is ""."""

    name: str
    domains: tuple[str, ...]
    tier: str = ""
    region: str = ""
    language: str = ""

    def __str__(self) -> str:
        facts = ", ".join(fact for fact in (self.tier, self.region) if fact)
        return f"{self.name} ({facts})" if facts else self.name


class Customers:
    """The organisations of a desk, found by domain."""

    __slots__ = ("_by_domain", "_known", "organisations", "tiers")

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.tiers = tuple(_name(tier) for tier in plain.get("tiers") or ())
        self.organisations = tuple(_organisation(each) for each in plain.get("organisations") or ())
        self._by_domain: dict[str, Organisation] = {}
        self._known: dict[str, Organisation | None] = {}  # domains as they were asked for
        for one in self.organisations:
            for domain in one.domains:
                self._by_domain.setdefault(domain_key(domain), one)

    def find(self, requester: str) -> Organisation | None:
        """Returns the organisation of `Name <address>` or an address: its domain, or the nearest one above it."""
        _, at, domain = parse_author(requester)[1].rpartition("@")
        if not at:
            return None
        if domain not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[domain] = self._nearest(domain_key(domain))
        return self._known[domain]

    def _nearest(self, domain: str) -> Organisation | None:
        while domain:
            found = self._by_domain.get(domain)
            if found is not None:
                return found
            domain = domain.partition(".")[2]
        return None


def organisation_of(requester: str, desk: Serves) -> Organisation | None:
    """Returns the organisation a requester belongs to, None for somebody of no known one."""
    return customers_of(desk).find(requester)


def customers_of(desk: Serves) -> Customers:
    """Returns the customers of a desk; of the same mapping, which nobody may change, the same ones."""
    plain = desk.customers
    kept = _made.get(id(plain))
    if kept is None or kept[0] is not plain:
        if len(_made) > _KEPT:
            _made.clear()
        kept = _made[id(plain)] = (plain, Customers(plain))
    return kept[1]


_KEPT = 16  # the versions of gitdesk.yaml that a replay of history goes back and forth between
_made: dict[int, tuple[Mapping[str, Any], Customers]] = {}  # holds the mapping, so that its id stays its own
_REMEMBERED = 10_000  # domains
_LONGEST = 255  # characters of a domain


def domain_key(domain: str) -> str:
    """Returns a mail domain as domains are compared: without case, outer dots, and in the letters of DNS."""
    plain = domain.strip().strip(".").casefold()
    if plain.isascii() or len(plain) > _LONGEST:
        return plain
    try:
        return plain.encode("idna").decode("ascii").strip(".")
    except UnicodeError:
        return plain


def _name(item: str | Mapping[str, Any]) -> str:
    return item if isinstance(item, str) else str(item["name"])


def _organisation(plain: Mapping[str, Any]) -> Organisation:
    facts = {key: str(plain.get(key) or "") for key in ("tier", "region", "language")}
    return Organisation(name=plain["name"], domains=tuple(plain["domains"]), **facts)
