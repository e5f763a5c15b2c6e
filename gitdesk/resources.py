"""Finds hooks/ and schema/, whether installed from the wheel or run from a checkout."""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.abspath(__file__))


def path(*parts: str) -> str:
    """Returns the path of a shipped file, such as `path("schema", "ticket.schema.json")`."""
    installed = os.path.join(_HERE, "_data", *parts)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(_HERE), *parts)


def read(*parts: str) -> str:
    """Returns the text of a shipped file."""
    with open(path(*parts), encoding="utf-8") as file:
        return file.read()
