# SPDX-License-Identifier: Apache-2.0
"""GET and HEAD of one resource: RFC 7644 section 3.4.1."""
import json

import pytest
from harness.client import SCIM_JSON, path_to, segment, unique

pytestmark = pytest.mark.usefixtures("directory")

IDS = ["a b", "a/b", "a%b", "a%2Fb", "a+b", "a?b", "a#b", "a;b", "a&b=c", "a:b@c", "a\"b", "it's", "<a>", "a\\b", "{a}", "[a]", "a|b^c`d",
       "..", ".", "...",
       ".a", "a.", "a..b", "../a", "~a", "\u00fcmlaut", "\u6f22\u5b57", "\U0001f600", "a,b", "*", "(a)", "$a", "!a", "a\tb", "%", "%00",
       "a//b", "/", "//", "A", "a"]


def insert_person(database, identity, login=None):
    database.insert("person", ("id", "login", "created_at", "modified_at"),
                    [(identity, login or unique("row"), "2024-05-06 07:08:09", "2024-05-06 07:08:09")])


@pytest.mark.smoke
def test_one(scim):
    made = scim.create_user(name={"familyName": "Read"}, emails=[{"value": "r@example.com"}])
    answer = scim.get(path_to(made))
    assert answer.ok() == made
    assert answer.headers["ETag"] == made["meta"]["version"]
    assert answer.headers.get("Location", made["meta"]["location"]) == made["meta"]["location"]
    group = scim.create_group([made])
    assert scim.get(path_to(group)).ok() == group


@pytest.mark.smoke
@pytest.mark.parametrize("path",
                         ["/Users/nobody", "/Groups/nothing", "/Users/00000000-0000-0000-0000-000000000000", "/Users/%27%20OR%201=1%20--",
                          "/Users/" + "x" * 3000,
                                  "/Users/%E2%82%AC", "/Users/*", "/Users/null"])
def test_unknown(scim, path):
    """404 with a SCIM error, which needs no scimType (RFC 7644 section 3.12)."""
    scim.get(path).error(404, None)


def test_the_wrong_endpoint(scim):
    user, group = scim.create_user(), scim.create_group()
    scim.get(f"/Groups/{user['id']}").error(404)
    scim.get(f"/Users/{group['id']}").error(404)


@pytest.mark.parametrize("path",
                         ["/Nothing", "/Nothing/x", "/users", "/USERS", "/User", "/Users/x/y", "/Users/x/emails", "/Usersx", "/Users.json",
                          "/.well-known/x"])
def test_unknown_endpoints(scim, path):
    scim.get(path).error(404)


def test_ids_are_exact(directory, scim):
    """RFC 7643 section 3.1: id is caseExact; a blank is a character."""
    made = scim.create_user()
    identity = made["id"]
    assert identity.upper() != identity
    for other in (identity.upper(), identity + " ", " " + identity, identity + "%00", identity[:-1], identity + "x", identity + "\n"):
        scim.get(f"/Users/{segment(other)}").error(404)
    insert_person(directory.database, "Caf\u00e9")
    for other in ("cafe\u0301", "Cafe", "caf\u00e9", "Caf\u00c9", "Caf\u00e9 "):
        scim.get(f"/Users/{segment(other)}").error(404)
    assert scim.get(f"/Users/{segment('Caf' + chr(0xe9))}").ok()["id"] == "Caf\u00e9"


@pytest.mark.smoke
def test_ids_with_reserved_characters(directory, scim):
    """RFC 3986: encoded in every URL that we make, and such a URL leads back."""
    for identity in IDS:
        insert_person(directory.database, identity)
    group = scim.create_group(IDS)
    assert sorted(m["value"] for m in group["members"]) == sorted(IDS)
    references = {m["value"]: m["$ref"] for m in group["members"]}
    for identity in IDS:
        (listed,) = scim.get("/Users", filter=f"id eq {json.dumps(identity)}").ok()["Resources"]
        location = listed["meta"]["location"]
        assert location == references[identity]
        assert all(c.isascii() and (c.isalnum() or c in "-._~!$&'()*+,;=:@%/") for c in location.partition("://")[2]), location
        if identity not in (".", ".."):
            read = scim.get(scim.path_of(location))
            assert read.ok() == listed and listed["id"] == identity
            change = scim.patch(scim.path_of(location), ("replace", "title", identity))
            change.ok(200, 204)
            assert scim.get(scim.path_of(location)).ok()["title"] == identity
    assert len(directory.database.query("SELECT title FROM person WHERE title = id")) == len(IDS) - 2
    for identity in IDS[:30]:
        if identity not in (".", ".."):
            scim.delete(f"/Users/{segment(identity)}").ok(204)
            scim.get(f"/Users/{segment(identity)}").error(404)
    scim.delete(path_to(group)).ok(204)


@pytest.mark.smoke
def test_head(scim):
    """RFC 9110 section 9.3.2: what GET answers, without its body."""
    made = scim.create_user()
    got, head = scim.get(path_to(made)), scim.request("HEAD", path_to(made))
    assert head.status == 200 and head.body == b""
    for name in ("Content-Type", "ETag", "Location"):
        assert head.headers.get(name) == got.headers.get(name), name
    assert scim.request("HEAD", "/Users/nobody").status == 404
    assert scim.request("HEAD", "/Users").status == 200
    assert scim.request("HEAD", "/Users?filter=nonsense").status == 400


@pytest.mark.parametrize("accept",
                         [SCIM_JSON, "application/json", "*/*", "application/*", None, "text/html, application/xhtml+xml, */*;q=0.8",
                                    "application/json;q=0.5, application/scim+json", SCIM_JSON + "; charset=utf-8",
                                    "application/vnd.x+json, application/json"])
def test_accept(scim, accept):
    """RFC 7644 section 3.8; the answer is application/scim+json in each case, exactly so."""
    made = scim.create_user()
    for path in (path_to(made), "/Users?count=1", "/ServiceProviderConfig"):
        answer = scim.get(path, headers={"Accept": accept})
        answer.ok()
        assert answer.headers["Content-Type"] == SCIM_JSON
    scim.get("/Users/nobody", headers={"Accept": accept}).error(404)


def test_accept_that_excludes_json(scim):
    """406, or the answer all the same (RFC 9110 section 12.4.1)."""
    answer = scim.get("/Users?count=1", headers={"Accept": "text/html"})
    if answer.status != 200:
        answer.error(406)


def test_options(directory, scim):
    """OPTIONS says what there is, and asks no backend."""
    user = scim.create_user()
    before = directory.database.dump()
    for path, methods in ((path_to(user), {"GET", "HEAD", "PUT", "PATCH", "DELETE"}), ("/Users", {"GET", "HEAD", "POST"}),
                          ("/Users/nobody", {"GET", "PUT"})):
        answer = scim.request("OPTIONS", path)
        assert answer.status in (200, 204), answer
        assert methods <= {m.strip() for m in answer.headers["Allow"].split(",")}, answer.headers["Allow"]
    assert directory.database.dump() == before


@pytest.mark.parametrize("method", ["POST", "PROPFIND", "LOCK", "MKCOL", "FOO", "get"])
def test_methods_without_meaning(scim, method):
    user = scim.create_user()
    answer = scim.request(method, path_to(user), {} if method == "POST" else None)
    if method in ("FOO", "get"):
        answer.error(answer.status)
        assert answer.status in (405, 501)
    else:
        answer.error(405)
    assert scim.read(user) == user


def test_the_location_is_not_the_clients(scim):
    """A Host header from anywhere does not become a URL in our answers."""
    made = scim.create_user()
    answer = scim.get(path_to(made), headers={"Host": "evil.example.com"})
    if answer.status == 200:
        assert answer.json["meta"]["location"] == made["meta"]["location"]
        assert "evil" not in answer.text


def test_what_others_wrote(directory, scim):
    """A row that came by another way than SCIM."""
    database = directory.database
    insert_person(database, "by-hand")
    database.query("UPDATE person SET display_name = ?, status = 'I', given_name = ?, title = ? WHERE id = 'by-hand'", "By Hand", "", " ")
    database.insert("person_email", ("person_id", "position", "address", "kind", "is_primary"),
                    [("by-hand", 2, "two@example.com", None, None), ("by-hand", 1, "one@example.com", "work", True)])
    shown = scim.get("/Users/by-hand").ok()
    assert shown["displayName"] == "By Hand" and shown["active"] is False and shown["title"] == " "
    assert shown["emails"] == [{"value": "one@example.com", "type": "work", "primary": True}, {"value": "two@example.com"}]
    assert "name" not in shown or shown["name"] == {"givenName": ""}
    database.query("UPDATE person SET title = ? WHERE id = 'by-hand'", "Director")
    assert scim.get("/Users/by-hand").ok()["title"] == "Director"
    database.query("DELETE FROM person WHERE id = 'by-hand'")
    scim.get("/Users/by-hand").error(404)
