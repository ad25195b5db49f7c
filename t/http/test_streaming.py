# SPDX-License-Identifier: Apache-2.0
"""Lists are streamed: memory does not grow with them, and the first byte comes long before the last."""
import threading
import time

import pytest

from conftest import AUTH, directory_config
from harness import settings
from harness.client import Client
from harness.process import memory_peak, reset_memory_peak
from harness.slow import SlowReader, many_people

_MB = 1024 * 1024
pytestmark = pytest.mark.skipif(bool(settings.SANITIZER or settings.VALGRIND), reason="memory is another there")


def serve(databases, new_httpd, driver, count, more="SCIMPageSize max=0\nSCIMTimeout 10min"):
    database = databases.create(driver)
    many_people(database, count)
    httpd = new_httpd(directory_config(database, more) + "SendBufferSize 65536\n", mpm="event").start()
    client = Client(httpd.port, auth=AUTH)
    client.get("/Users", count="1").ok()                # connections and caches are there
    client.close()
    return httpd


def peak(httpd):
    return max(memory_peak(pid) for pid in httpd.children())


def check_list(httpd, count, limit, query=""):
    for pid in httpd.children():
        reset_memory_peak(pid)
    before = peak(httpd)
    reader = SlowReader(httpd.port, f"/scim/v2/Users?count={count}{query}", AUTH, buffer=1 << 20)
    seconds = reader.finish()
    after = peak(httpd)
    document = reader.json()
    assert document["totalResults"] == document["itemsPerPage"] == len(document["Resources"]) == count
    ids = {u["id"] for u in document["Resources"]}
    assert len(ids) == count
    assert limit(before, after), f"{before / _MB:.1f} MB before, {after / _MB:.1f} MB at the peak, {len(reader.data) / _MB:.1f} MB sent"
    assert reader.first < seconds / 2, f"first byte after {reader.first:.3f} of {seconds:.3f} s"


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_ten_thousand(databases, new_httpd, driver):
    httpd = serve(databases, new_httpd, driver, 10000)
    check_list(httpd, 10000, lambda before, after: after < 40 * _MB and after - before < 6 * _MB)
    check_list(httpd, 10000, lambda before, after: after < 40 * _MB and after - before < 6 * _MB, "&filter=title%20pr&sortBy=userName")


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_a_client_that_stops_reading_costs_nothing(databases, new_httpd, driver):
    """The list stays in the database; another client is served meanwhile; then the rest comes, whole."""
    httpd = serve(databases, new_httpd, driver, 20000)
    for pid in httpd.children():
        reset_memory_peak(pid)
    before = peak(httpd)
    reader = SlowReader(httpd.port, "/scim/v2/Users?count=20000", AUTH)
    reader.read(100000)
    time.sleep(0.5)
    assert peak(httpd) - before < 6 * _MB
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/Users", count="2").ok()["totalResults"] == 20000
    client.close()
    reader.finish()
    assert len(reader.json()["Resources"]) == 20000


def test_a_client_that_goes_away_ends_the_search(databases, new_httpd):
    httpd = serve(databases, new_httpd, settings.DATABASES[0], 20000)
    for _ in range(12):                     # more than the pool has connections
        reader = SlowReader(httpd.port, "/scim/v2/Users?count=20000", AUTH)
        reader.read(50000)
        reader.close()
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/Users", count="2").ok()["totalResults"] == 20000
    client.close()


@pytest.mark.long
@pytest.mark.parametrize("driver", settings.DATABASES)
def test_two_hundred_thousand(databases, new_httpd, driver):
    httpd = serve(databases, new_httpd, driver, 200000)
    check_list(httpd, 200000, lambda before, after: after < 40 * _MB)


@pytest.mark.long
@pytest.mark.parametrize("driver", settings.DATABASES)
def test_a_filter_that_is_evaluated_here_on_many(databases, new_httpd, driver):
    httpd = serve(databases, new_httpd, driver, 50000, "SCIMPageSize max=0\nSCIMTimeout 10min\nSCIMMaxScan 100000")
    check_list(httpd, 50000, lambda before, after: after < 40 * _MB, "&filter=title%20ne%20%22%C3%A4%22")


@pytest.mark.long
@pytest.mark.parametrize("driver", settings.DATABASES)
def test_a_large_group(databases, new_httpd, driver):
    """50,000 members: adding one is cheap, and so is a list without them."""
    database = databases.create(driver)
    many_people(database, 50001, width=10)
    now = "2026-01-01 00:00:00"
    database.insert("team", ("id", "name", "created_at", "modified_at"), [("big", "big", now, now)])
    for first in range(0, 50000, 10000):
        database.insert("team_member", ("team_id", "person_id"), [("big", f"{i:08}") for i in range(first, first + 10000)])
    httpd = new_httpd(directory_config(database), mpm="event").start()
    client = Client(httpd.port, auth=AUTH)
    client.get("/Groups", excludedAttributes="members").ok()
    for pid in httpd.children():
        reset_memory_peak(pid)
    began = time.monotonic()
    client.patch("/Groups/big?excludedAttributes=members", ("add", "members", [{"value": "00050000"}])).ok(200, 204)
    client.patch("/Groups/big?excludedAttributes=members", ("remove", 'members[value eq "00000007"]')).ok(200, 204)
    client.get("/Groups", excludedAttributes="members").ok()
    assert time.monotonic() - began < 2 * settings.PATIENCE
    assert peak(httpd) < 30 * _MB
    count, = database.query("SELECT COUNT(*) FROM team_member WHERE team_id = 'big'")[0]
    assert count == 50000
    assert len(client.get("/Groups/big").ok()["members"]) == 50000
    client.close()


@pytest.mark.long
def test_many_lists_at_once(databases, new_httpd):
    httpd = serve(databases, new_httpd, settings.DATABASES[0], 30000)
    failures = []

    def one():
        reader = SlowReader(httpd.port, "/scim/v2/Users?count=30000", AUTH)
        reader.finish()
        if len(reader.json()["Resources"]) != 30000:
            failures.append(reader.data[:200])
    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert peak(httpd) < 60 * _MB
