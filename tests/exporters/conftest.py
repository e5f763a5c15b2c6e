"""What the tests of exports share."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories import make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk without tickets."""
    return make_desk(tmp_path / "desk")
