# SPDX-License-Identifier: Apache-2.0
"""What the logs say, and what they never say."""
import base64
import re
import socket
import time
import uuid

import pytest

from conftest import AUTH, directory_config
from harness import settings
from harness.client import ENTERPRISE, GROUP, PATCH, USER, Client, operation, path_to
from harness.config import SMALL_GROUP, SMALL_USER, location, system, target
from harness.process import wait_for

_REFUSALS = (r"AH0161\d", r"AH0162\d", r"AH0163\d", r"AH0179\d")


def access_lines(httpd, request, count=1):
    """Lines of the access log about a request line that contains a text; the log is written after the answer."""
    path = httpd.root / "logs" / "access_log"

    def found():
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if request in line]
        return lines if len(lines) >= count else None
    return wait_for(found, 10, f"{request} in the access log")


# ---- variables ----

@pytest.fixture(scope="module")
def server(databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    config = target(database) + system("small", SMALL_USER, SMALL_GROUP) + system("other", SMALL_USER)
    config += location("/scim/v2", "small") + location("/all", "*", require="Require scim-system other")
    config += '<Location "/outside">\nRequire all granted\n</Location>\n'
    config += 'LogFormat "%m %U %>s \\"%{SCIM_WRITE}e\\"" writes\nCustomLog "{root}/logs/changes_log" writes env=SCIM_WRITE\n'
    return new_module_httpd(config).start()


@pytest.fixture
def client(server):
    server.expect(*_REFUSALS)
    result = Client(server.port, auth=AUTH)
    yield result
    result.close()


_PATCH = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}


@pytest.mark.smoke
@pytest.mark.parametrize("method, path, body, status, variables", [
    ("GET", "/Users", None, 200, "read small User -"),
    ("HEAD", "/Users", None, 200, "read small User -"),
    ("GET", "/Users/none", None, 404, "read small User -"),
    ("GET", "/Groups", None, 200, "read small Group -"),
    ("POST", "/Users", {"schemas": [USER], "userName": "wanted"}, 201, "create small User -"),
    ("POST", "/Users", {"schemas": [USER], "userName": "wanted"}, 409, "create small User uniqueness"),
    ("POST", "/Users", {"schemas": [USER]}, 400, "create small User invalidValue"),
    ("POST", "/Users", "{", 400, "create small User invalidSyntax"),
    ("PUT", "/Users/none", {"schemas": [USER], "userName": "x"}, 404, "update small User -"),
    ("PATCH", "/Users/none", _PATCH, 404, "patch small User -"),
    ("DELETE", "/Users/none", None, 404, "delete small User -"),
    ("GET", "/Users?filter=title%20xx", None, 400, "read small User invalidFilter"),
    ("GET", "/ServiceProviderConfig", None, 200, "discovery small ServiceProviderConfig -"),
    ("GET", "/ResourceTypes/User", None, 200, "discovery small ResourceTypes -"),
    ("GET", "/Schemas", None, 200, "discovery small Schemas -"),
    ("GET", "/Nowhere", None, 404, "- small - -"),
    ("POST", "/Schemas", {}, 405, "- small Schemas -"),
    ("DELETE", "/Groups", None, 405, "- small Group -"),
    ("POST", "/Bulk", {}, 501, "bulk small - -"),
    ("GET", "/Me", None, 501, "read small - -"),
])
def test_variables(server, client, method, path, body, status, variables):
    if path == "/Users" and status == 409 and not client.ids(filter='userName eq "wanted"'):
        client.create_user(userName="wanted")
    if status == 201:
        for there in client.ids(filter='userName eq "wanted"'):
            client.delete("/Users/" + there)
    mark = f"mark={uuid.uuid4().hex}"
    separator = "&" if "?" in path else "?"
    client.request(method, path + separator + mark, body).check()
    line = access_lines(server, mark)[0]
    assert re.search(rf'" {status} \d+ {re.escape(variables)}$', line), line


def test_variables_of_refused_requests(server, client):
    for who, want in ((None, 401), (("technical", "wrong"), 401)):
        mark = f"mark={uuid.uuid4().hex}"
        client.clone(auth=who).request("DELETE", "/Users/some?" + mark).error(want)
        assert access_lines(server, mark)[0].endswith("delete small User -")


def test_variables_where_the_path_names_the_system(server, client):
    for system_, status, want in (("other", 200, "read other User -"), ("small", 403, "read small User -")):
        mark = f"mark={uuid.uuid4().hex}"
        assert client.clone(base="/all/" + system_).get("/Users?" + mark).status == status
        assert access_lines(server, mark)[0].endswith(want)


def test_no_variables_outside(server, client):
    mark = f"mark={uuid.uuid4().hex}"
    client.clone(base="").request("GET", "/outside?" + mark, check=False)
    assert access_lines(server, mark)[0].endswith("- - - -")


def test_a_log_of_changes(server, client):
    user = client.create_user()
    client.get(path_to(user)).ok()
    client.patch(path_to(user), operation("replace", "title", "x")).ok(200)
    client.delete(path_to(user)).ok(204)
    path = server.root / "logs" / "changes_log"
    wait_for(lambda: re.search(f"DELETE .*{user['id']}", path.read_text()), 10, "the changes")
    lines = [line for line in path.read_text().splitlines() if user["id"] in line]
    assert [line.split()[0] for line in lines] == ["PATCH", "DELETE"]
    assert all(line.endswith('"1"') for line in lines)
    assert not any(line.startswith("GET") or line.startswith("HEAD") for line in path.read_text().splitlines())


# ---- the error log ----

def ours(text):
    """Lines of our modules: (level, message)."""
    found = re.findall(r"(?m)^\[[^\]]*\] \[(scimproxy\w*):(\w+)\] (?:\[pid [^\]]*\] )?(?:\S+\(\d+\): )?(?:\[client [^\]]*\] )?(.*)$", text)
    return [(level, message) for _, level, message in found]


class Marked:
    """Values that can be found again wherever they are."""

    def __init__(self):
        self.mark = "Zq" + uuid.uuid4().hex[:12]
        self._count = 0

    def __call__(self, prefix="", suffix=""):
        self._count += 1
        return f"{prefix}{self.mark}n{self._count}{suffix}"

    def in_text(self, text):
        low = text.lower()
        return [line for line in text.splitlines() if self.mark.lower() in line.lower()] if self.mark.lower() in low else []


def traffic(client, marked):
    """Requests of every kind, well and badly, with marked values in them."""
    user = client.create_user(
        userName=marked(), externalId=marked(), password=marked("Pass-"), displayName=marked(), nickName=marked(), title=marked(),
        name={"formatted": marked(), "familyName": marked(), "givenName": marked()}, profileUrl=marked("http://h.example/"),
        emails=[{"value": marked(suffix="@example.com"), "type": "work", "display": marked()}], roles=[{"value": marked(), "type": marked()}],
        phoneNumbers=[{"value": marked(), "type": "work"}], addresses=[{"locality": marked(), "streetAddress": marked(), "type": "work"}],
        enterprise={"department": marked(), "employeeNumber": marked()})
    path = path_to(user)
    group = client.create_group([user], displayName=marked(), externalId=marked())
    for word in ("eq", "ne", "co", "sw", "ew", "gt"):
        for attribute in ("userName", "title", "emails.value", f"{ENTERPRISE}:department", "name.familyName", "externalId"):
            client.get("/Users", filter=f'{attribute} {word} "{marked()}"').ok()
    client.get("/Users", filter=f'emails[type eq "{marked()}" and value sw "{marked()}"]').ok()
    client.get("/Users", filter=f'groups.value eq "{marked()}"').ok(200, 400)
    client.get("/Users", filter=f'password eq "{marked()}"').error(400)
    client.get("/Users", filter=f'title eq "{marked()}').error(400)
    client.get("/Users", filter=f'{marked()} eq "x"').ok(200, 400)
    client.get("/Users", filter=f'active eq "{marked()}"').error(400)
    client.get("/Users", filter=f'meta.created gt "{marked()}"').error(400)
    client.get("/Users", sortBy=marked()).ok(200, 400)
    client.get("/Users", attributes=marked()).ok()
    client.get("/Users/" + marked()).error(404)
    client.get("/" + marked()).error(404)
    # badly: values that schema, mapping, database refuse
    client.post("/Users", {"schemas": [USER], "userName": user["userName"], "title": marked()}).error(409)
    client.put(path, {"schemas": [USER], "title": marked()}).error(400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), "active": marked()}).error(400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), "name": marked()}).error(400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), "emails": marked()}).error(400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), ENTERPRISE: {"manager": {"value": marked()}}}).error(400)
    client.post("/Users", '{"schemas":["%s"],"userName":"%s"' % (USER, marked())).error(400)
    client.post("/Users", {"schemas": [marked("urn:")], "userName": marked()}).ok(201, 400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), "title": "x" * 300 + marked()}).ok(201, 400)
    client.post("/Users", {"schemas": [USER], "userName": marked(), "title": marked() + "\0"}).ok(201, 400)
    client.post("/Users", marked(), {"Content-Type": "text/plain"}).error(415)
    client.post("/Groups", {"schemas": [GROUP], "displayName": marked(), "members": [{"value": marked()}]}).error(400)
    client.patch(path_to(group), operation("add", "members", [{"value": marked()}])).error(400)
    client.patch(path, operation("replace", "title", marked())).ok(200)
    client.patch(path, operation("replace", "password", marked("Pass-"))).ok(200, 204)
    client.patch(path, operation("replace", f'emails[value eq "{marked()}"].value', marked())).error(400)
    client.patch(path, operation("replace", marked(), marked())).error(400)
    client.patch(path, operation(marked(), "title", marked())).error(400)
    client.patch(path, operation("remove", f'emails[type eq "{marked()}"]')).ok(200, 204, 400)
    client.patch(path, operation("add", "emails", [{"value": marked(), "type": marked()}])).ok(200)
    client.put(path, {"schemas": [USER], "userName": marked(), "title": marked()}, {"If-Match": f'W/"{marked()}"'}).error(412)
    client.get(path, {"If-None-Match": f'W/"{marked()}"'}).ok()
    client.put(path, {"schemas": [USER], "userName": marked(), "title": marked()}).ok()
    client.delete(path).ok(204)


@pytest.mark.smoke
@pytest.mark.parametrize("driver", settings.DATABASES)
def test_no_value_in_the_error_log_at_any_level(databases, new_httpd, driver):
    database = databases.create(driver)
    httpd = new_httpd(directory_config(database), log_level="warn scimproxy:trace8 scimproxy_sql:trace8").start()
    httpd.expect(r"SCIM\d{4}")
    marked = Marked()
    client = Client(httpd.port, auth=AUTH)
    traffic(client, marked)
    client.close()
    httpd.stop()
    text = httpd.error_log.text()
    assert not marked.in_text(text), "\n".join(marked.in_text(text)[:10])
    assert AUTH[1] not in text
    messages = ours(text)
    assert len(messages) > 50, "there should be something at this level"
    unnumbered = [m for level, m in messages if not level.startswith("trace") and not re.match(r"SCIM\d{4}: ", m)]
    assert not unnumbered, unnumbered[:10]


@pytest.mark.parametrize("driver", settings.DATABASES)
def test_trace_shows_statements(databases, new_httpd, driver):
    httpd = new_httpd(directory_config(databases.create(driver)), log_level="warn scimproxy:trace1").start()
    client = Client(httpd.port, auth=AUTH)
    client.get("/Users", filter='userName eq "somebody"').ok()
    client.close()
    text = httpd.error_log.text()
    assert re.search(r"\[scimproxy:trace1\].*SELECT.*\bperson\b.*\blogin\b.*\$1", text), text
    assert "somebody" not in text


@pytest.mark.parametrize("query, plan", [
    ({}, "filter: none; order: that of the backend; pages: by the backend"),
    ({"filter": 'title eq "somebody"', "sortBy": "title"}, "filter: by the backend; order: by the backend; pages: by the backend"),
    ({"filter": 'nickName co "somebody"'}, "filter: evaluated here; order: that of the backend; pages: cut here"),
    ({"filter": 'title eq "somebody" and nickName co "somebody"', "sortBy": "nickName"},
     "filter: narrowed by the backend, decided here; order: (made here|by the backend); pages: cut here"),
])
def test_debug_shows_who_answers_a_filter(databases, new_httpd, query, plan):
    database = databases.create(settings.DATABASES[0])
    config = target(database) + system("small", SMALL_USER) + location("/scim/v2", "small")
    httpd = new_httpd(config, log_level="warn scimproxy:debug").start()
    client = Client(httpd.port, auth=AUTH)
    client.get("/Users", **query).ok()
    client.close()
    assert [m for level, m in ours(httpd.error_log.text()) if level == "debug" and re.search(f"SCIM0401: User: {plan}", m)], httpd.error_log.text()
    assert "somebody" not in httpd.error_log.text()


def test_info_tells_why_requests_were_refused(databases, new_httpd):
    httpd = new_httpd(directory_config(databases.create(settings.DATABASES[0])), log_level="warn scimproxy:info").start()
    client = Client(httpd.port, auth=AUTH)
    for request in (lambda: client.get("/Users", filter="title xx"), lambda: client.post("/Users", {"schemas": [USER]}),
                    lambda: client.patch("/Users/none", operation("replace", "nothing", "x")), lambda: client.get("/Nowhere")):
        before = len(ours(httpd.error_log.text()))
        assert request().status >= 400
        wait_for(lambda seen=before: len(ours(httpd.error_log.text())) > seen, 5, "a line about the refusal")
    assert all(level == "info" for level, _ in ours(httpd.error_log.text()))
    client.close()


def test_at_the_usual_level_the_module_is_silent(databases, new_httpd):
    """Neither what works nor what clients do wrong is worth a line."""
    httpd = new_httpd(directory_config(databases.create(settings.DATABASES[0])), log_level="notice").start()
    client = Client(httpd.port, auth=AUTH)
    traffic(client, Marked())
    client.close()
    assert not ours(httpd.error_log.text())


def test_secrets_of_the_target_stay_out_of_the_log(databases, new_httpd):
    """Wrong ones, too, which the database complains of."""
    if "mysql" not in settings.DATABASES:
        pytest.skip("needs MariaDB")
    database = databases.create("mysql")
    database.query("CREATE USER marked@localhost IDENTIFIED BY 'right'")
    httpd = new_httpd(f"""
<SCIMTarget store sql>
    SCIMProperty sql.driver    mysql
    SCIMProperty sql.params    "{database.params.replace('user=root', 'user=marked')}"
    SCIMProperty sql.password  "file:{{root}}/secret"
</SCIMTarget>
""" + system("small", SMALL_USER) + location("/scim/v2", "small"), log_level="warn scimproxy:trace8 scimproxy_sql:trace8")
    httpd.file("secret", "MarkedWord4711", 0o600)
    httpd.start()
    httpd.expect(r"SCIM\d{4}")
    client = Client(httpd.port, auth=AUTH)
    client.get("/Users").error(503)
    client.close()
    httpd.stop()
    assert "MarkedWord4711" not in httpd.error_log.text()
    assert re.search(r"SCIM\d{4}: .*store", httpd.error_log.text()), "the target is named"


def test_the_log_of_a_broken_answer(databases, new_httpd):
    """A list that has begun and cannot be finished: the client sees that it is not whole, the log says why."""
    if "sqlite3" not in settings.DATABASES:
        pytest.skip("needs SQLite")
    database = databases.create("sqlite3")
    now = "2026-01-01T00:00:00Z"
    database.insert("person", ("id", "login", "title", "created_at", "modified_at"),
                    [(f"{i:06}", f"p{i}", "x" * 200, now, now) for i in range(30000)])
    config = target(database) + system("small", SMALL_USER) + location("/scim/v2", "small", "SCIMPageSize max=0", "SCIMTimeout 1s")
    httpd = new_httpd(config + "SendBufferSize 16384\n").start()
    httpd.expect(r"SCIM\d{4}")
    word = base64.b64encode(":".join(AUTH).encode()).decode()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", httpd.port))
        connection.sendall(f"GET /scim/v2/Users?count=30000 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {word}\r\n"
                           "Connection: close\r\n\r\n".encode())
        data = connection.recv(4096)
        time.sleep(2.5)
        try:
            while piece := connection.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
    if data.endswith(b"0\r\n\r\n"):
        assert data.count(b'"userName"') == 30000, "it ends as if it were whole"
    else:
        wait_for(lambda: any(level in ("error", "warn") for level, _ in ours(httpd.error_log.text())), 5, "a line about the broken answer")
