"""What a report can be broken down by, and where each ticket belongs: by what it says at the as-of time."""

from __future__ import annotations

from gitdesk.domain.customers import customers_of
from gitdesk.domain.people import parse_author

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitdesk.domain.config import Config
    from gitdesk.domain.life import Life

AGENT, GROUP, TYPE, TAG, CUSTOMER, CHANNEL = "agent", "group", "type", "tag", "customer", "channel"
DIMENSIONS = (AGENT, GROUP, TYPE, TAG, CUSTOMER, CHANNEL)
UNNAMED = {
    AGENT: "nobody", GROUP: "no group", TYPE: "no type", TAG: "no tag", CUSTOMER: "no customer",
    CHANNEL: "no channel", "": "",
}  # fmt: skip

_KEYS = {AGENT: "assignee", GROUP: "group", TYPE: "type", CHANNEL: "channel"}


def places(dimension: str, config: Config) -> Callable[[Life], tuple[str, ...]]:
    """Returns what tells the names a ticket is counted under, "" for none; "" as the dimension puts all together.

    Only tags can be several: a ticket counts under each of its tags.
    """
    if not dimension:
        return lambda _: ("",)
    if dimension == TAG:
        return lambda life: tuple(dict.fromkeys(life.header["tags"])) or ("",)
    if dimension == CUSTOMER:
        customers = customers_of(config)

        def customer(life: Life) -> tuple[str, ...]:
            requester = life.header["requester"]
            found = customers.find(requester)
            if found is not None:
                return (found.name,)
            name, address = parse_author(requester)
            return (address.casefold() or name,)

        return customer
    key = _KEYS[dimension]
    return lambda life: (life.header[key],)


def order(dimension: str, config: Config, names: Iterable[str], weight: Callable[[str], int]) -> list[str]:
    """Returns names in the order people look for them: groups and types as the desk lists them, others by weight."""
    known: dict[str, tuple[str, ...]] = {
        GROUP: tuple(group.name for group in config.groups),
        TYPE: tuple(one.name for one in config.types),
    }
    listed = {name: place for place, name in enumerate(known.get(dimension, ()))}
    return sorted(names, key=lambda name: (listed.get(name, len(listed)), not name, -weight(name), name))
