"""A fake hosting site for each test, and what counts the seconds that are waited instead of waiting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """Returns a site that knows nothing yet."""
    site = Site()
    yield site
    site.close()
