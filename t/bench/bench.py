# SPDX-License-Identifier: Apache-2.0
"""Measures the module against static files that the same httpd serves at the same time. README.md says how to read the table.

BENCH_SECONDS      how long each operation is measured (4)
BENCH_CONNECTIONS  kept-alive connections (4)
DATABASES          sqlite3, pgsql, mysql, separated by commas (sqlite3)
MPM                event, worker, prefork (event)
"""
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "http")]
os.environ.setdefault("DATABASES", "sqlite3")       # before the harness reads it

import machine                                      # noqa: E402
import scenarios                                    # noqa: E402
from data import People, Team, statistics           # noqa: E402
from driver import Driver, Measurement              # noqa: E402
from harness import settings                        # noqa: E402
from harness.databases import Databases             # noqa: E402
from probe import probe                             # noqa: E402
from server import Server                           # noqa: E402
from table import Row, table, walk_line             # noqa: E402

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
CONNECTIONS = int(os.environ.get("BENCH_CONNECTIONS", "4"))
LARGE, SMALL = 100_000, 10_000                      # users
TURNS = 2                                           # SCIM and static take turns so often
WARM_UP = 0.5                                       # seconds
BUSY = os.getloadavg()[0]                           # before we are the load


def progress(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


class Bench:
    """One database, filled and served."""

    def __init__(self, root, driver, databases):
        self.people = {"large": People(LARGE), "small": People(SMALL)}
        first = self.people["large"].ids
        self.teams = [Team("bench small", first[:10]), Team("bench large", first[:LARGE // 2])]
        self.databases = {name: databases.create(driver) for name in self.people}
        for name, database in self.databases.items():
            self.people[name].insert_into(database)
        for team in self.teams:
            team.insert_into(self.databases["large"])
        for database in self.databases.values():
            statistics(database)
        self.server = Server(root, self.databases)
        self.driver = Driver(root, CONNECTIONS)

    def _timed(self, scenario, endpoint):
        """SCIM and static in turns, each warmed up. The row, and how many SCIM requests that were."""
        warm = self.driver.run(endpoint, scenario.requests, seconds=WARM_UP, items=scenario.items)
        file = [f"GET {self.server.static(warm.size)}\n\n"]
        self.driver.run(endpoint, file, seconds=WARM_UP / 2)
        scim = static = Measurement()
        for _ in range(TURNS):
            scim += self.driver.run(endpoint, scenario.requests, seconds=SECONDS / TURNS, items=scenario.items)
            static += self.driver.run(endpoint, file, seconds=SECONDS / TURNS)
        return Row(scenario.name, scim, static), warm.count + scim.count

    def _counted(self, scenario, endpoint):
        """The same for a walk; the check before was its warm-up."""
        scim = static = Measurement()
        for _ in range(scenario.rounds):
            turn = self.driver.run(endpoint, scenario.requests, cycles=scenario.cycles, connections=1, first=scenario.first, step=scenario.step)
            file = [f"GET {self.server.static(turn.size)}\n\n"]
            scim += turn
            static += self.driver.run(endpoint, file, cycles=max(scenario.cycles, 10), connections=1)
        return Row(scenario.name, scim, static), scim.count

    def measure(self, transport, scenario):
        progress(f"{transport}: {scenario.name}")
        endpoint = self.server.endpoints[transport, scenario.data]
        before = self._trace(scenario)
        probe(self.driver, endpoint, scenario)
        row, count = self._counted(scenario, endpoint) if scenario.cycles else self._timed(scenario, endpoint)
        done = self._trace(scenario) - before
        if scenario.trace and done != len(scenario.requests) + count:
            raise SystemExit(f"{scenario.name}: {len(scenario.requests) + count} requests were answered, {done} are in the database")
        return row

    def _trace(self, scenario):
        """What the database shows of the requests of a scenario that changes something."""
        return self.databases[scenario.data].query(scenario.trace)[0][0] if scenario.trace else 0

    def run(self):
        """Rows for each transport, and a line for each walk."""
        rows, lines = {}, []
        for transport in ("plain", "tls"):
            rows[transport] = []
            for scenario in self._scenarios():
                rows[transport].append(self.measure(transport, scenario))
                if scenario.resources:
                    lines.append(f"{transport} {walk_line(rows[transport][-1], scenario)}")
            self.databases["large"].query("DELETE FROM person WHERE login LIKE ?", "new.%")
        return rows, lines

    def _scenarios(self):
        yield from scenarios.walks("small", self.people["small"], rounds=3)
        yield from scenarios.walks("large", self.people["large"], rounds=1)
        yield from scenarios.short(self.people["large"], *self.teams)

    def report(self):
        begin = time.monotonic()
        rows, lines = self.run()
        print("\n".join([table(rows), "", *lines, "", *machine.lines(self.databases["large"], CONNECTIONS, SECONDS, BUSY),
                         f"measured in {time.monotonic() - begin:.0f} s"]), flush=True)


def main():
    root = Path(tempfile.mkdtemp(prefix="scim-bench-"))
    root.chmod(0o755)
    databases = Databases(root / "db")
    try:
        for driver in settings.DATABASES:
            progress(f"{driver}: {LARGE:,} users")
            (root / driver).mkdir(mode=0o755)
            bench = Bench(root / driver, driver, databases)
            try:
                bench.report()
            finally:
                bench.server.stop()
    finally:
        databases.stop()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
