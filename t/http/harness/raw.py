# SPDX-License-Identifier: Apache-2.0
"""Requests byte for byte, with what came back as an Answer."""
import http.client
import io

from .client import Answer, raw_exchange


class _Source:
    """What HTTPResponse wants to read from, over bytes."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def makefile(self, *_):
        return self._file


def parse(data, request):
    """The first response in the bytes that a server sent."""
    response = http.client.HTTPResponse(_Source(data), method=request.split(" ", 1)[0])
    response.begin()
    return Answer(request, response.status, response.headers, response.read())


def exchange(port, data, timeout=20):
    """Sends bytes, which must make the server close the connection; the answer."""
    request = data[:80].decode("latin-1").replace("\r\n", " ")
    received = raw_exchange(port, data, timeout)
    assert received, f"no answer to {request}"
    return parse(received, request)


def request(method, target, *headers, body=b"", version="HTTP/1.1"):
    """A request as bytes, with Host and Connection: close unless the headers say otherwise."""
    names = {h.split(":", 1)[0].lower() for h in headers}
    head = [f"{method} {target} {version}", *headers]
    if "host" not in names:
        head.append("Host: localhost")
    if "connection" not in names:
        head.append("Connection: close")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body
