"""The page of numbers in the docs is the one the program has."""

from __future__ import annotations

from metrics_page import ABOUT, PAGE, page

from gitdesk.reports.metrics import REPORTS


def test_the_page_of_numbers_is_that_of_the_program() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python tests/metrics_page.py --update"


def test_every_report_is_introduced() -> None:
    assert tuple(ABOUT) == REPORTS
