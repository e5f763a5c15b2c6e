"""The `holidays` library: the dates of countries for `calendar refresh`, and for nothing else."""

from __future__ import annotations

from gitdesk.domain import near
from gitdesk.errors import SetupError, UsageError
from gitdesk.lazy import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Library:
    """What the installed library knows; raises SetupError where there is none."""

    def __init__(self) -> None:
        try:
            self._module: Any = load("holidays:country_holidays")
            self.version = f"holidays {load('holidays:__version__')}"
            self._countries: dict[str, list[str]] = load("holidays:list_supported_countries")(
                include_aliases=False
            )
        except ImportError:
            message = "public holidays need the library holidays"
            raise SetupError(message, hint="pip install 'gitdesk[calendars]'") from None

    def check(self, country: str, subdivision: str) -> None:
        """Raises UsageError with the near miss for a country or a part of one that the library does not know."""
        if country not in self._countries:
            hint = "the library goes by ISO codes such as HR"
            raise UsageError(f'{self.version} knows no country "{country}"', hint=hint)
        parts = self._countries[country]
        if subdivision and subdivision not in parts:
            advice = near.hint(subdivision, parts) if parts else f"{country} has no parts there"
            raise UsageError(f'{self.version} knows no part "{subdivision}" of {country}', hint=advice)

    def years(self, country: str) -> tuple[int, int]:
        """Returns the first and the last year the library knows of a country."""
        found = self._module(country)
        return int(found.start_year), int(found.end_year)

    def dates(self, country: str, subdivision: str, first: int, last: int) -> dict[str, str]:
        """Returns the public holidays of some years by date, named in the country's language, on any machine."""
        default = self._module(country).default_language
        found = self._module(
            country,
            subdiv=subdivision or None,
            years=range(first, last + 1),
            language=default,  # else it is that of the machine
        )
        return {
            day.isoformat(): str(name) for day, name in sorted(found.items()) if first <= day.year <= last
        }
