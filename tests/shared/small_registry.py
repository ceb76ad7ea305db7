"""A schema registry in a few lines, on loopback: Confluent's REST API as far as clients use it, and its bad days."""

import base64
import json
import re
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from workbench.serde.schemas import protobuf
from workbench.serde.schemas.schema import Source


def _serialized(text: str) -> str:
    """A .proto as Confluent's deserializers ask for it: its descriptor, in base64."""
    files = protobuf._compiled(Source(text))
    return base64.b64encode(files.file[-1].SerializeToString()).decode()


class SmallRegistry:
    """`answer`: a status for every request instead of what was asked. `slow_s`: a byte each so often."""

    def __init__(self, user: str | None = None, context: ssl.SSLContext | None = None) -> None:
        self.schemas: list[dict[str, Any]] = []
        self.subjects: dict[str, list[int]] = {}
        self.requests: list[str] = []
        self.answer: int | None = None
        self.slow_s = 0.0
        self.refuses: set[str] = set()
        """Subjects with which nothing is compatible."""
        self._user = user
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                registry.requests.append(f"{self.command} {self.path}")
                status, told = registry._told(self, json.loads(body) if body else {})
                data = (told if isinstance(told, str) else json.dumps(told)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                pieces = [data[at : at + 1] for at in range(len(data))] if registry.slow_s else [data]
                try:
                    for piece in pieces:
                        self.wfile.write(piece)
                        time.sleep(registry.slow_s)  # the server is slow, not the test
                except OSError:
                    pass

            do_GET = do_POST = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _told(  # noqa: PLR0911  # one case a path
        self, request: BaseHTTPRequestHandler, body: dict[str, Any]
    ) -> tuple[int, Any]:
        if self.answer is not None:
            return self.answer, {"error_code": self.answer, "message": "as it was told to"}
        wanted = f"Basic {base64.b64encode(self._user.encode()).decode()}" if self._user else None
        if wanted and request.headers.get("Authorization") != wanted:
            return 401, {"error_code": 401, "message": "Unauthorized"}
        path = unquote(urlsplit(request.path).path)
        if match := re.fullmatch(r"/subjects/(.+)/versions/(latest|\d+|-1)", path):
            return self._version(match[1], match[2])
        if match := re.fullmatch(r"/subjects/(.+)/versions", path):
            return self._register(match[1], body)
        if match := re.fullmatch(r"/subjects/(.+)", path):
            return self._lookup(match[1], body)
        if match := re.fullmatch(r"/schemas/ids/(\d+)", path):
            found = self.schemas[int(match[1]) - 1]
            if "format=serialized" in request.path and found.get("schemaType") == "PROTOBUF":
                return 200, {**found, "schema": _serialized(found["schema"])}
            return 200, found
        return 404, {"error_code": 404, "message": "no such thing"}

    def _register(self, subject: str, body: dict[str, Any]) -> tuple[int, Any]:
        if subject in self.refuses:
            return 409, {"error_code": 409, "message": "Schema being registered is incompatible"}
        if body not in self.schemas:
            self.schemas.append(body)
        number = self.schemas.index(body) + 1
        versions = self.subjects.setdefault(subject, [])
        if number not in versions:
            versions.append(number)
        return 200, {"id": number}

    def _lookup(self, subject: str, body: dict[str, Any]) -> tuple[int, Any]:
        if subject not in self.subjects:
            return 404, {"error_code": 40401, "message": f"Subject '{subject}' not found."}
        if body not in self.schemas or self.schemas.index(body) + 1 not in self.subjects[subject]:
            return 404, {"error_code": 40403, "message": "Schema not found"}
        return self._version(subject, str(self.subjects[subject].index(self.schemas.index(body) + 1) + 1))

    def _version(self, subject: str, version: str) -> tuple[int, Any]:
        versions = self.subjects.get(subject, [])
        if not versions:
            return 404, {"error_code": 40401, "message": f"Subject '{subject}' not found."}
        at = len(versions) if version in {"latest", "-1"} else int(version)
        number = versions[at - 1]
        return 200, {"subject": subject, "id": number, "version": at, **self.schemas[number - 1]}
