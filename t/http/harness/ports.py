# SPDX-License-Identifier: Apache-2.0
"""Free TCP ports."""
import socket


def free_port():
    """A port that was free a moment ago. Somebody may take it: the caller tries again with another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
