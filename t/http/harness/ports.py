# SPDX-License-Identifier: Apache-2.0
"""TCP ports."""
import socket


def free_port():
    """A port that was free a moment ago. Somebody may take it: the caller tries again with another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_connections(port):
    """True while a server at the port has a connection that it has not closed."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] in ("01", "08") for row in rows)     # established, closed by the client
