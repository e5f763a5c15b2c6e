"""People: who works at the desk, what they are called and how Git names them."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

# Words that stand for somebody else wherever a person is expected.
RESERVED_IDS = frozenset(("me", "nobody", "none", "anybody"))

# What a role may add; everybody listed may work on tickets. What no role of a desk adds, everybody may.
ACT_FOR_OTHERS, CORRECT, CONFIGURE = "act_for_others", "correct", "configure"
ASSIGN, CLOSE, RETAG = "assign", "close", "retag"
OUT_OF_LOCK_OUT = (
    "only whoever owns the server's repository can bring such a change in, by `git fetch` there "
    "(see Out of a lock-out in docs/hooks.md)"
)


class Person(Value, kw_only=False):
    """One agent. `away_until` is the first day back; `capacity` counts open tickets, None for no limit.

    A `robot` is a program: what it writes to a requester is no answer of the desk's to any clock. `accounts` are what
    hosting sites call the person: (site, login).
    """

    id: str
    name: str
    addresses: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    time_zone: str = ""
    capacity: int | None = None
    away_until: date | None = None
    signing_keys: tuple[str, ...] = ()
    robot: bool = False
    accounts: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """Returns the first address, the one Git and customers are shown, "" when there is none."""
        return self.addresses[0] if self.addresses else ""

    def is_away(self, day: date) -> bool:
        """Tells whether the person is away on `day`."""
        return self.away_until is not None and day < self.away_until


class Role(Value, kw_only=False):
    """A set of people who may do more than work on tickets."""

    name: str
    description: str = ""
    may: tuple[str, ...] = ()


def author_of(person: Person) -> str:
    """Returns `Name <address>`, as messages and commits carry it."""
    return f"{person.name} <{person.address}>" if person.address else person.name


def parse_author(text: str) -> tuple[str, str]:
    """Returns (name, address) of `Name <address>`, of an address or of a name; what is missing is ""."""
    text = text.strip()
    if text.endswith(">") and "<" in text:
        name, _, address = text[:-1].rpartition("<")
        return name.strip().strip('"').strip(), address.strip()
    if "@" in text and not any(character.isspace() for character in text):
        return "", text
    return text, ""


def id_for(name: str, address: str) -> str:
    """Returns a short name for somebody new: the address before the @, else the first name, of safe letters."""
    base = (address.partition("@")[0] or name.split(" ")[0]).casefold()
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in base)
    safe = safe.strip("-_.")[:60] or "agent"
    return f"{safe}-1" if safe in RESERVED_IDS else safe
