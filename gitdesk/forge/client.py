"""Asking the API of a hosting site: one host and no other, bounded in size and time, patient with limits of rate."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from gitdesk import __version__
from gitdesk.errors import SetupError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message
    from typing import IO, Any

PAGE = 100  # items that are asked for at once
MOST_PAGES = 100
MOST_BYTES = 10_000_000  # of an answer
MOST_WAIT = 150.0  # seconds in all that a site may make us wait
TIMEOUT = 20.0  # seconds without a byte
MOST_TIME = 60.0  # seconds for one answer
_TRIES = 3  # of a question that a site fails to answer
_PAUSES = (1.0, 4.0)  # seconds between them
_UNSAID = 60.0  # seconds to wait where the limit is told and its end is not
_MOST_REDIRECTS = 5
_PIECE = 65_536
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NEXT = pattern(r'<([^<>]*)>[^,<]*;\s*rel="?next\b"?')
_MOST_TOLD = 200  # letters of what a site says of an error
_PORTS = {"http": 80, "https": 443}


class Refusal(SetupError):
    """The site answered that it will not: `status` says how."""

    def __init__(self, status: int, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Client:
    """Asks one API. `title` is the site in words, `base` where its API begins, `secret` what no message may hold.

    `say` is told of every wait; `sleep` waits and `clock` tells the time in seconds.
    """

    def __init__(
        self,
        title: str,
        base: str,
        headers: Mapping[str, str],
        secret: str,
        say: Callable[[str], None],
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.title, self._secret, self._say, self._sleep, self._clock = title, secret, say, sleep, clock
        self._base = base.rstrip("/")
        self._origin = _origin(self._base)
        scheme, host, _ = self._origin
        if scheme != "https" and (scheme != "http" or host not in _LOOPBACK):
            raise SetupError(
                f'the API of {title} is not asked at "{self._base}": only https keeps a token from being read',
                hint="the address comes from the environment of the CI job",
            )
        self._headers = {"User-Agent": f"gitdesk/{__version__}", "Accept": "application/json", **headers}
        self._opener = self._make_opener(is_near=host in _LOOPBACK)
        self._waited = 0.0

    def get(self, path: str, **query: str | int) -> Any:
        """Returns what is at a path of the API."""
        return self._ask(self._address(path, query))[0]

    def pages(
        self, path: str, *, size: int = PAGE, named: str = "per_page", **query: str | int
    ) -> Iterator[Any]:
        """Yields the items of a list that comes in pages; `named` is how the site calls their size.

        The site's own Link leads on; where it gives none, numbers do until a page is empty, or all that the site
        counts have come.
        """
        address = self._address(path, {**query, named: size, "page": 1})
        asked: set[str] = set()
        count, first, by_number = 0, None, False
        for page in range(1, MOST_PAGES + 1):
            asked.add(address)
            found, headers = self._ask(address)
            if not isinstance(found, list):
                raise SetupError(f"{self.title} answered no list at {path}")
            if not found or (by_number and found[0] == first):
                return  # the end, or a site that gives the same page for every number
            yield from found
            count, first = count + len(found), found[0]
            links = headers.get("Link")
            total = headers.get("X-Total-Count") or headers.get("X-Total") or ""
            if links is not None:
                following = self._following(links)
                if not following:
                    return
                address, by_number = following, False
            elif self._is_all(count, total, is_short=len(found) < size and named == "per_page"):
                return
            else:
                address, by_number = self._address(path, {**query, named: size, "page": page + 1}), True
            if address in asked:
                raise SetupError(f"the pages of {self.title} lead in a circle at {path}")
        raise SetupError(f"{self.title} has more than {MOST_PAGES} pages at {path}")

    @staticmethod
    def _is_all(count: int, total: str, *, is_short: bool) -> bool:
        """Tells whether no page follows, by what the site counts, or by one that is not full."""
        return count >= int(total) if total.isdigit() else is_short

    # One question

    def _address(self, path: str, query: Mapping[str, str | int]) -> str:
        words = urllib.parse.urlencode(query)
        return f"{self._base}/{path}" + (f"?{words}" if words else "")

    def _ask(self, address: str) -> tuple[Any, Message]:
        """Returns the answer as data, and its headers; asks again where that may help."""
        failures = 0
        while True:
            try:
                status, headers, data = self._once(address)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError):
                    raise SetupError(f"{self.title} cannot be asked: {self._reason(error)}") from None
                status, headers, data = 0, None, self._reason(error).encode()
            if status == 200 and headers is not None:
                return self._read(data), headers
            if headers is not None and (wait := self._limited(status, headers, data)) is not None:
                self._wait(wait, "its limit of requests is reached")
                continue
            failures += 1
            if 0 < status < 500:
                raise self._refusal(status, data, address)
            told = f"answered {status}" if status else f"does not answer: {data.decode()}"
            if failures == _TRIES:
                raise SetupError(f"{self.title} {told}", hint="run the job again when the site is well")
            self._wait(_PAUSES[failures - 1], told)

    def _once(self, address: str) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(address, headers=self._headers)
        until = time.monotonic() + MOST_TIME
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.headers, self._bounded(answer, until)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, self._bounded(error, until)

    def _bounded(self, answer: IO[bytes], until: float) -> bytes:
        pieces, size = [], 0
        while piece := answer.read(_PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise SetupError(f"{self.title} answered with more than {MOST_BYTES // 1_000_000} MB")
            if time.monotonic() > until:
                raise TimeoutError("timed out")
            pieces.append(piece)
        return b"".join(pieces)

    def _read(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise SetupError(
                f"what {self.title} answered is no JSON",
                hint="see whether the address of the API is that of the site, or of a proxy before it",
            ) from None

    # What is not an answer

    def _limited(self, status: int, headers: Message, data: bytes) -> float | None:
        """Returns the seconds to wait where a limit of requests is reached; None for another answer."""
        said = headers.get("Retry-After", "").strip()
        spent = "0" in (headers.get("X-RateLimit-Remaining"), headers.get("RateLimit-Remaining"))
        if status != 429 and not (status == 403 and (said or spent or b"rate limit" in data.lower())):
            return None
        if said.isascii() and said.isdigit():
            return float(said[:9])
        if said:
            try:
                return max(0.0, parsedate_to_datetime(said).timestamp() - self._clock())
            except (ValueError, OverflowError):
                return _UNSAID
        reset = (headers.get("X-RateLimit-Reset") or headers.get("RateLimit-Reset") or "").strip()
        if spent and reset.isascii() and reset.isdigit():
            return max(1.0, float(reset[:12]) - self._clock())
        return _UNSAID

    def _wait(self, seconds: float, why: str) -> None:
        """Waits and says so; raises SetupError when that would be too long in all."""
        seconds = max(seconds, 1.0)  # a site that says 0 for ever comes to an end too
        if self._waited + seconds > MOST_WAIT:
            try:
                end = datetime.fromtimestamp(self._clock() + seconds, UTC)
                when = f" until {end:%Y-%m-%d %H:%M} UTC"
            except (OverflowError, ValueError, OSError):
                when = ""
            raise SetupError(
                f"{self.title} lets nobody ask{when}: {why}",
                hint="run the job again then; nothing was judged",
            )
        self._waited += seconds
        self._say(f"{self.title}: {why}; asking again in {seconds:.0f} s")
        self._sleep(seconds)

    def _refusal(self, status: int, data: bytes, address: str) -> Refusal:
        try:
            found = json.loads(data)
            told = found.get("message") or found.get("error") if isinstance(found, dict) else ""
        except (ValueError, RecursionError):
            told = ""
        said = self._clean(str(told or ""))
        path = urllib.parse.urlsplit(address).path
        return Refusal(status, f"{self.title} answered {status} at {path}" + (f": {said}" if said else ""))

    def _reason(self, error: Exception) -> str:
        """Returns what went wrong on the way, without what was sent."""
        inner = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(inner, TimeoutError):
            return "timed out"
        if isinstance(inner, ssl.SSLCertVerificationError):
            return self._clean(f"its certificate is not to be trusted ({inner.verify_message})")
        told = getattr(inner, "strerror", None) or (inner if isinstance(inner, str) else type(inner).__name__)
        return self._clean(str(told))

    def _clean(self, text: str) -> str:
        text = " ".join(text.split())
        return (text.replace(self._secret, "…") if self._secret else text)[:_MOST_TOLD]

    # Where it leads

    def _following(self, links: str) -> str:
        """Returns the address of the next page, "" for none; raises SetupError when that is elsewhere."""
        found = _NEXT.search(links)
        if found is None:
            return ""
        address = _joined(f"{self._base}/", found[1])
        self.require_own(address)
        return address

    def require_own(self, address: str) -> None:
        """Raises SetupError for an address that is not of this site: the token is for no other."""
        if _origin(address) != self._origin:
            other = self._clean(urllib.parse.urlsplit(address).netloc.rpartition("@")[2])
            raise SetupError(
                f'{self.title} points to another place, "{other}", and the token is not for that',
                hint="see whether the address of the API is that of the site, or of a proxy before it",
            )

    def _make_opener(self, *, is_near: bool) -> urllib.request.OpenerDirector:
        """Returns what opens addresses of http and https and of nothing else."""
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler({}) if is_near else urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _AtHome(self.require_own),
        ):
            opener.add_handler(handler)
        return opener


class _AtHome(urllib.request.HTTPRedirectHandler):
    """Follows a redirection within the site alone."""

    max_redirections = _MOST_REDIRECTS

    def __init__(self, require_own: Callable[[str], None]) -> None:
        self._require_own = require_own

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any
    ) -> Any:
        """Goes where the site moved something."""
        where = headers.get("Location") or headers.get("URI")
        try:
            if where:
                self._require_own(_joined(req.full_url, where))
        except SetupError:
            fp.close()
            raise
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _joined(base: str, address: str) -> str:
    """Returns an address that may be relative to another; raises SetupError for none."""
    try:
        return urllib.parse.urljoin(base, address)
    except ValueError:
        raise SetupError(f'"{address[:_MOST_TOLD]}" is no address') from None


def _origin(address: str) -> tuple[str, str, int]:
    """Returns scheme, host and port of an address; raises SetupError for none."""
    try:
        parts = urllib.parse.urlsplit(address)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if not scheme or not host:
        raise SetupError(f'"{address[:_MOST_TOLD]}" is no address of an API')
    return scheme, host, port or _PORTS.get(scheme, 0)
