# SPDX-License-Identifier: Apache-2.0
"""What the numbers were measured on."""
import os
import platform
import re
import subprocess
from pathlib import Path

from harness import settings


def _cpu():
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _httpd():
    text = subprocess.run([settings.HTTPD, "-v"], capture_output=True, text=True, check=True).stdout
    return re.search(r"Apache/\S+", text).group(0)


def _database(database):
    name, sql = {"sqlite3": ("SQLite", "SELECT sqlite_version()"), "pgsql": ("PostgreSQL", "SHOW server_version"),
                 "mysql": ("MariaDB", "SELECT version()")}[database.driver]
    return f"{name} {database.query(sql)[0][0]}"


def lines(database, connections, seconds, busy):
    """busy: the load average when the run began."""
    yield f"machine: {len(os.sched_getaffinity(0))} cores ({_cpu()}), shared by httpd, database and the measuring client"
    yield f"httpd: {_httpd()}, MPM {settings.MPM}{', ' + settings.SANITIZER if settings.SANITIZER else ''}; modules of {settings.MODULE_DIR}"
    yield f"database: {_database(database)}"
    yield f"load: {connections} kept-alive connections for {seconds:g} s each, walks one connection"
    yield f"others: load average {busy:.2f} when it began" + ("; NOT TO BE COMPARED, something else was running" if busy > 0.5 else "")
