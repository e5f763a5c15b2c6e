"""A web server of a hundred lines that hands every request to Git's program for smart HTTP, as CGI has it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote


class Bridge(BaseHTTPRequestHandler):
    """One request; everybody is iva."""

    protocol_version = "HTTP/1.1"
    backend = root = ""
    environ: Mapping[str, str] = {}  # of the programs it starts; set before it serves

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        environ = {
            **self.environ,
            "GIT_PROJECT_ROOT": self.root,
            "GIT_HTTP_EXPORT_ALL": "",
            "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(path.removeprefix("/git")),
            "QUERY_STRING": query,
            "REMOTE_USER": "iva",
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
        }
        for name in ("Content-Encoding", "Git-Protocol"):
            if name in self.headers:
                environ["HTTP_" + name.upper().replace("-", "_")] = self.headers[name]
        body = self._body()
        environ["CONTENT_LENGTH"] = str(len(body))
        done = subprocess.run([self.backend], input=body, capture_output=True, env=environ, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line]
        self.send_response(next((int(text[:3]) for name, text in fields if name == "Status"), 200))
        for name, text in fields:
            if name != "Status":
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes:
        """Returns what was sent; Git sends in chunks what is larger than its buffer."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        pieces: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
