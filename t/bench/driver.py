# SPDX-License-Identifier: Apache-2.0
"""bench_client: built, called, and what it measured."""
import os
import shlex
import subprocess
from array import array
from math import ceil
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SOURCES = ("bench_client.c", "bench_connection.c")


class Measurement:
    """Requests of one kind that were sent in one or more turns."""

    def __init__(self, times=(), seconds=0.0, size=0):
        self.times, self.seconds, self.bytes = array("Q", times), seconds, size

    def __add__(self, other):
        return Measurement(self.times + other.times, self.seconds + other.seconds, self.bytes + other.bytes)

    @property
    def count(self):
        return len(self.times)

    @property
    def rate(self):
        """Requests a second."""
        return self.count / self.seconds

    @property
    def size(self):
        """Bytes of a body, on average."""
        return round(self.bytes / self.count)

    def percentile(self, percent):
        """Seconds that so many percent of the requests did not exceed: one of the measured times (nearest rank)."""
        return sorted(self.times)[ceil(self.count * percent / 100) - 1] / 1e9


class Driver:
    """Sends requests from a directory of its own."""

    def __init__(self, root, connections):
        self.root, self.connections = root, connections
        self._program = root / "bench_client"
        self._next = 1
        compiler = [*shlex.split(os.environ.get("CC", "cc")), "-std=gnu11", "-O2", "-D_GNU_SOURCE"]
        subprocess.run([*compiler, "-o", self._program, *(_HERE / s for s in _SOURCES), "-lssl", "-lcrypto", "-lpthread"], check=True)

    def numbers(self, n):
        """The first of n numbers that were not given before."""
        first, self._next = self._next, self._next + n
        return first

    def _request_file(self, position, request):
        path = self.root / f"request.{position}"
        path.write_text(request, encoding="utf-8")
        return path

    def run(self, endpoint, requests, seconds=None, cycles=None, connections=None, items=None, first=None, step=1):
        """Sends the requests (as bench_client.c describes them) in turns, for so long or so often."""
        output = self.root / "times"
        connections = connections or self.connections
        argv = [self._program, "-p", endpoint.port, "-o", output, "-c", connections, "-s", step,
                "-f", self.numbers(10**7) if first is None else first]
        argv += ["-d", seconds] if seconds else ["-n", cycles]
        if endpoint.certificates:
            argv += ["-A", endpoint.certificates.ca, "-C", endpoint.certificates.client, "-K", endpoint.certificates.client_key]
        if items:
            usable = len(items) - len(items) % connections
            argv += ["-i", self.root / "items"]
            (self.root / "items").write_text("".join(f"{item}\n" for item in items[:usable]), encoding="utf-8")
        argv += [self._request_file(i, r) for i, r in enumerate(requests)]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{requests[0].splitlines()[0]}: {done.stderr.strip()}")
        _, elapsed, size = done.stdout.split()
        times = array("Q")
        times.frombytes(output.read_bytes())
        return Measurement(times, float(elapsed), int(size))
