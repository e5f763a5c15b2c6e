"""What the docs show of importers works: the example of one, and the worked example of a log."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from readers import adds_up, read, written

from gitdesk.errors import Unreadable
from gitdesk.importers import csv_
from gitdesk.importers.guess import shape_of
from gitdesk.importers.losses import Report
from gitdesk.importers.shape_changes import KEYS as CHANGE_KEYS
from gitdesk.importers.shape_plan import KEYS, SETTABLE, plan_of
from gitdesk.importers.stream import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


def block(page: str, language: str, begin: str) -> str:
    """Returns the first block of a page in a language that contains a text."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return next(textwrap.dedent(body) for _, body in found if begin in body)


@pytest.fixture
def example() -> ModuleType:
    module = ModuleType("deskly")
    exec(block("adding-things.md", "python", "Deskly"), module.__dict__)
    return module


def test_the_example_of_an_importer_imports(example: ModuleType, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        '{"ref": "7", "subject": "Slow", "opened": "2020-01-01T00:00:00Z", "state": "done", "stars": 4, "mood": "good",'
        ' "history": [{"id": "h1", "when": "2020-01-02T00:00:00Z", "who": "Ana", "what": "status",'
        ' "old": "new", "new": "done"}],'
        ' "notes": [{"id": "n1", "when": "2020-01-03T00:00:00Z", "who": "Bo", "internal": true, "text": "x"}]}\n'
        '{"subject": "nobody\'s"}\n',
    )
    with pytest.raises(Unreadable, match=r"a\.jsonl:2: the ticket has no ref"):
        read(example, path)
    (ticket,), report = read(example, path, keep_going=True)
    assert ticket["source"] == {"system": "deskly", "id": "7", "url": None}
    assert ticket["events"][0]["changes"] == {"status": {"from": "new", "to": "done"}}
    assert ticket["events"][1]["message"] == {"kind": "note", "text": "x"}
    assert (ticket["_ignored"], ticket["_unread"]) == (["stars"], [["mood", "good"]])
    assert adds_up([ticket], report)


def test_the_worked_example_of_a_log_is_what_is_proposed_and_imports(tmp_path: Path) -> None:
    path = written(tmp_path / "problems.csv", block("importing.md", "csv", "SR Number"))
    shown = yaml.safe_load(block("importing.md", "yaml", "SR Number"))["shape"]
    assert shape_of(*csv_.first_rows(path, Settings(), Report(), 1000)) == shown
    tickets, report = read(csv_, path, shape=shown)
    assert [(one["source"]["id"], len(one["events"]), one["status"]) for one in tickets] == [
        ("1-701", 2, "Accepted"),
        ("1-702", 2, "Completed"),
    ]
    assert adds_up(tickets, report)


def test_the_shape_of_a_change_log_is_one() -> None:
    shown = yaml.safe_load(block("importing.md", "yaml", "changelog.histories"))["shape"]
    plan = plan_of(shown)
    assert plan.listed is not None
    assert [name for name, _ in plan.lists] == ["changelog.histories", "fields.comment.comments"]


def test_every_key_of_a_shape_is_described() -> None:
    text = (DOCS / "importing.md").read_text(encoding="utf-8")
    assert [key for key in (*KEYS, *CHANGE_KEYS, *SETTABLE) if f"`{key}`" not in text] == []
