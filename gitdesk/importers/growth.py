"""What a desk has to be told before an import: names of the source that gitdesk.yaml does not have."""

from __future__ import annotations

from gitdesk.domain.workflow import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.config import Config
    from gitdesk.domain.import_map import Names

    Item = tuple[tuple[str, str | tuple[str, ...]], ...]

# Words that tell what a status is about, for the category of a new one; the first that is found decides.
_CATEGORIES = (
    ("cancelled", (
        "cancel", "spam", "reject", "duplicate", "invalid", "wontfix", "not-planned", "merged", "withdrawn",
    )),
    ("closed", ("closed", "archived", "complete", "finished")),
    ("resolved", ("resolved", "solved", "fixed", "done", "answered")),
    ("external", ("vendor", "third-party", "supplier", "external", "hold", "3rd")),
    ("waiting", ("wait", "pending", "customer", "user", "requester", "feedback", "needinfo")),
    ("snoozed", ("snooz", "postpon", "defer")),
    ("new", ("new", "queued", "awaiting-assignment", "unassigned", "created", "submitted")),
)  # fmt: skip
# Where each kind of name stands in gitdesk.yaml.
_LISTS = {
    "statuses": ("workflow", "statuses"),
    "priorities": ("priorities",),
    "types": ("types",),
    "groups": ("groups",),
    "tags": ("tags", "list"),
    "fields": ("fields",),
}
_AGENTS = ("people", "agents")
_MOVES = ("workflow", "transitions")


def additions(names: Names, config: Config) -> dict[tuple[str, ...], list[Item]]:
    """Returns the items to add to the lists of gitdesk.yaml; none when the desk knows every name."""
    found: dict[tuple[str, ...], list[Item]] = {}
    for kind, fresh in names.fresh.items():
        found[_LISTS[kind]] = [_item(names, kind, target, source) for target, source in sorted(fresh.items())]
    people: list[Item] = [
        (("id", each), ("name", name or each), ("addresses", (address,)))
        for each, (name, address) in sorted(names.people.items())
    ]
    if people:
        found[_AGENTS] = people
    statuses = tuple(sorted(names.fresh.get("statuses", {})))
    if statuses and config.workflow.transitions:
        found[_MOVES] = [(("from", ANY), ("to", statuses)), (("from", statuses), ("to", ANY))]
    return found


def category_of(name: str) -> str:
    """Returns the category a status most likely belongs to by its name."""
    for category, words in _CATEGORIES:
        if any(word in name.casefold() for word in words):
            return category
    return "open"


def _item(names: Names, kind: str, target: str, source: str) -> Item:
    item: Item = (("name", target),)
    if kind == "statuses":
        item = (*item, ("category", category_of(f"{target} {source}")))
    if kind == "fields":
        item = (*item, ("type", "list" if names.is_list(target) else "text"))
    if source != target:
        item = (*item, ("description", f"{source} at {names.source or 'the source'}"))
    return item
