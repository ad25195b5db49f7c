# SPDX-License-Identifier: Apache-2.0
"""Errors that httpd makes itself below our Locations are SCIM errors; ErrorDocument has no effect there, and all of it elsewhere."""
import base64
import socket
import time

import pytest

from conftest import AUTH
from harness import settings
from harness.client import SCIM_JSON, USER, Client
from harness.config import SMALL_USER, location, system, target
from harness.raw import exchange, parse, request

_CONFIG = """
ErrorDocument 400 "own words"
ErrorDocument 401 "own words"
ErrorDocument 403 /page
ErrorDocument 404 /page
ErrorDocument 405 "own words"
ErrorDocument 408 "own words"
ErrorDocument 410 /page
ErrorDocument 413 "own words"
ErrorDocument 414 "own words"
ErrorDocument 417 "own words"
ErrorDocument 500 http://other.example/
ErrorDocument 501 "own words"
ErrorDocument 503 "own words"
DocumentRoot "{root}/htdocs"
TraceEnable Off
TypesConfig /dev/null
RewriteEngine On
RewriteRule ^/scim/v2/Forbidden - [F]
RewriteRule ^/scim/v2/Gone - [G]
RewriteRule ^/scim/v2/Never - [R=406,L]
<Location "/scim/v2/Away">
    Redirect 503 /scim/v2/Away
</Location>
<Directory "{root}/htdocs">
    Require all granted
</Directory>
<Location "/elsewhere">
    Require all denied
</Location>
<Location "/scim/v2/Groups">
    ErrorDocument 404 "inner words"
</Location>
RequestReadTimeout header=20 body=1
"""
_OPEN = "SCIMAnonymous On\nRequire all granted"
_MODULES = ("rewrite", "alias", "reqtimeout", "dir", "mime", "unique_id")
_LINES = (r"AH0161\d", r"AH0163\d", r"AH0013\d", r"AH0055\d", r"AH0056\d", r"AH10244", r"SCIMAnonymous")


@pytest.fixture(scope="module")
def server(databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    config = target(database) + system("small", SMALL_USER) + _CONFIG
    config += location("/scim/v2", "small", "LimitRequestBody 2000") + location("/open/v2", "small", _OPEN, require="", authentication="")
    config += location("/tiny", "small", "LimitRequestBody 100")
    httpd = new_module_httpd(config, modules=_MODULES)
    httpd.file("htdocs/page", "the page for errors")
    httpd.file("htdocs/scim", "a file")
    httpd.expect(*_LINES)
    return httpd.start()


@pytest.fixture
def client(server):
    server.expect(*_LINES)
    result = Client(server.port, auth=AUTH)
    yield result
    result.close()


@pytest.fixture
def raw(server):
    """raw(bytes): the answer."""
    server.expect(*_LINES)
    return lambda data: exchange(server.port, data)


def scim_error(answer, status):
    answer.check().error(status)
    assert "own words" not in answer.text and "the page" not in answer.text
    assert "Content-Language" not in answer.headers and "Content-Encoding" not in answer.headers
    return answer


# ---- requests that httpd itself refuses ----

_BASIC = "Authorization: Basic " + base64.b64encode(":".join(AUTH).encode()).decode()
_LONG = "a" * 9000
_POST = ("POST", "/open/v2/Users")


@pytest.mark.smoke
@pytest.mark.parametrize("data, status", [
    (b"GET /open/v2/Users HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    (request("GET", "/open/v2/Users", "Host: localhost", "Host: other"), 400),
    (request("GET", "/open/v2/Users", "Host: a b"), 400),
    (request("GET", "/open/v2/Users", "no colon"), 400),
    (request("GET", "/open/v2/Users", "two words: x"), 400),
    (request("GET", "/open/v2/Users", "X: a\0b"), 400),
    (request("GET", "/open/v2/Users", "X: " + _LONG), 400),
    (request("GET", "/open/v2/Users", *[f"X{i}: a" for i in range(120)]), 400),
    (request("GET", "/open/v2/Users?filter=" + _LONG), 414),
    (request("GET", "/open/v2/Users/" + _LONG), 414),
    (request("GET", "/open/v2/Users", "Expect: something"), 417),
    (request(*_POST, "Content-Length: abc"), 400),
    (request(*_POST, "Content-Length: -1"), 400),
    (request(*_POST, "Content-Length: 1", "Content-Length: 2", body=b"ab"), 400),
    (request(*_POST, "Transfer-Encoding: gzip"), 400),
    (request(*_POST, "Transfer-Encoding: chunked, gzip"), 400),
    (request(*_POST, "Transfer-Encoding: chunked", "Content-Type: " + SCIM_JSON, body=b"zz\r\nabc\r\n0\r\n\r\n"), 400),
    (request("GET", "/open/v2/Users x"), 400),
    (request("GET", " /open/v2/Users"), 400),
    (request("GET", "/open/v2/Users", version="HTTP/x"), 400),
    (request("G@T", "/open/v2/Users"), 400),
    (request("GET", "/open/v2/%zz"), 400),
    (request("GET", "/open/v2/Users/%4"), 400),
    (request("GET", "/open/v2/Users/\x01"), 400),
    (request("GET", "/open/v2/Users/%00"), 400),
    (request("GET", "/open/v2/Users/\xe4"), 400),
    (request("GET", "/open/v2/Users/%e4"), 400),
], ids=lambda value: value[:60].decode("latin-1").split(" HTTP")[0] if isinstance(value, bytes) else str(value))
def test_broken_requests(raw, data, status):
    scim_error(raw(data), status)


@pytest.mark.parametrize("method, status", [("FOO", 405), ("PROPFIND", 405), ("MKCOL", 405), ("TRACE", 405), ("LOCK", 405)])
def test_methods_that_scim_does_not_have(raw, method, status):
    answer = scim_error(raw(request(method, "/open/v2/Users")), status)
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_methods_that_a_path_does_not_have(client):
    for method, path, allow in (("POST", "/Schemas", {"GET", "HEAD", "OPTIONS"}), ("DELETE", "/Users", {"GET", "HEAD", "OPTIONS", "POST"}),
                                ("POST", "/Users/x", {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})):
        answer = client.request(method, path, {} if method == "POST" else None).error(405)
        assert {m.strip() for m in answer.headers["Allow"].split(",")} == allow


@pytest.mark.parametrize("path", ["/Nowhere", "", "/", "/Users/a/b", "/Users/none", "/page", "/.htaccess", "/Schemas/none"])
def test_not_found(client, path):
    scim_error(client.get(path), 404)


def test_unauthorized(client):
    scim_error(client.anonymous().get("/Users"), 401)
    scim_error(client.clone(auth=("technical", "wrong")).get("/Users"), 401)
    scim_error(client.clone(auth=None).get("/Users", {"Authorization": "Basic !!!"}), 401)
    scim_error(client.clone(auth=None).get("/Users", {"Authorization": "Bearer abc"}), 401)


@pytest.mark.parametrize("path, status", [("/Forbidden", 403), ("/Gone", 410), ("/Never", 406), ("/Away", 503)])
def test_what_other_modules_refuse(client, path, status):
    scim_error(client.get(path), status)


def test_head_has_no_body(raw):
    for path, status in (("/open/v2/Nowhere", 404), ("/scim/v2/Users", 401), ("/scim/v2/Forbidden", 403)):
        answer = raw(request("HEAD", path))
        assert (answer.status, answer.body, answer.headers["Content-Type"]) == (status, b"", SCIM_JSON)


# ---- bodies ----

def _user(size):
    """A body of so many bytes."""
    text = '{"schemas":["%s"],"userName":"' % USER
    return (text + "x" * (size - len(text) - 2) + '"}').encode()


def test_limit_request_body(client):
    scim_error(client.post("/Users", _user(2001)), 413)
    client.post("/Users", _user(200)).ok(201)


def test_limit_request_body_of_a_chunked_request(raw):
    body = _user(3000)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    scim_error(raw(request("POST", "/tiny/Users", "Transfer-Encoding: chunked", "Content-Type: " + SCIM_JSON,
                           _BASIC, body=chunks)), 413)


def test_a_body_that_ends_early(server):
    server.expect(*_LINES)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request(*_POST, "Content-Length: 100", "Content-Type: " + SCIM_JSON, body=b'{"a":'))
        connection.shutdown(socket.SHUT_WR)
        data = b""
        while piece := connection.recv(65536):
            data += piece
    if data:                                # httpd may find nobody to answer to
        scim_error(parse(data, "POST /open/v2/Users"), 400)


def test_a_body_that_does_not_come(server):
    server.expect(*_LINES)
    began = time.monotonic()
    answer = exchange(server.port, request(*_POST, "Content-Length: 100", "Content-Type: " + SCIM_JSON, body=b'{"a":'), timeout=40)
    scim_error(answer, 408)
    assert time.monotonic() - began < 10 * settings.PATIENCE


def test_expect_100_is_not_answered_with_100_where_the_request_is_refused(raw):
    answer = raw(request("POST", "/scim/v2/Users", "Expect: 100-continue", "Content-Length: 50", "Content-Type: " + SCIM_JSON))
    scim_error(answer, 401)


# ---- the connection afterwards, and everything else of the server ----

def test_a_connection_survives_errors(client):
    for _ in range(3):
        scim_error(client.get("/Nowhere"), 404)
        scim_error(client.post("/Users", "{"), 400)
        scim_error(client.get("/Forbidden"), 403)
        client.get("/Schemas").ok()
        connection = client._connection
        client.get("/Schemas").ok()
        assert client._connection is connection


def test_errors_are_not_cached_as_something_else(client):
    answer = client.get("/Nowhere")
    assert "Last-Modified" not in answer.headers and "ETag" not in answer.headers


@pytest.mark.parametrize("method, path, status, text", [
    ("GET", "/nowhere", 404, "the page for errors"), ("GET", "/scim", 200, "a file"), ("GET", "/scim/v", 404, ""),
    ("GET", "/scim/v2x/Users", 404, ""), ("GET", "/elsewhere", 403, "the page for errors"), ("PUT", "/page", 405, "own words"),
    ("GET", "/openv2/Users", 404, "the page for errors"),
])
def test_outside_nothing_changes(client, method, path, status, text):
    answer = client.clone(base="").request(method, path, check=False)
    assert answer.status == status and text in answer.text, answer
    assert answer.headers.get("Content-Type") != SCIM_JSON


@pytest.mark.parametrize("data, status, text", [
    (b"GET /page HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "own words"),
    (request("GET", "/page?" + _LONG), 414, "own words"),
    (request("GET", "/page", "Expect: something"), 417, "own words"),
    (request("FOO", "/page"), 501, "own words"),
    (request("GET", "/%zz"), 400, "own words"),
])
def test_broken_requests_outside(raw, data, status, text):
    answer = raw(data)
    assert (answer.status, text in answer.text, answer.headers.get("Content-Type") == SCIM_JSON) == (status, True, False), answer
