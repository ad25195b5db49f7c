# SPDX-License-Identifier: Apache-2.0
"""Versions: RFC 7644 section 3.14, RFC 9110 sections 8.8.3, 13.1."""
import re

import pytest
from harness.client import USER, path_to, unique

pytestmark = pytest.mark.usefixtures("directory")

STALE = ['W/"999999"', '"999999"', 'W/"x"', '""', 'W/""', 'W/"a", "b"', 'W/"-1"', 'W/"1e0"', 'W/"%33"', 'W/"03"',
         'W/"99999999999999999999999999"', "W/\"1'OR'1'='1\""]


@pytest.fixture
def user(scim):
    """A user in its third version."""
    made = scim.create_user()
    scim.change(made, ("replace", "title", "T1"))
    return scim.change(made, ("replace", "title", "T2"))


def strong(tag):
    return tag[2:] if tag.startswith("W/") else tag


@pytest.mark.smoke
def test_everywhere_the_same(scim):
    answer = scim.post("/Users", {"schemas": [USER], "userName": unique()})
    made = answer.ok(201)
    tag, path = made["meta"]["version"], path_to(made)
    assert re.fullmatch(r'(W/)?"[\x21\x23-\x7e]+"', tag)
    assert answer.headers["ETag"] == tag == scim.get(path).headers["ETag"] == scim.request("HEAD", path).headers["ETag"]
    (listed,) = scim.get("/Users", filter=f'id eq "{made["id"]}"').ok()["Resources"]
    assert listed["meta"]["version"] == tag
    answer = scim.put(path, {**made, "title": "T"})
    assert answer.headers["ETag"] == answer.ok()["meta"]["version"] != tag
    answer = scim.patch(path, ("replace", "title", "U"), attributes="meta")
    assert answer.headers["ETag"] == answer.ok()["meta"]["version"] == scim.read(made)["meta"]["version"]


@pytest.mark.smoke
def test_each_change_is_another_version(scim):
    made = scim.create_user()
    seen = [made["meta"]["version"]]
    for change in (("replace", "title", "T"), ("add", "emails", [{"value": "a@example.com"}]),
                   ("replace", 'emails[value eq "a@example.com"].type', "work"),
                   ("remove", "emails"), ("replace", "active", False), ("replace", "password", "x"), ("replace", "title", "T0"),
                   ("replace", "title", "T")):
        seen.append(scim.change(made, change)["meta"]["version"])
    assert len(set(seen)) == len(seen), seen


@pytest.mark.smoke
def test_conditional_reads(scim, user):
    """If-None-Match with the version, among others, or *: 304. Weak comparison (RFC 9110 section 13.1.2)."""
    tag = user["meta"]["version"]
    for header in (tag, "*", f'"x", {tag}', f'{tag},W/"y"', strong(tag), "W/" + strong(tag), f'"a"  ,\t{tag} , "b"'):
        for method in ("GET", "HEAD"):
            answer = scim.request(method, path_to(user), headers={"If-None-Match": header})
            answer.ok(304)
            assert answer.headers["ETag"] == tag, header
    for header in ('W/"x"', '"999999"', strong(tag).replace('"', '"0', 1), "W/\"" + strong(tag)[1:-1] + 'x"'):
        assert scim.get(path_to(user), headers={"If-None-Match": header}).ok() == user
    scim.change(user, ("replace", "title", "new"))
    assert scim.get(path_to(user), headers={"If-None-Match": tag}).ok()["title"] == "new"


def test_conditional_reads_of_what_is_not_there(scim):
    scim.get("/Users/nobody", headers={"If-None-Match": "*"}).error(404)
    scim.get("/Users/nobody", headers={"If-Match": 'W/"1"'}).error(404, None)


def test_if_match_on_reads(scim, user):
    """RFC 9110 section 13.1.1: 412 unless the version is among them."""
    assert scim.get(path_to(user), headers={"If-Match": user["meta"]["version"]}).ok() == user
    assert scim.get(path_to(user), headers={"If-Match": "*"}).ok() == user
    scim.get(path_to(user), headers={"If-Match": 'W/"999999"'}).error(412)


@pytest.mark.smoke
@pytest.mark.parametrize("tag", STALE)
def test_stale(directory, scim, user, tag):
    """412 on PUT, PATCH and DELETE, and nothing changed."""
    before = directory.database.dump()
    headers = {"If-Match": tag}
    scim.put(path_to(user), {**user, "title": "new"}, headers=headers).error(412, None)
    scim.patch(path_to(user), ("replace", "title", "new"), headers=headers).error(412, None)
    scim.patch(path_to(user), ("replace", "title", "T2"), headers=headers).error(412, None)
    scim.patch(path_to(user), ("add", "emails", [{"value": "a@example.com"}]), headers=headers).error(412, None)
    scim.delete(path_to(user), headers=headers).error(412, None)
    assert directory.database.dump() == before


@pytest.mark.smoke
def test_current(scim, user):
    """The version, among others, or * (as SAP sends it): done."""
    path = path_to(user)
    for header in ("{}", "*", '"x", {}', '{}, W/"y"'):
        user = scim.put(path, {**user, "title": unique()}, headers={"If-Match": header.format(user["meta"]["version"])}).ok()
        scim.patch(path, ("replace", "title", unique()), headers={"If-Match": header.format(user["meta"]["version"])}).ok(200, 204)
        user = scim.read(user)
    scim.delete(path, headers={"If-Match": user["meta"]["version"]}).ok(204)
    scim.delete(path_to(scim.create_user()), headers={"If-Match": "*"}).ok(204)


@pytest.mark.parametrize("header", ["x", 'W/" 3"', "W/\"1' OR '1'='1\"", '"x', "W/", 'w/"1"', '"a" "b"', "W/x", '"a","b', ";", "\u00e9"])
def test_no_entity_tags(directory, scim, user, header):
    """Not a list of entity tags: a bad request, or a version that nobody has; never a blind change."""
    before = directory.database.dump()
    headers = {"If-Match": header.encode("utf-8")}
    for answer in (scim.put(path_to(user), {**user, "title": "new"}, headers=headers),
                   scim.patch(path_to(user), ("replace", "title", "new"), headers=headers),
                   scim.delete(path_to(user), headers=headers)):
        assert answer.status in (400, 412), answer
    assert directory.database.dump() == before


def test_an_earlier_version_is_stale(directory, scim, user):
    first = scim.create_user()
    path, old = path_to(first), first["meta"]["version"]
    now = scim.change(first, ("replace", "title", "a"))
    scim.change(first, ("remove", "title"))
    before = directory.database.dump()
    for version in (old, now["meta"]["version"]):
        scim.put(path, {**first, "title": "b"}, headers={"If-Match": version}).error(412)
        scim.delete(path, headers={"If-Match": version}).error(412)
    assert directory.database.dump() == before


def test_if_none_match_on_changes(directory, scim, user):
    """RFC 9110 section 13.1.2: 412 for methods that are not safe, where the condition is false."""
    before = directory.database.dump()
    for header in ("*", user["meta"]["version"]):
        scim.put(path_to(user), {**user, "title": "new"}, headers={"If-None-Match": header}).error(412)
        scim.patch(path_to(user), ("replace", "title", "new"), headers={"If-None-Match": header}).error(412)
        scim.delete(path_to(user), headers={"If-None-Match": header}).error(412)
    assert directory.database.dump() == before


def test_what_is_not_there_is_not_found(scim):
    """404 comes first: there is no version to compare with."""
    for header in ('W/"1"', "*"):
        scim.put("/Users/nobody", {"schemas": [USER], "userName": unique()}, headers={"If-Match": header}).error(404, None)
        scim.patch("/Users/nobody", ("replace", "title", "x"), headers={"If-Match": header}).error(404, None)
        scim.delete("/Users/nobody", headers={"If-Match": header}).error(404, None)


def test_wrong_requests_come_before_their_versions(directory, scim, user):
    """What cannot be understood is 400, whatever its version."""
    before = directory.database.dump()
    headers = {"If-Match": 'W/"999999"'}
    for answer in (scim.put(path_to(user), "{", headers=headers), scim.request("PATCH", path_to(user), {}, headers=headers)):
        answer.error(400, "invalidSyntax")
    assert directory.database.dump() == before


def test_versions_of_groups(directory, scim):
    group = scim.create_group()
    tag = group["meta"]["version"]
    scim.get(path_to(group), headers={"If-None-Match": tag}).ok(304)
    now = scim.change(group, ("replace", "displayName", unique("renamed")))
    before = directory.database.dump()
    scim.put(path_to(group), group, headers={"If-Match": tag}).error(412)
    scim.delete(path_to(group), headers={"If-Match": tag}).error(412)
    assert directory.database.dump() == before
    scim.delete(path_to(group), headers={"If-Match": now["meta"]["version"]}).ok(204)


def test_dates_decide_nothing(scim, user):
    """Versions have no Last-Modified beside them; an old If-Unmodified-Since must not lose a change silently either."""
    answer = scim.get(path_to(user), headers={"If-Modified-Since": "Sat, 29 Oct 2044 19:43:31 GMT"})
    assert answer.ok(200, 304) in (user, None)
    assert "Last-Modified" not in answer.headers or answer.status == 200


def test_lists_have_no_tag_that_lies(scim, user):
    """A tag of a list, if there is one, changes with what is in it."""
    query = {"filter": f'id eq "{user["id"]}"'}
    first = scim.get("/Users", **query)
    scim.change(user, ("replace", "title", "other"))
    second = scim.get("/Users", **query)
    assert first.headers.get("ETag") is None or first.headers["ETag"] != second.headers["ETag"]
    assert scim.get("/Users", headers={"If-None-Match": user["meta"]["version"]}, **query).ok()["totalResults"] == 1
