"""One desk for all attacks of a module: what is made up in it moves no branch, so nobody is in another's way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .attacking import Desk


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Returns the desk of a module."""
    return Desk.of(tmp_path_factory.mktemp("attacked") / "desk")


@pytest.fixture
def desk(shared: Desk) -> Desk:
    """Returns the desk of the module in the sealed environment of this test."""
    shared.environ = dict(os.environ)
    return shared


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    """Returns a desk for a test that changes it."""
    return Desk.of(tmp_path / "desk")
