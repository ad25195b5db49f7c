# SPDX-License-Identifier: Apache-2.0
"""Limits of a Location: pages, bodies, scans, time, depth, terms; and how Locations inherit them."""
import json
import socket
import time
from datetime import datetime, timezone

import pytest

from conftest import AUTH
from harness import settings
from harness.client import SCIM_JSON, USER, Client, operation, path_to, unique
from harness.config import SMALL_GROUP, SMALL_USER, location, system, target
from harness.raw import exchange, parse, request

_OPEN = "SCIMAnonymous On"
_PEOPLE = 30
# Each of them a Location of its own on the same data.
LOCATIONS = {
    "plain": "",
    "page": "SCIMPageSize default=5 max=12",
    "default-only": "SCIMPageSize default=5",
    "max-only": "SCIMPageSize max=12",
    "max-below-default": "SCIMPageSize max=7",
    "unlimited": "SCIMPageSize default=0 max=0",
    "body": "SCIMMaxBody 1000",
    "body-k": "SCIMMaxBody 2K",
    "scan": "SCIMMaxScan 10",
    "scan-enough": f"SCIMMaxScan {_PEOPLE}",
    "scan-none": "SCIMMaxScan 0",
    "depth": "SCIMMaxDepth 4",
    "depth-one": "SCIMMaxDepth 1",
    "terms": "SCIMMaxFilterTerms 3",
}


@pytest.fixture(scope="module")
def server(databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    now = datetime.now(timezone.utc).isoformat()
    database.insert("person", ("id", "login", "nick_name", "title", "created_at", "modified_at"),
                    [(f"p{i:02}", f"person{i:02}", f"nick{i:02}", "engineer" if i < 8 else "clerk", now, now) for i in range(_PEOPLE)])
    config = "SCIMMaxFilterTerms 20\nSCIMMaxBody 5K\n" + target(database) + system("small", SMALL_USER, SMALL_GROUP)
    for name, lines in LOCATIONS.items():
        config += location(f"/{name}", "small", lines)
    config += location("/outer", "small", "SCIMPageSize default=5 max=12\nSCIMMaxBody 1000\nSCIMMaxFilterTerms 3")
    config += '<Location "/outer/Groups">\nSCIMPageSize max=20\nSCIMMaxBody 3K\n</Location>\n'
    config += location("/outer/inner", "small", "SCIMPageSize default=6")
    config += location("/open", "small", _OPEN, "SCIMMaxBody 1000", require="Require all granted", authentication="")
    httpd = new_module_httpd(config)
    httpd.expect("SCIMAnonymous")
    return httpd.start()


@pytest.fixture
def at(server):
    clients = []

    def make(name):
        clients.append(Client(server.port, base="/" + name, auth=AUTH))
        return clients[-1]
    yield make
    for client in clients:
        client.close()


# ---- pages ----

@pytest.mark.smoke
@pytest.mark.parametrize("name, count, want", [
    ("plain", None, _PEOPLE), ("plain", 3, 3), ("page", None, 5), ("page", 3, 3), ("page", 12, 12), ("page", 13, 12), ("page", 1000000, 12),
    ("page", 0, 0), ("default-only", None, 5), ("default-only", 28, 28), ("max-only", None, 12), ("max-only", 20, 12), ("max-below-default", None, 7),
    ("unlimited", None, _PEOPLE), ("unlimited", 29, 29),
])
def test_page_size(at, name, count, want):
    query = {} if count is None else {"count": str(count)}
    answer = at(name).get("/Users", filter='userName sw "person"', **query).ok()
    assert (len(answer.get("Resources", [])), answer["itemsPerPage"], answer["totalResults"]) == (want, want, _PEOPLE)


def test_pages_that_were_cut_give_everyone_once(at):
    client, found, start = at("page"), [], 1
    while start <= _PEOPLE:
        answer = client.get("/Users", filter='userName sw "person"', startIndex=str(start), count="100").ok()
        found += [u["id"] for u in answer["Resources"]]
        start += answer["itemsPerPage"]
    assert sorted(found) == [f"p{i:02}" for i in range(_PEOPLE)]


@pytest.mark.parametrize("name, maximum", [("plain", 1000), ("page", 12), ("default-only", 1000), ("max-below-default", 7)])
def test_what_is_advertised(at, name, maximum):
    config = at(name).get("/ServiceProviderConfig").ok()
    assert config["filter"] == {"supported": True, "maxResults": maximum}


def test_no_limit_is_advertised_as_a_number(at):
    maximum = at("unlimited").get("/ServiceProviderConfig").ok()["filter"]["maxResults"]
    assert maximum == 2 ** 31 - 1


# ---- bodies ----

def _body(size):
    text = '{"schemas":["%s"],"userName":"%s","displayName":"' % (USER, unique("u"))
    return text + "x" * (size - len(text) - 2) + '"}'


@pytest.mark.parametrize("name, limit", [("body", 1000), ("body-k", 2048), ("plain", 5120), ("outer", 1000)])
def test_max_body(at, name, limit):
    client = at(name)
    client.post("/Users", _body(limit)).ok(201)
    client.post("/Users", _body(limit + 1)).error(413)
    user = client.create_user()
    client.put(path_to(user), _body(limit + 1)).error(413)
    client.request("PATCH", path_to(user), _body(limit + 1)).error(413)
    client.post("/Users", _body(limit)).ok(201)


def test_a_chunked_body_counts_as_it_comes(server):
    for size, status in ((1000, 201), (1001, 413), (100000, 413)):
        body = _body(size).encode()
        data = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        answer = exchange(server.port, request("POST", "/open/Users", "Transfer-Encoding: chunked", "Content-Type: " + SCIM_JSON, body=data))
        assert answer.check().status == status, answer


def test_an_announced_body_is_not_waited_for(server):
    """413 comes at once, without 100 Continue and without a byte of the body."""
    answer = exchange(server.port, request("POST", "/open/Users", "Content-Length: 1000000", "Expect: 100-continue", "Content-Type: " + SCIM_JSON),
                      timeout=5 * settings.PATIENCE)
    assert answer.check().status == 413


def test_expect_100_is_answered_where_the_body_is_welcome(server):
    body = _body(500).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request("POST", "/open/Users", "Content-Length: 500", "Expect: 100-continue", "Content-Type: " + SCIM_JSON))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        data = b""
        while piece := connection.recv(65536):
            data += piece
    parse(data, "POST /open/Users").check().ok(201)


def test_an_inflated_body_counts_inflated(databases, new_httpd):
    import gzip
    database = databases.create(settings.DATABASES[0])
    httpd = new_httpd(target(database) + system("small", SMALL_USER) + location("/scim/v2", "small", "SCIMMaxBody 1000", "SetInputFilter DEFLATE"),
                      modules=("filter", "deflate")).start()
    client = Client(httpd.port, auth=AUTH)
    client.post("/Users", gzip.compress(_body(900).encode()), {"Content-Encoding": "gzip"}).ok(201)
    client.post("/Users", gzip.compress(_body(5000).encode()), {"Content-Encoding": "gzip"}).error(413)
    client.close()


# ---- scans: what the database cannot answer ----

_LOCAL = 'nickName co "ick"'           # behind concatString: evaluated here


def test_max_scan(at):
    at("scan").get("/Users", filter=_LOCAL).error(400, "tooMany")
    assert at("scan-enough").get("/Users", filter=_LOCAL + ' and userName sw "person"').ok()["totalResults"] == _PEOPLE
    at("plain").get("/Users", filter=_LOCAL).ok()


def test_what_the_database_answers_is_not_limited(at):
    assert at("scan").get("/Users", filter='userName sw "person"').ok()["totalResults"] == _PEOPLE
    assert at("scan-none").get("/Users", filter='userName sw "person"').ok()["totalResults"] == _PEOPLE
    assert at("scan-none").get("/Users", filter='nickName eq "n-nick03"').ok()["totalResults"] == 1


def test_a_pushed_part_makes_the_scan_small(at):
    answer = at("scan").get("/Users", filter=f'title eq "engineer" and {_LOCAL}').ok()
    assert answer["totalResults"] == 8
    at("scan").get("/Users", filter=f'title eq "engineer" or {_LOCAL}').error(400, "tooMany")
    at("scan").get("/Users", filter=f'title eq "clerk" and {_LOCAL}').error(400, "tooMany")


def test_count_does_not_make_a_scan_smaller(at):
    """totalResults would be a guess."""
    at("scan").get("/Users", filter=_LOCAL, count="1").error(400, "tooMany")
    at("scan").get("/Users", filter=_LOCAL, count="0").error(400, "tooMany")


def test_no_scan_at_all(at):
    at("scan-none").get("/Users", filter=_LOCAL).error(400, "tooMany")


def test_an_order_that_the_database_cannot_make(at):
    client = at("scan")
    answer = client.get("/Users", filter='title eq "engineer" and userName sw "person"', sortBy="nickName", sortOrder="descending").ok()
    assert [u["id"] for u in answer["Resources"]] == [f"p{i:02}" for i in range(7, -1, -1)]


# ---- depth and terms ----

def _nested(depth):
    """A body with arrays in arrays, so many deep altogether."""
    return '{"schemas":["%s"],"userName":"%s","unknown":%s1%s}' % (USER, unique("u"), "[" * (depth - 1), "]" * (depth - 1))


@pytest.mark.parametrize("name, depth", [("depth", 4), ("plain", 32)])
def test_max_depth_of_a_body(at, name, depth):
    client = at(name)
    client.post("/Users", _nested(depth)).ok(201)
    client.post("/Users", _nested(depth + 1)).error(400, "invalidSyntax")
    client.post("/Users", "[" * 3000).error(400)
    client.post("/Users", '{"a":' * 800 + "1" + "}" * 800).error(400)


def test_a_depth_of_one(at):
    client = at("depth-one")
    client.post("/Users", {"userName": unique("u")}).ok(201)
    client.post("/Users", {"schemas": [USER], "userName": unique("u")}).error(400, "invalidSyntax")


@pytest.mark.parametrize("name, depth", [("depth", 4), ("plain", 32)])
def test_max_depth_of_a_filter(at, name, depth):
    client = at(name)
    client.get("/Users", filter="(" * depth + "title pr" + ")" * depth).ok()
    client.get("/Users", filter="(" * (depth + 1) + "title pr" + ")" * (depth + 1)).error(400, "invalidFilter")
    client.get("/Users", filter="not (" * (depth + 1) + "title pr" + ")" * (depth + 1)).error(400, "invalidFilter")
    client.get("/Users", filter="(" * 1500).error(400, "invalidFilter")


@pytest.mark.parametrize("name, terms", [("terms", 3), ("plain", 20), ("outer", 3)])
def test_max_terms(at, name, terms):
    client = at(name)
    client.get("/Users", filter=" or ".join(['title eq "x"'] * terms)).ok()
    client.get("/Users", filter=" or ".join(['title eq "x"'] * (terms + 1))).error(400, "invalidFilter")
    client.get("/Users", filter="emails[" + " or ".join(['type eq "x"'] * (terms + 1)) + "]").error(400, "invalidFilter")


def test_terms_of_a_patch_path(at):
    client = at("terms")
    user = client.create_user(emails=[{"value": "a@example.com", "type": "work"}])
    path = "emails[" + " or ".join(['type eq "work"'] * 4) + "].value"
    client.patch(path_to(user), operation("replace", path, "b@example.com")).error(400, "invalidPath")


def test_the_default_number_of_terms(databases, new_httpd):
    database = databases.create(settings.DATABASES[0])
    httpd = new_httpd(target(database) + system("small", SMALL_USER) + location("/s", "small") + "LimitRequestLine 32000\n").start()
    client = Client(httpd.port, base="/s", auth=AUTH)
    client.get("/Users", filter=" or ".join(['id eq "x"'] * 256)).ok()
    client.get("/Users", filter=" or ".join(['id eq "x"'] * 257)).error(400, "invalidFilter")
    client.close()


# ---- inheritance ----

def test_a_location_below_inherits_what_it_does_not_say(at):
    client = at("outer")
    assert client.get("/Users", count="100").ok()["itemsPerPage"] == 12
    client.post("/Groups", json.dumps({"schemas": [], "displayName": "x" * 2000})).ok(201)
    client.post("/Groups", json.dumps({"schemas": [], "displayName": "x" * 4000})).error(413)
    client.get("/Groups", filter=" or ".join(['displayName eq "x"'] * 4)).error(400, "invalidFilter")
    inner = at("outer/inner")
    assert inner.get("/Users").ok()["itemsPerPage"] == 6
    assert inner.get("/Users", count="100").ok()["itemsPerPage"] == 12
    inner.post("/Users", _body(1001)).error(413)


def test_a_virtual_host_inherits_from_the_main_server(databases, new_httpd):
    database = databases.create(settings.DATABASES[0])
    config = "SCIMMaxBody 1000\nSCIMPageSize max=3\n" + target(database) + system("small", SMALL_USER)
    config += "<VirtualHost 127.0.0.1:{port}>\nServerName localhost\nSCIMPageSize max=4\n" + location("/scim/v2", "small") + "</VirtualHost>\n"
    httpd = new_httpd(config).start()
    client = Client(httpd.port, auth=AUTH)
    assert client.get("/ServiceProviderConfig").ok()["filter"]["maxResults"] == 4
    client.post("/Users", _body(1001)).error(413)
    client.close()


# ---- time ----

_SLOW = {"pgsql": "CREATE VIEW slow AS SELECT id, login, pg_sleep(4)::text AS nick_name FROM person",
         "mysql": "CREATE VIEW slow AS SELECT id, login, CAST(SLEEP(4) AS CHAR) AS nick_name FROM person"}
_SLOW_USER = """<SCIMResourceType User target=store>
        SCIMProperty sql.table  slow
        SCIMProperty sql.key    id
        SCIMMap id        <-   id
        SCIMMap userName  <->  login  required
        SCIMMap nickName  <-   nick_name
    </SCIMResourceType>"""


@pytest.mark.parametrize("driver", [d for d in settings.DATABASES if d in _SLOW])
@pytest.mark.parametrize("limits", ["request", "statement"])
def test_a_backend_that_is_too_slow(databases, new_httpd, driver, limits):
    database = databases.create(driver)
    now = "2026-01-01 00:00:00"
    database.insert("person", ("id", "login", "created_at", "modified_at"), [("a", "a", now, now)])
    database.query(_SLOW[driver])
    pool = "" if limits == "request" else "SCIMPool timeout=1s"
    config = target(database, "store", pool) + system("small", _SLOW_USER)
    config += location("/scim/v2", "small", "SCIMTimeout 1s" if limits == "request" else "")
    httpd = new_httpd(config).start()
    httpd.expect(r"SCIM\d{4}")
    client = Client(httpd.port, auth=AUTH)
    began = time.monotonic()
    answer = client.get("/Users", attributes="nickName").error(504)
    assert time.monotonic() - began < 3.5 * settings.PATIENCE, "answered before the database was done"
    assert not any(word in answer.text.lower() for word in ("sleep", "select", "statement", "canceling", driver))
    client.get("/Users", filter='userName eq "nobody"').ok()   # the connection, or another, works
    client.close()
