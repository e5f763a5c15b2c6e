"""What a query asks about customers: the organisation of a ticket's requester, its tier, region and language."""

from __future__ import annotations

from gitdesk.domain.folding import fold
from gitdesk.domain.query_keys import CUSTOMER_KEYS, FIELD
from gitdesk.domain.query_tree import Term, conjoin, disjoin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.customers import Organisation
    from gitdesk.domain.query_keys import Scope, Vocabulary
    from gitdesk.domain.query_tree import Node, Value

# A term of the organisation alone, whatever fields the ticket has: `@tier`. No query can be typed with such a key.
MARK = "@"
ANY: Value = ("", "")
UNSET: Value = ("",)


def own_field(key: str, vocabulary: Vocabulary) -> str | None:
    """Returns the key of the desk's own field of that name, which says better than the organisation, or None."""
    if key == "organisation":
        return None
    return next((FIELD + name for name in vocabulary.fields if fold(name) == key), None)


def expand_customer(term: Term, scope: Scope) -> Node:
    """Replaces a term about customers by what the ticket's own field says, and where it says nothing, by MARK's."""
    belongs = Term(MARK + term.key, ":", term.values)
    own = own_field(term.key, scope.vocabulary)
    if own is None:
        return belongs
    silent = conjoin((Term("no", ":", ((own,),)), belongs))
    said = tuple(value for value in term.values if value != UNSET)
    return disjoin((Term(own, ":", said), silent)) if said else silent


def expand_presence(term: Term, scope: Scope) -> Node:
    """Parts has:tier and no:tier from the other values of has: and no:, any of which will do."""
    rest = tuple(value for value in term.values if value[0] not in CUSTOMER_KEYS)
    asked = ANY if term.key == "has" else UNSET
    parts = [
        expand_customer(Term(name, ":", (asked,)), scope) for name, *_ in term.values if name in CUSTOMER_KEYS
    ]
    return disjoin([*([Term(term.key, ":", rest)] if rest else []), *parts])


def fact(key: str, organisation: Organisation | None) -> str:
    """Returns what a key of MARK's compares: the name, tier, region or language; "" when there is none."""
    if organisation is None:
        return ""
    name = key.removeprefix(MARK)
    text: str = organisation.name if name == "organisation" else getattr(organisation, name)
    return text


def known(key: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Returns the values a key about customers may have, empty when anything goes."""
    from gitdesk.domain.customers import customers_of

    own = own_field(key, vocabulary)
    choices = vocabulary.known(own) if own else ()
    if own and not choices:
        return ()
    customers = customers_of(vocabulary)
    return tuple(dict.fromkeys((*_names(key, customers.tiers, customers.organisations), *choices)))


def _names(key: str, tiers: tuple[str, ...], organisations: tuple[Organisation, ...]) -> Iterator[str]:
    if key == "tier":
        yield from tiers
    yield from (text for one in organisations if (text := fact(key, one)))
