# SPDX-License-Identifier: Apache-2.0
"""Restarts and the end: requests in flight are finished, connections to the database are closed, nobody stays behind."""
import os
import signal
import threading
import time

import pytest

from conftest import AUTH, directory_config
from harness import settings
from harness.client import Client, operation, path_to
from harness.config import small
from harness.process import session_members, wait_for
from harness.slow import SlowReader, many_people

MPMS = ("event", "worker", "prefork")
_SERVERS = [d for d in settings.DATABASES if d != "sqlite3"]
_PEOPLE = 15000


def connections(database):
    """How many others are connected to a database."""
    if database.driver == "pgsql":
        return database.query("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")[0][0]
    return database.query("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")[0][0]


@pytest.fixture(scope="module")
def people(databases):
    """A database with enough people for a list that no buffer holds."""
    database = databases.create(settings.DATABASES[0])
    many_people(database, _PEOPLE)
    return database


def serve(new_httpd, database, mpm, more="SCIMPageSize max=0"):
    return new_httpd(directory_config(database, more) + "SendBufferSize 65536\nGracefulShutdownTimeout 30\n", mpm=mpm).start()


@pytest.mark.smoke
@pytest.mark.parametrize("mpm", MPMS)
def test_a_graceful_restart_lets_a_list_end(new_httpd, people, mpm):
    httpd = serve(new_httpd, people, mpm)
    reader = SlowReader(httpd.port, f"/scim/v2/Users?count={_PEOPLE}", AUTH)
    reader.read(100000)
    old = set(httpd.children())
    httpd.graceful()
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/Users", count="1").ok()["totalResults"] == _PEOPLE      # the new generation serves
    client.close()
    assert old & set(httpd.children()), "the process with the list in flight has not gone"
    reader.finish()
    assert len(reader.json()["Resources"]) == _PEOPLE
    wait_for(lambda: not old & set(httpd.children()), 20 * settings.PATIENCE, "end of the old generation")


@pytest.mark.parametrize("mpm", MPMS)
def test_a_graceful_end_lets_a_list_end(new_httpd, people, mpm):
    httpd = serve(new_httpd, people, mpm)
    leader = httpd.process.pid
    reader = SlowReader(httpd.port, f"/scim/v2/Users?count={_PEOPLE}", AUTH)
    reader.read(100000)
    httpd.process.send_signal(signal.SIGWINCH)
    time.sleep(0.3)
    reader.finish()
    assert len(reader.json()["Resources"]) == _PEOPLE
    assert httpd.process.wait(timeout=40 * settings.PATIENCE) == 0
    httpd.process = None
    assert not session_members(leader)


@pytest.mark.parametrize("driver", _SERVERS)
@pytest.mark.parametrize("mpm", MPMS)
def test_connections_are_closed_at_the_end(databases, new_httpd, driver, mpm):
    database = databases.create(driver)
    httpd = serve(new_httpd, database, mpm, "")
    together(httpd, 6, lambda client: client.create_user())
    assert connections(database) >= 1
    httpd.stop()
    wait_for(lambda: connections(database) == 0, 5, "all connections closed")


@pytest.mark.parametrize("driver", _SERVERS)
def test_connections_are_closed_at_a_restart(databases, new_httpd, driver):
    database = databases.create(driver)
    httpd = serve(new_httpd, database, settings.MPM, "")
    together(httpd, 4, lambda client: client.create_user())
    for _ in range(3):
        httpd.graceful()
        client = Client(httpd.port, auth=AUTH)
        client.create_user()
        client.close()
    wait_for(lambda: connections(database) <= 2, 15 * settings.PATIENCE, "connections of old generations closed")


@pytest.mark.parametrize("driver", _SERVERS)
def test_the_pool_is_the_limit(databases, new_httpd, driver):
    """conf.d/embedded says max=8, in one process here."""
    database = databases.create(driver)
    httpd = serve(new_httpd, database, "event", "")
    together(httpd, 24, lambda client: [client.create_user() for _ in range(4)])
    assert 1 <= connections(database) <= 8 * len(httpd.children())


@pytest.mark.parametrize("driver", _SERVERS)
def test_idle_connections_are_closed(databases, new_httpd, driver):
    """Those beyond min, after ttl, when the next request comes."""
    database = databases.create(driver)
    httpd = new_httpd(small(database).replace("</SCIMTarget>", "    SCIMPool min=2 max=8 ttl=1s\n</SCIMTarget>"), mpm="event").start()
    together(httpd, 8, lambda client: [client.create_user() for _ in range(5)])
    assert connections(database) > 2
    time.sleep(1.5)
    together(httpd, 1, lambda client: client.create_user())
    wait_for(lambda: connections(database) <= 2 * len(httpd.children()), 5, "no more than min")
    together(httpd, 8, lambda client: client.create_user())


def together(httpd, count, work):
    """Runs work(client) in so many threads."""
    failures = []

    def one():
        client = Client(httpd.port, auth=AUTH)
        try:
            work(client)
        except Exception as error:      # pylint: disable=broad-except
            failures.append(repr(error))
        client.close()
    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]


@pytest.mark.parametrize("mpm", ["event", "prefork"])
def test_no_request_is_lost_in_restarts(databases, new_httpd, mpm):
    """Each on a connection of its own: kept ones may be closed at any time."""
    httpd = serve(new_httpd, databases.create(settings.DATABASES[0]), mpm, "")
    stop, failures, done = threading.Event(), [], []

    def worker():
        client = Client(httpd.port, auth=AUTH)
        while not stop.is_set():
            try:
                user = client.create_user(title="a")
                client.close()
                answer = client.patch(path_to(user), operation("replace", "title", "b"))
                client.close()
                if answer.status != 200 or answer.json["title"] != "b":
                    failures.append(repr(answer))
                done.append(user["id"])
            except Exception as error:  # pylint: disable=broad-except
                failures.append(repr(error))
    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(0.3)
        httpd.graceful()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[:5]
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/Users", count="0").ok()["totalResults"] == len(done) > 10
    client.close()


def test_a_restart_takes_a_new_configuration(databases, new_httpd):
    database = databases.create(settings.DATABASES[0])
    httpd = serve(new_httpd, database, settings.MPM, "SCIMPageSize max=3")
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/ServiceProviderConfig").ok()["filter"]["maxResults"] == 3
    client.close()
    httpd.write_config(directory_config(database, "SCIMPageSize max=9").replace("SCIMMap title              <->  title\n", ""))
    httpd.graceful()
    wait_for(lambda: client.get("/ServiceProviderConfig").ok()["filter"]["maxResults"] == 9 or client.close(), 10, "the new configuration")
    client.close()


@pytest.mark.skipif(bool(settings.SANITIZER or settings.VALGRIND), reason="memory is another there")
def test_memory_does_not_grow_with_restarts(databases, new_httpd):
    """The parent reads its configuration again and again in the same process."""
    httpd = serve(new_httpd, databases.create(settings.DATABASES[0]), settings.MPM, "")

    def resident():
        with open(f"/proc/{httpd.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096
    for _ in range(3):
        httpd.graceful()
    before = resident()
    for _ in range(10):
        httpd.graceful()
    assert resident() - before < 3 * 1024 * 1024, f"{(resident() - before) / 1024:.0f} KiB in ten restarts"


@pytest.mark.parametrize("mpm", MPMS)
def test_an_end_without_a_request(databases, new_httpd, mpm):
    serve(new_httpd, databases.create(settings.DATABASES[0]), mpm, "").stop()


def test_an_end_with_a_list_in_flight(new_httpd, people):
    """SIGTERM does not wait for it, and leaves nobody behind."""
    httpd = serve(new_httpd, people, settings.MPM)
    httpd.expect(r"SCIM\d{4}", r"AH00045", r"AH00046")
    reader = SlowReader(httpd.port, f"/scim/v2/Users?count={_PEOPLE}", AUTH)
    reader.read(100000)
    httpd.stop()
    try:
        reader.finish()
    except ConnectionResetError:
        pass
    assert not reader.whole()


def test_a_child_that_dies_is_replaced(databases, new_httpd):
    httpd = serve(new_httpd, databases.create(settings.DATABASES[0]), settings.MPM, "")
    client = Client(httpd.port, auth=AUTH)
    user = client.create_user()
    client.close()
    old = httpd.children()
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    httpd.error_log.expect(r"AH00052|exit signal")
    wait_for(lambda: set(httpd.children()) - set(old), 20, "another child")
    assert client.get(path_to(user)).ok()["id"] == user["id"]
    client.close()
