# SPDX-License-Identifier: Apache-2.0
"""What no well-behaved client sends: each gets its error, soon, and changes nothing."""
import json
import socket
import time

import pytest
from harness import settings
from harness.client import ENTERPRISE, GROUP, PATCH, USER, path_to, raw_exchange, unique

pytestmark = pytest.mark.usefixtures("directory")

SOON = 5 * settings.PATIENCE        # seconds


@pytest.fixture
def unchanged(directory, scim):
    """Whatever the test does, the database stays as it was, no answer takes long, and the server goes on."""
    scim.create_user()
    before, started = directory.database.dump(), time.monotonic()
    yield
    assert time.monotonic() - started < 4 * SOON
    assert directory.database.dump() == before
    scim.get("/ServiceProviderConfig").ok()
    scim.get("/Users", count=1).ok()


def timely(call, *arguments, **options):
    """The answer, which must not take long."""
    started = time.monotonic()
    answer = call(*arguments, **options)
    assert time.monotonic() - started < SOON, f"took {time.monotonic() - started:.1f} s: {answer.request[:100]}"
    assert answer.status < 500, answer
    return answer


GOOD = json.dumps({"schemas": [USER], "userName": "bad.input", "title": "T", "emails": [{"value": "a@example.com"}]})

NO_JSON = {
    "empty": b"", "blank": b" \r\n\t ", "word": b"userName", "number": b"5", "string": b'"x"', "true": b"true", "null": b"null",
    "array": b"[]", "array of it": b"[" + GOOD.encode() + b"]",
    "no quotes": b"{userName: \"x\"}", "single quotes": b"{'userName': 'x'}", "trailing comma": b'{"userName": "x",}',
    "comment": b'{"userName": "x" /* c */}', "line comment": b'// c\n{"userName": "x"}',
    "two": GOOD.encode() * 2, "text after": GOOD.encode() + b" x", "nan": b'{"userName": "x", "title": NaN}',
    "hex": b'{"userName": "x", "title": 0x10}', "leading zero": b'{"userName": "x", "a": 01}',
    "plus": b'{"userName": "x", "a": +1}', "bare minus": b'{"userName": "x", "a": -}', "dot": b'{"userName": "x", "a": 1.}',
    "bad escape": b'{"userName": "\\x41"}', "short escape": b'{"userName": "\\u12"}',
    "lone high surrogate": b'{"userName": "\\ud800"}', "lone low surrogate": b'{"userName": "\\udc00"}',
    "swapped surrogates": b'{"userName": "\\udc00\\ud800"}', "raw control": b'{"userName": "a\nb"}',
    "raw nul": b'{"userName": "a\x00b"}', "nul after": GOOD.encode() + b"\x00",
    "nul in a name": b'{"user\\u0000Name": "x", "userName": "bad.nul"}', "only bom": b"\xef\xbb\xbf",
    "latin-1": '{"userName": "bad.\u00fc"}'.encode("latin-1"), "utf-16": GOOD.encode("utf-16"), "utf-32": GOOD.encode("utf-32-le"),
    "overlong": b'{"userName": "bad.\xc0\xaf"}',
    "overlong nul": b'{"userName": "bad.\xc0\x80"}', "surrogate in utf-8": b'{"userName": "bad.\xed\xa0\x80"}',
    "beyond unicode": b'{"userName": "bad.\xf4\x90\x80\x80"}', "cut sequence": b'{"userName": "bad.\xe2\x82"}',
    "stray byte": b'{"userName": "bad.\x80"}', "not in a name": b'{"\xff": 1, "userName": "bad.ff"}',
    "duplicate": b'{"userName": "bad.1", "userName": "bad.2"}',
    "duplicate inside": b'{"userName": "bad.1", "name": {"familyName": "a", "familyName": "b"}}', "unclosed string": b'{"userName": "x',
    "unopened": b"}", "mismatch": b'{"userName": ["x"}]',
    "colon missing": b'{"userName" "x"}', "comma missing": b'{"userName": "x" "title": "y"}', "xml": b'<?xml version="1.0"?><User/>',
    "form": b"userName=x&title=y", "gzip": b"\x1f\x8b\x08\x00\x00",
}


@pytest.mark.smoke
@pytest.mark.parametrize("name", NO_JSON)
def test_no_json(scim, unchanged, name):
    """400 invalidSyntax, for each method that takes a body (RFC 7644 section 3.12, RFC 8259)."""
    (user,) = scim.get("/Users", count=1).ok()["Resources"]
    for method, path in (("POST", "/Users"), ("PUT", path_to(user)), ("PATCH", path_to(user)), ("POST", "/Groups")):
        timely(scim.request, method, path, NO_JSON[name]).error(400, "invalidSyntax")


@pytest.mark.smoke
def test_truncated(scim, unchanged):
    """Cut at any place."""
    for length in range(1, len(GOOD)):
        timely(scim.post, "/Users", GOOD[:length]).error(400, "invalidSyntax")


def test_names_that_are_the_same_but_for_case(scim, unchanged):
    """userName twice in two spellings: which one is meant is anybody's guess."""
    body = '{"schemas": ["%s"], "userName": "bad.1", "USERNAME": "bad.2"}' % USER
    scim.post("/Users", body).error(400, "invalidSyntax", "invalidValue")


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("depth", [40, 1000, 100000])
def test_deep(scim, unchanged, opening, closing, depth):
    """SCIMMaxDepth 32; what is deeper is not even built."""
    for inner in (opening * depth + closing * depth, opening * depth):
        if len(inner) < 900000:
            body = '{"schemas": ["%s"], "userName": "bad.deep", "x": %s}' % (USER, inner.replace('"a":}', '"a":1}'))
            timely(scim.post, "/Users", body).error(400, "invalidSyntax", None)
            timely(scim.request, "PATCH", "/Users/x", body).error(400, "invalidSyntax", None)


@pytest.mark.smoke
def test_huge(scim, unchanged):
    """SCIMMaxBody 1M: 413 beyond it."""
    for size in (1024 * 1024 + 1, 3 * 1024 * 1024):
        body = json.dumps({"schemas": [USER], "userName": "bad.huge", "title": ""})
        body = body[:-2] + "x" * (size - len(body)) + '"}'
        for method, path in (("POST", "/Users"), ("PUT", "/Users/x"), ("PATCH", "/Users/x")):
            timely(scim.request, method, path, body).error(413, None)


def test_many_things_at_once(scim, unchanged):
    """A megabyte of small ones: names, elements, operations. Ignored or refused, but soon."""
    names = {f"n{number}": number for number in range(40000)}
    answer = timely(scim.post, "/Users", {"schemas": [USER], **names})
    answer.error(400, "invalidValue")
    timely(scim.post, "/Users", {"schemas": [USER], "emails": [{"value": f"{n}"} for n in range(40000)]}).error(400, "invalidValue")
    timely(scim.post, "/Users", {"schemas": [f"urn:{n}" for n in range(50000)]}).error(400)
    timely(scim.post, "/Groups", {"schemas": [GROUP], "displayName": unique(),
                                  "members": [{"value": f"none{n}"} for n in range(30000)]}).error(400, "invalidValue")
    operations = [{"op": "remove", "path": f"x{n}"} for n in range(20000)]
    timely(scim.request, "PATCH", "/Users/x", {"schemas": [PATCH], "Operations": operations[:9000]}).error(400, "invalidPath")
    timely(scim.request, "PATCH", "/Users/x", {"schemas": [PATCH], "Operations": operations}).error(413)


def test_many_equal_values(scim):
    """Collapsing duplicates does not take the square of their number."""
    value = [{"value": "same@example.com", "type": "work"}] * 15000
    user = timely(scim.post, "/Users", {"schemas": [USER], "userName": unique(), "emails": value}).ok(201)
    assert user["emails"] == value[:1]
    other = [{"value": f"{n}@example.com", "type": "work"} for n in range(8000)]
    user = timely(scim.post, "/Users", {"schemas": [USER], "userName": unique(), "emails": other}).ok(201)
    assert user["emails"] == other
    timely(scim.patch, path_to(user), ("add", "emails", other)).ok(200, 204)
    assert scim.read(user) == user


def test_filters_within_the_limits(scim):
    user = scim.create_user()
    name = user["userName"]
    assert timely(scim.get, "/Users", filter="(" * 31 + f'userName eq "{name}"' + ")" * 31).ok()["totalResults"] == 1
    assert timely(scim.get, "/Users", filter=" or ".join([f'userName eq "{name}"'] * 150)).ok()["totalResults"] == 1
    assert timely(scim.get, "/Users", filter="not (" * 30 + f'userName eq "{name}"' + ")" * 30).ok()["totalResults"] == 1
    text = " or ".join(f'emails[value eq "{n}" and type eq "x"]' for n in range(100)) + f' or userName eq "{name}"'
    assert timely(scim.get, "/Users", filter=text).ok()["totalResults"] == 1


@pytest.mark.parametrize("path", [
    "members[" + " or ".join(f'value eq "{n}"' for n in range(3000)) + "]", "(" * 50000, "emails[" * 20000, "a." * 50000, ":" * 50000,
    "emails[" + "(" * 20000 + "value pr", 'emails[value eq "' + "x" * 300000, "x" * 500000, "emails[value eq " + "9" * 100000 + "]",
], ids=lambda p: p[:16])
def test_large_paths(scim, unchanged, path):
    (user,) = scim.get("/Users", count=1).ok()["Resources"]
    timely(scim.patch, path_to(user), ("remove", path)).error(400, "invalidPath")


@pytest.mark.smoke
@pytest.mark.parametrize("identity, status", [
    ("%2e%2e", 404), ("..%2f..%2fetc%2fpasswd", 404), ("%2e%2e%2fGroups", 404), ("%2f", 404), ("%2F%2F", 404), ("a%00b", 400), ("%00", 400),
    ("%", 400), ("%zz", 400), ("%2", 400), ("a%2", 400),
    ("%ff", 400), ("%c0%af", 400), ("%ed%a0%80", 400), ("%0d%0aX-Injected:%20yes", 404), ("%27", 404), ("%22", 404), ("%5c", 404),
    ("%3b", 404), ("a;b=c", 404), ("%25", 404), ("%2525", 404),
    ("%253f", 404), ("$(id)", 404), ("%60id%60", 404), ("{}", 404), ("null", 404), ("undefined", 404), ("0", 404), ("-1", 404),
    ("%20", 404), ("%09", 404), ("x" * 5000, 404), ("%e2%80%8b", 404),
])
def test_ids(directory, scim, unchanged, identity, status):
    """What is no percent-encoded UTF-8, or has a NUL, is 400; what is, names nobody."""
    directory.httpd.expect("AH10244: invalid URI path")
    for method, body in (("GET", None), ("PUT", {"schemas": [USER], "userName": unique()}),
                         ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "title"}]}), ("DELETE", None)):
        answer = timely(scim.request, method, f"/Users/{identity}", body).error(status)
        assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("path",
                         ["/Users/../Users/x", "/Users/./x", "//Users", "/Users//x", "/./Users/x", "/../v2/Users/x", "/Users/x/..",
                          "/Users/x/.", "/%55sers/x", "/Users%2fx", "/Users/x%2f", "/Users;a=b"])
def test_paths(scim, unchanged, path):
    """Whatever httpd makes of it, nothing is found and nothing is changed."""
    answer = timely(scim.request, "GET", path)
    assert answer.status in (200, 301, 400, 404)
    assert answer.status != 200 or path in ("//Users", "/Users/x/..")
    timely(scim.request, "DELETE", path + "y").error(timely(scim.request, "DELETE", path + "y").status)


def test_leaving_the_service(directory, scim, unchanged):
    """Dots do not lead out of the Location to where there is no authentication."""
    directory.httpd.expect("AH01630: client denied by server configuration", "AH10244: invalid URI path")
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/Users/%2e%2e/%2e%2e/%2e%2e/etc/passwd"):
        answer = scim.request("GET", path, check=False)
        assert answer.status in (400, 403, 404) and "root:" not in answer.text


@pytest.mark.parametrize("query",
                         ["count=-1", "count=0", "startIndex=0", "startIndex=-1", "count=99999999999999999999",
                          "startIndex=99999999999999999999", "count=-99999999999999999999",
                                   "startIndex=-99999999999999999999", "count=1&count=2", "unknown=1", "&&&", "=", "=x", "count",
                                   "startIndex", "%00=1", "filter", "sortBy", "attributes", "attributes=",
                                   "excludedAttributes=", "attributes=,,,", "%", "filter=%", "filter=%zz", "count=%31", "filter=%ff",
                                   "filter=userName%20eq%20%22%ff%22", "sortBy=%ff", "attributes=%ff",
                                   "filter=%00", "filter=userName%20pr%00", "sortBy=userName%00", "count=1%00", "?", "??count=1",
                                   "a" * 5000, "count=1;startIndex=2", "sortOrder=descending"])
def test_queries(scim, unchanged, query):
    """An answer or a SCIM error; never all for a filter that says nothing."""
    answer = timely(scim.get, "/Users?" + query)
    if answer.status != 200:
        answer.error(400)
    elif query.startswith("filter"):
        raise AssertionError(f"answered: {answer!r}")


@pytest.mark.smoke
@pytest.mark.parametrize("media_type",
                         ["text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded",
                          "multipart/form-data; boundary=x", "application/json-patch+json",
                                        "application/jsonx", "application/scim", "application/scim+json2", "json", "", "*/*",
                                        "application/*", ";", "application/json, text/plain",
                                        "application/merge-patch+json", "application/octet-stream"])
def test_wrong_media_types(scim, unchanged, media_type):
    """415 (RFC 7644 section 3.8, RFC 9110 section 15.5.16)."""
    (user,) = scim.get("/Users", count=1).ok()["Resources"]
    for method, path in (("POST", "/Users"), ("PUT", path_to(user)), ("PATCH", path_to(user))):
        timely(scim.request, method, path, GOOD, headers={"Content-Type": media_type}).error(415, None)


def test_other_encodings(scim, unchanged):
    """JSON is UTF-8; another charset, or a coding that nobody undoes, is refused."""
    for headers in ({"Content-Type": "application/json; charset=utf-16"}, {"Content-Type": "application/scim+json; charset=iso-8859-1"},
                    {"Content-Encoding": "gzip"}, {"Content-Encoding": "x"}):
        answer = timely(scim.request, "POST", "/Users", GOOD, headers=headers)
        answer.error(415, None)


def test_methods(scim, unchanged):
    (user,) = scim.get("/Users", count=1).ok()["Resources"]
    for method in ("PROPFIND", "MKCOL", "COPY", "MOVE", "LOCK", "REPORT"):
        for path in ("/Users", path_to(user), "/Schemas"):
            timely(scim.request, method, path).error(405)
    answer = scim.request("TRACE", path_to(user), check=False)
    assert answer.status in (200, 405) and "Resources" not in answer.text


def test_prototype_and_other_names(scim, unchanged):
    """Names that mean something elsewhere mean nothing here; without userName nothing is made."""
    for name in ("__proto__", "constructor", "$schema", "$ref", "@type", "", " ", "a" * 10000, "urn:",
                 ".", "name.familyName", "emails[0]", "\u00fc", "'", "id;"):
        timely(scim.post, "/Users", {"schemas": [USER], name: {"userName": "bad.proto"}}).error(400, "invalidValue")
        timely(scim.post, "/Users", {"schemas": [USER], name: "x"}).error(400, "invalidValue")


def test_wrongly_typed_everywhere(scim, unchanged):
    """Each attribute with each JSON type that it does not have."""
    wrong = {"string": [5, True, ["x"], {"x": 1}], "complex": [5, True, "x", ["x"]], "list": [5, True, "x", ["x"], [5], [["x"]], [None, 5]],
             "extension": [5, True, "x", ["x"]]}
    kinds = {"userName": "string", "displayName": "string", "externalId": "string", "title": "string", "profileUrl": "string",
             "locale": "string", "password": "string", "name": "complex",
             "emails": "list", "phoneNumbers": "list", "addresses": "list", "roles": "list", ENTERPRISE: "extension"}
    for name, kind in kinds.items():
        for value in wrong[kind]:
            timely(scim.post, "/Users", {"schemas": [USER], "userName": unique(), name: value}).error(400, "invalidValue", "invalidSyntax")


def test_requests_that_end_early(directory, unchanged):
    """A body shorter than announced is no request."""
    good = directory.client().headers({"Content-Type": "application/scim+json", "Content-Length": "100000", "Connection": "close"})
    head = "POST /scim/v2/Users HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in good.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", directory.httpd.port), timeout=20) as connection:
        connection.sendall(head.encode() + GOOD.encode())
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(65536)
    assert b" 201 " not in received


def test_chunked_bodies(directory, scim):
    """Taken as any other; a broken chunk is not."""
    name = unique("chunked")
    body = json.dumps({"schemas": [USER], "userName": name})
    common = "".join(f"{k}: {v}\r\n" for k,
                     v in scim.headers({"Content-Type": "application/scim+json", "Transfer-Encoding": "chunked",
                                        "Connection": "close"}).items())
    head = f"POST /scim/v2/Users HTTP/1.1\r\n{common}\r\n"
    pieces = "".join(f"{len(body[i:i + 7]):x}\r\n{body[i:i + 7]}\r\n" for i in range(0, len(body), 7)) + "0\r\n\r\n"
    assert raw_exchange(directory.httpd.port, (head + pieces).encode()).startswith(b"HTTP/1.1 201 ")
    assert len(scim.ids(filter=f'userName eq "{name}"')) == 1
    before = directory.database.dump()
    answer = raw_exchange(directory.httpd.port, (head + "zz\r\n" + body + "\r\n0\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert directory.database.dump() == before
