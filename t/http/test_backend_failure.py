# SPDX-License-Identifier: Apache-2.0
"""Databases that are not there, go away, are busy or say no: what the client is told, how soon, and what it is not told."""
import os
import re
import signal
import sqlite3
import threading
import time

import pytest

from conftest import AUTH, directory_config
from harness import settings
from harness.client import ENTERPRISE, USER, Client, operation, path_to, unique
from harness.config import SMALL_GROUP, SMALL_USER, location, system, target
from harness.databases import Mariadb, Postgres
from harness.process import wait_for

_LOG = r"SCIM\d{4}: "
_WORDS = ("select", "insert", "update person", "delete from", "sqlite", "postgres", "pgsql", "mysql", "mariadb", "libpq", "socket", "/tmp", "none.db",
          "person", "login", "constraint", "foreign", "syntax", "errno", "apr_", "dbd", "sql", "localhost", "127.0.0.1", "technical", "root")
_KINDS = {"pgsql": Postgres, "mysql": Mariadb}


def tells_nothing(answer):
    detail = answer.json.get("detail", "").lower()
    assert detail, answer
    assert not [word for word in _WORDS if word in detail], detail
    return answer


def client_of(httpd):
    return Client(httpd.port, auth=AUTH)


def down(client):
    """What a client sees while the database is away."""
    answers = [client.get("/Users"), client.get("/Users/some"), client.post("/Users", {"schemas": [USER], "userName": unique("down")}),
               client.patch("/Users/some", operation("replace", "title", "x")), client.delete("/Users/some")]
    for answer in answers:
        tells_nothing(answer.error(503, None))
        assert int(answer.headers["Retry-After"]) >= 1, answer
    client.get("/Schemas").ok()
    client.get("/ServiceProviderConfig").ok()


# ---- not there ----

@pytest.mark.smoke
@pytest.mark.parametrize("driver, params", [
    ("sqlite3", "{root}/nowhere/none.db"), ("pgsql", "host={root} dbname=x user=technical"),
    ("mysql", "host=localhost,sock={root}/none,user=technical"),
    ("pgsql", "host=127.0.0.1 port=9 dbname=x user=technical connect_timeout=2"), ("sqlite3", "{root}/htdocs")],
    ids=["sqlite", "pgsql", "mysql", "port", "directory"])
def test_a_database_that_is_not_there_at_the_start(new_httpd, driver, params):
    config = f"""
<SCIMTarget store sql>
    SCIMProperty sql.driver {driver}
    SCIMProperty sql.params "{params}"
</SCIMTarget>
""" + system("small", SMALL_USER, SMALL_GROUP) + location("/scim/v2", "small")
    httpd = new_httpd(config)
    assert httpd.configtest()[0] == 0, "reading the configuration contacts no backend"
    httpd.start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    began = time.monotonic()
    down(client)
    assert time.monotonic() - began < 6 * settings.PATIENCE
    client.close()


def test_a_database_without_our_tables(new_httpd, databases):
    database = databases.create(settings.DATABASES[0])
    config = target(database) + system("small", SMALL_USER.replace(" person\n", " persons\n")) + location("/scim/v2", "small")
    httpd = new_httpd(config).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    tells_nothing(client.get("/Users").error(502, None))
    client.close()
    assert "persons" in httpd.error_log.text(), "the administrator is told"


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_a_column_that_is_not_there(new_httpd, databases, driver):
    database = databases.create(driver)
    config = target(database) + system("small", SMALL_USER.replace("display_name", "display_nam")) + location("/scim/v2", "small")
    httpd = new_httpd(config).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    tells_nothing(client.get("/Users").error(502, None))
    assert "display_nam" in httpd.error_log.text(), "the administrator is told"
    client.get("/Users", attributes="userName").ok()        # not asked for, not read
    client.close()


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_a_dead_target_does_not_take_the_others_with_it(new_httpd, databases, driver):
    database = databases.create(driver)
    config = target(database) + target(None, "dead") + system("small", SMALL_USER, SMALL_GROUP.replace("target=store", "target=dead"))
    httpd = new_httpd(config + location("/scim/v2", "small")).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    client.get("/Groups").error(503)
    user = client.create_user()
    assert client.read(user)["userName"] == user["userName"]
    client.close()


# ---- goes away and comes back ----

@pytest.fixture(scope="module", params=[d for d in settings.DATABASES if d in _KINDS])
def own_server(request, databases):
    """A database server that a test may kill."""
    databases.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    server = _KINDS[request.param](databases.root / f"own-{request.param}")
    _durable(server)
    yield server
    server.stop()


def _durable(server):
    """What was committed survives the end of the process, as it does everywhere but in tests."""
    if server.driver == "mysql":
        connection = server.admin()
        connection.cursor().execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2")
        connection.close()


def test_killed_while_running_and_back(own_server, new_httpd):
    database = own_server.create("scim")
    httpd = new_httpd(directory_config(database)).start()
    client = client_of(httpd)
    user = client.create_user()
    own_server.stop()
    httpd.expect(_LOG)
    down(client)
    own_server.start()
    _durable(own_server)
    wait_for(lambda: client.get("/Users").status == 200, 15 * settings.PATIENCE, "service again")
    assert client.read(user)["userName"] == user["userName"]
    client.create_user()
    client.close()


def test_killed_in_the_middle_of_requests(own_server, new_httpd):
    """Everything that was answered with success is there; everything else has a SCIM error."""
    database = own_server.create("scim_busy")
    httpd = new_httpd(directory_config(database)).start()
    httpd.expect(_LOG)
    made, answers, stop = [], [], threading.Event()

    def worker():
        client = client_of(httpd)
        while not stop.is_set():
            answer = client.post("/Users", {"schemas": [USER], "userName": unique("busy"),
                                            "emails": [{"value": "a@example.com"}]})
            answers.append(answer)
            if answer.status == 201:
                made.append(answer.json["id"])
            else:
                time.sleep(0.02)
        client.close()
    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    own_server.stop()
    time.sleep(0.5)
    own_server.start()
    _durable(own_server)
    time.sleep(1.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert {a.status for a in answers} == {201, 503}, {a.status for a in answers}
    assert answers[-1].status == 201, "service again"
    present = {row[0] for row in database.query("SELECT id FROM person")}
    assert set(made) <= present
    emails = {row[0] for row in database.query("SELECT person_id FROM person_email")}
    assert emails == present, "never half a resource"


def test_connections_that_the_server_closed(own_server, new_httpd):
    """An administrator ends all connections: the next request gets another, no client notices."""
    database = own_server.create("scim_closed")
    httpd = new_httpd(directory_config(database)).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    user = client.create_user()
    if database.driver == "pgsql":
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'scim_closed' AND pid <> pg_backend_pid()")
    else:
        for number, in database.query("SELECT id FROM information_schema.processlist WHERE db = 'scim_closed' AND id <> CONNECTION_ID()"):
            database.query(f"KILL {number}")
    assert client.get(path_to(user)).ok()["id"] == user["id"]
    client.patch(path_to(user), operation("replace", "title", "x")).ok(200)
    client.close()


def test_retry_limits_connection_attempts(own_server, new_httpd):
    """While nobody tries to connect, answers come at once."""
    database = own_server.create("scim_retry")
    config = directory_config(database)
    httpd = new_httpd(config).start()
    client = client_of(httpd)
    client.create_user()
    own_server.stop()
    httpd.expect(_LOG)
    client.get("/Users").error(503)
    began = time.monotonic()
    for _ in range(20):
        client.get("/Users").error(503)
    assert time.monotonic() - began < 2 * settings.PATIENCE
    own_server.start()
    _durable(own_server)
    wait_for(lambda: client.get("/Users").status == 200, 15 * settings.PATIENCE, "service again")
    client.close()


def test_a_server_that_hangs(own_server, new_httpd):
    """It takes connections and answers nothing: no request waits longer than SCIMTimeout allows."""
    database = own_server.create("scim_hang")
    httpd = new_httpd(directory_config(database, "SCIMTimeout 2s")).start()
    client = client_of(httpd)
    client.create_user()
    httpd.expect(_LOG)
    processes = _processes(own_server)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = client.get("/Users")
        assert answer.status in (503, 504), answer
        tells_nothing(answer)
        assert time.monotonic() - began < 8 * settings.PATIENCE
        assert client.get("/Schemas").status == 200
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)
    wait_for(lambda: client.get("/Users").status == 200, 15 * settings.PATIENCE, "service again")
    client.close()


def _processes(server):
    """The server and its children, which may be in sessions of their own."""
    found, queue = [], [server.process.pid]
    while queue:
        pid = queue.pop()
        found.append(pid)
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                        parent = int(file.read().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if parent == pid:
                    queue.append(int(name))
    return found


# ---- says no ----

def test_a_wrong_password(databases, new_httpd):
    if "mysql" not in settings.DATABASES:
        pytest.skip("needs MariaDB")
    database = databases.create("mysql")
    database.query("CREATE USER chosen@localhost IDENTIFIED BY 'right'")
    config = target(database).replace("user=root", "user=chosen").replace(
        "</SCIMTarget>", '    SCIMProperty sql.password "file:{root}/secret"\n</SCIMTarget>')
    httpd = new_httpd(config + system("small", SMALL_USER) + location("/scim/v2", "small"))
    httpd.file("secret", "wrong", 0o600)
    httpd.start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    answer = tells_nothing(client.get("/Users").error(503, None))
    assert "chosen" not in answer.text and "wrong" not in answer.text
    assert re.search(_LOG, httpd.error_log.text())
    client.close()


@pytest.mark.parametrize("driver", [d for d in settings.DATABASES if d != "sqlite3"])
def test_an_account_without_rights(databases, new_httpd, driver):
    """May read, may not write."""
    database = databases.create(driver)
    if driver == "pgsql":
        database.query("CREATE ROLE reader LOGIN")
        database.query("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        user = "user=reader"
    else:
        name = database.params.rsplit("dbname=", 1)[1]
        database.query("CREATE USER reader@localhost")
        database.query(f"GRANT SELECT ON {name}.* TO reader@localhost")
        user = "user=reader"
    config = target(database).replace("user=postgres", user).replace("user=root", user)
    httpd = new_httpd(config + system("small", SMALL_USER) + location("/scim/v2", "small")).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    client.get("/Users").ok()
    tells_nothing(client.post("/Users", {"schemas": [USER], "userName": "someone"}).error(502))
    client.get("/Users").ok()
    client.close()


def test_a_file_that_may_not_be_written(databases, new_httpd):
    if "sqlite3" not in settings.DATABASES or not settings.IS_ROOT:
        pytest.skip("needs SQLite, and httpd as another account")
    database = databases.create("sqlite3")
    database.query("PRAGMA journal_mode = DELETE")
    os.chown(database.params, 0, 0)
    httpd = new_httpd(target(database) + system("small", SMALL_USER) + location("/scim/v2", "small")).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    client.get("/Users").ok()
    tells_nothing(client.post("/Users", {"schemas": [USER], "userName": "someone"}).error(502))
    client.close()


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_values_that_the_database_refuses(databases, new_httpd, driver):
    """A rule of the tables that the schema does not know is the client's error, without the table's words."""
    database = databases.create(driver)
    if driver == "mysql":
        database.query("ALTER TABLE person ADD CONSTRAINT short_title CHECK (CHAR_LENGTH(title) < 10)")
    elif driver == "pgsql":
        database.query("ALTER TABLE person ADD CONSTRAINT short_title CHECK (LENGTH(title) < 10)")
    else:
        database.query("CREATE TRIGGER short_title BEFORE INSERT ON person WHEN LENGTH(NEW.title) >= 10 BEGIN "
                       "SELECT RAISE(ABORT, 'CHECK constraint failed: short_title'); END")
    httpd = new_httpd(directory_config(database)).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    before = database.dump()
    answer = client.post("/Users", {"schemas": [USER], "userName": unique("u"), "title": "much too long"})
    assert answer.status == 400 and answer.json["scimType"] == "invalidValue", answer
    assert "short_title" not in answer.text and "much too" not in answer.text
    tells_nothing(answer)
    answer = client.post("/Users", {"schemas": [USER], "userName": "x" * 100000})
    assert answer.status in (201, 400), answer
    if answer.status == 201:
        client.delete("/Users/" + answer.json["id"]).ok(204)
    assert database.dump() == before, "nothing was left behind"
    client.close()


# ---- busy ----

def _small(database, pool):
    return target(database, "store", f"SCIMPool {pool}") + system("small", SMALL_USER, SMALL_GROUP) + location("/scim/v2", "small")


def test_another_writer(databases, new_httpd):
    """SQLite has one writer at a time: a short wait is waited for, a long one ends with 503."""
    if "sqlite3" not in settings.DATABASES:
        pytest.skip("needs SQLite")
    database = databases.create("sqlite3")
    httpd = new_httpd(_small(database, "timeout=2s")).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    user = client.create_user()
    writer = sqlite3.connect(database.params, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert client.read(user)["id"] == user["id"], "readers do not wait"
        began = time.monotonic()
        answer = tells_nothing(client.post("/Users", {"schemas": [USER], "userName": unique("u")}))
        assert answer.status in (503, 504), answer
        assert 1 < time.monotonic() - began < 6 * settings.PATIENCE
        threading.Timer(0.5, lambda: writer.execute("COMMIT")).start()
        client.create_user()
    finally:
        writer.close()
    client.close()


@pytest.mark.parametrize("driver", [d for d in settings.DATABASES if d != "sqlite3"])
def test_a_record_that_somebody_else_holds(databases, new_httpd, driver):
    database = databases.create(driver)
    httpd = new_httpd(_small(database, "timeout=1s max=4")).start()
    httpd.expect(_LOG)
    client = client_of(httpd)
    user = client.create_user()
    holder = database.connect()
    cursor = holder.cursor()
    cursor.execute(f"SELECT id FROM person WHERE id = '{user['id']}' FOR UPDATE")
    try:
        began = time.monotonic()
        answer = tells_nothing(client.patch(path_to(user), operation("replace", "title", "x")))
        assert answer.status in (503, 504), answer
        assert time.monotonic() - began < 5 * settings.PATIENCE
        assert client.read(user)["id"] == user["id"], "readers do not wait"
    finally:
        holder.rollback()
        holder.close()
    client.patch(path_to(user), operation("replace", "title", "x")).ok(200)
    client.close()


_SLOW = {"pgsql": "CREATE VIEW slow AS SELECT id, login, pg_sleep(3)::text AS nick_name FROM person",
         "mysql": "CREATE VIEW slow AS SELECT id, login, CAST(SLEEP(3) AS CHAR) AS nick_name FROM person"}


@pytest.mark.parametrize("driver", [d for d in settings.DATABASES if d in _SLOW])
def test_a_pool_that_is_used_up(databases, new_httpd, driver):
    """One connection, held by a slow request: others get 503 with Retry-After after acquire=, and it is well again afterwards."""
    database = databases.create(driver)
    now = "2026-01-01 00:00:00"
    database.insert("person", ("id", "login", "created_at", "modified_at"), [("a", "a", now, now)])
    database.query(_SLOW[driver])
    slow = """<SCIMResourceType Slow target=store endpoint=Slow schema=urn:example:params:scim:Slow>
        SCIMProperty sql.table slow
        SCIMProperty sql.key id
        SCIMMap id <- id
        SCIMMap login <- login
        SCIMMap nap <- nick_name
    </SCIMResourceType>"""
    schema = "<SCIMSchema urn:example:params:scim:Slow Slow>\nSCIMAttribute login string\nSCIMAttribute nap string\n</SCIMSchema>\n"
    config = schema + target(database, "store", "SCIMPool max=1 acquire=400ms") + system("small", SMALL_USER, slow) + location("/scim/v2", "small")
    httpd = new_httpd(config, mpm="event").start()
    httpd.expect(_LOG)
    holder, result = client_of(httpd), []
    thread = threading.Thread(target=lambda: result.append(holder.get("/Slow")))
    thread.start()
    time.sleep(0.8)
    client = client_of(httpd)
    for _ in range(2):
        began = time.monotonic()
        answer = tells_nothing(client.get("/Users").error(503, None))
        assert 0.3 < time.monotonic() - began < 1.5 * settings.PATIENCE
        assert int(answer.headers["Retry-After"]) >= 1
    client.get("/Schemas").ok()
    thread.join()
    assert result[0].status == 200
    client.get("/Users").ok()
    for one in (client, holder):
        one.close()


def test_errors_leave_no_connection_behind(databases, new_httpd):
    """Whatever fails gives its connection back."""
    database = databases.create(settings.DATABASES[0])
    httpd = new_httpd(directory_config(database).replace("{repo}/conf.d/embedded/directory.conf", "{root}/directory.conf"), mpm="event")
    text = (settings.REPO / "conf.d" / "embedded" / "directory.conf").read_text(encoding="utf-8")
    httpd.file("directory.conf", re.sub(r"SCIMPool .*", "SCIMPool max=1 acquire=300ms", text))
    httpd.start()
    client = client_of(httpd)
    user = client.create_user()
    for _ in range(3):
        client.post("/Users", {"schemas": [USER], "userName": user["userName"]}).error(409)
        client.get("/Users/none").error(404)
        client.patch("/Users/none", operation("replace", "title", "x")).error(404)
        client.patch(path_to(user), operation("replace", f"{ENTERPRISE}:manager.value", "nobody")).error(400)
        client.put(path_to(user), {"schemas": []}, {"If-Match": 'W/"none"'}).ok(400, 412)
        client.patch(path_to(user), operation("replace", "title", "x"), headers={"If-Match": 'W/"none"'}).error(412)
        client.delete(path_to(user), {"If-Match": 'W/"none"'}).error(412)
        client.get("/Users", filter="password pr").ok(200, 400, 403)
    client.create_user()
    client.close()
