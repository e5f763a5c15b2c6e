"""A hosting site in a thread: answers over HTTP with the shapes that the APIs of the real ones document."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

TOKEN = "token-that-nobody-may-see"


@dataclass
class Answer:
    """What the site says to one question."""

    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # in place of data
    pause: float = 0.0  # seconds before the first byte

    @property
    def bytes(self) -> bytes:
        return self.body if self.body is not None else json.dumps(self.data).encode()


@dataclass
class Asked:
    """One question as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    method: str = "GET"
    body: str = ""


class Site:
    """`answers` by path: data of a page, a list that is given in pages, an Answer, or several of them in turn."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[Asked] = []
        self.prefix = ""
        self.links = True  # as GitHub, GitLab and newer Giteas tell of the next page
        self.totals = False
        self.most = 100  # items of a page
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            def do_POST(self) -> None:
                site._answer(self)

            def do_PUT(self) -> None:
                site._answer(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True
        )
        self._thread.start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base(self) -> str:
        """Returns where the API begins."""
        return self.root + self.prefix

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Returns what was asked, without the prefix."""
        return [one.path.removeprefix(f"{self.prefix}/") for one in self.asked]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length", 0))).decode()
        self.asked.append(Asked(parts.path, query, headers, handler.command, body))
        found = self.answers.get(
            parts.path.removeprefix(f"{self.prefix}/"), Answer({"message": "Not Found"}, 404)
        )
        if isinstance(found, list) and found and all(isinstance(one, Answer) for one in found):
            found = found.pop(0) if len(found) > 1 else found[0]
        if callable(found):
            found = found(query)
        if isinstance(found, list):
            found = self._page(found, parts.path, query)
        elif not isinstance(found, Answer):
            found = Answer(found)
        if found.pause:
            threading.Event().wait(found.pause)
        try:
            handler.send_response(found.status)
            for name, value in found.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(found.bytes)))
            handler.end_headers()
            handler.wfile.write(found.bytes)
        except OSError:
            return  # whoever asked did not wait

    def _page(self, items: list[Any], path: str, query: dict[str, str]) -> Answer:
        size = min(int(query.get("per_page") or query.get("limit") or 30), self.most)
        page = int(query.get("page", 1))
        headers = {"X-Total-Count": str(len(items))} if self.totals else {}
        if self.links and len(items) > size:
            links = []
            for name, number, is_there in (
                ("next", page + 1, page * size < len(items)),
                ("last", -(-len(items) // size), page * size < len(items)),
                ("first", 1, page > 1),
                ("prev", page - 1, page > 1),
            ):
                if is_there:
                    address = f"{self.root}{path}?{urlencode({**query, 'page': number})}"
                    links.append(f'<{address}>; rel="{name}"')
            headers["Link"] = ", ".join(links)
        return Answer(items[(page - 1) * size : page * size], headers=headers)


Given = Callable[..., Any]
