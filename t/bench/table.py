# SPDX-License-Identifier: Apache-2.0
"""The table as text."""
from dataclasses import dataclass

from driver import Measurement

_HEAD = ("operation", "req/s", "p50", "p99", "body", "static req/s", "ratio")
_UNITS = {"plain": "plain HTTP, no authentication", "tls": "TLS, client certificate"}


@dataclass
class Row:
    """A scenario's own measurement and that of a static file of the same size."""
    name: str
    scim: Measurement
    static: Measurement

    @property
    def ratio(self):
        return self.scim.rate / self.static.rate


def _rate(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _time(seconds):
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _size(n):
    return f"{n} B" if n < 10000 else f"{n / 1000:.0f} kB" if n < 10**7 else f"{n / 10**6:.0f} MB"


def _cells(row):
    return (row.name, _rate(row.scim.rate), _time(row.scim.percentile(50)), _time(row.scim.percentile(99)), _size(row.scim.size),
            _rate(row.static.rate), f"{row.ratio:.3g}")


def _lines(table):
    widths = [max(len(line[i]) for line in table) for i in range(len(_HEAD))]
    return ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
            for line in table]


def table(rows):
    """Rows for each transport, {"plain": [...], "tls": [...]}: one table, its columns aligned throughout."""
    lines = _lines([_HEAD] + [_cells(row) for some in rows.values() for row in some])
    text, at = [], 1
    for transport, some in rows.items():
        text += ["", f"{_UNITS[transport]}", lines[0], "-" * max(map(len, lines)), *lines[at:at + len(some)]]
        at += len(some)
    return "\n".join(text[1:])


def walk_line(row, scenario):
    """What a walk took as a whole, and what as many static files of the same size."""
    seconds, static = scenario.cycles / row.scim.rate, scenario.cycles / row.static.rate
    return f"{row.name}: {_time(seconds)}, {_rate(scenario.resources / seconds)} users/s; static files: {_time(static)}"
