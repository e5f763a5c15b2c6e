"""The index with its clocks: brought up to date when a list or a report asks for them, not read otherwise."""

from __future__ import annotations

from gitdesk.desk.configuration import promises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.index.index import Index


def with_clocks(desk: Desk, *, always: bool = False) -> Index:
    """Returns the index with clocks up to the tip; on a desk that promises nothing without them, unless `always`."""
    index = desk.index
    if promises(desk.config) or always:
        if index.clocks_tip != desk.tip or index.is_cut_off or is_shallow(desk):
            from gitdesk.desk.audit import with_history

            with_history(desk)
            refresh(desk, index, desk.tip)
    elif index.clocks_tip is not None:
        index.switch_clocks_off()
    return index


def is_shallow(desk: Desk) -> bool:
    """Tells whether history may reach further, or less far, than when it was read."""
    from os.path import exists

    return exists(f"{desk.repo.common_dir}/shallow")


def refresh(desk: Desk, index: Index, tip: str) -> None:
    """Brings the clocks of an index up to the commit that it and its history show."""
    from gitdesk.desk.terms import Book
    from gitdesk.render.clock_row import json_rows
    from gitdesk.store import codec
    from gitdesk.store.history import History

    source = History(desk.repo, codec.parse)
    with desk.watch("replaying clocks") as progress:
        index.refresh_clocks(tip, source, lambda rows: Book(desk, rows), json_rows(), progress)
