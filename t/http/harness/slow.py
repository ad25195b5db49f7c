# SPDX-License-Identifier: Apache-2.0
"""A client that reads a response at its own pace."""
import base64
import json
import socket
import time


class SlowReader:
    """Sends a GET and reads its response piece by piece, with small buffers, so that the server feels it."""

    def __init__(self, port, target, auth, buffer=65536):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(120)
        self._socket.connect(("127.0.0.1", port))
        word = base64.b64encode(":".join(auth).encode()).decode()
        self.began = time.monotonic()
        self._socket.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Basic {word}\r\n"
                             "Connection: close\r\n\r\n".encode())
        self.data = bytearray()
        self.first = None           # seconds until the first byte of the body

    def read(self, at_least):
        """Reads until so many bytes are there, or the end; True if there may be more."""
        while len(self.data) < at_least:
            piece = self._socket.recv(65536)
            if not piece:
                return False
            self.data += piece
            if self.first is None and b"\r\n\r\n" in self.data:
                self.first = time.monotonic() - self.began
        return True

    def finish(self):
        """Reads the rest; seconds since the request."""
        while self.read(len(self.data) + 1):
            pass
        self.close()
        return time.monotonic() - self.began

    def close(self):
        self._socket.close()

    @property
    def status(self):
        return int(self.data.split(b" ", 2)[1])

    def whole(self):
        """True if the response came to its proper end."""
        return self.data.endswith(b"0\r\n\r\n")

    def json(self):
        """The document; the response must be whole and chunked."""
        at = self.data.index(b"\r\n\r\n")
        assert b"chunked" in self.data[:at].lower(), bytes(self.data[:at])
        assert self.whole(), "the response was broken off"
        pieces, at = [], at + 4
        while True:
            end = self.data.index(b"\r\n", at)
            length = int(self.data[at:end].split(b";")[0], 16)
            if length == 0:
                return json.loads(b"".join(pieces))
            pieces.append(self.data[end + 2:end + 2 + length])
            at = end + 2 + length + 2


def many_people(database, count, width=200, batch=20000):
    """Puts so many people into a directory's table."""
    now = "2026-01-01 00:00:00"
    columns = ("id", "login", "family_name", "given_name", "title", "status", "created_at", "modified_at")
    for first in range(0, count, batch):
        database.insert("person", columns, [(f"{i:08}", f"person{i:08}", f"Family{i}", f"Given{i}", "t" * width, "A", now, now)
                                            for i in range(first, min(first + batch, count))])
