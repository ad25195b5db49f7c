# SPDX-License-Identifier: Apache-2.0
"""PUT: RFC 7644 section 3.5.1."""
import pytest
from harness.client import ENTERPRISE, GROUP, USER, path_to, segment, state, unique, unordered
from harness.oracle import instant

pytestmark = pytest.mark.usefixtures("directory")

PASSWORD = "SELECT password_hash FROM person WHERE id = ?"


def body_of(resource, **changes):
    """The resource as a client sends it back, with changes; ... takes one out."""
    return {k: v for k, v in {**resource, **changes}.items() if v is not ...}


@pytest.mark.smoke
def test_replaced(scim):
    user = scim.create_user(name={"familyName": "Old", "givenName": "Name"}, title="T", nickName="N", emails=[{"value": "a@example.com"}],
                            enterprise={"department": "D"})
    new = {"schemas": [USER], "userName": unique("replaced"), "name": {"familyName": "New"},
           "emails": [{"value": "b@example.com", "type": "home"}], "displayName": "X", "active": False}
    answer = scim.put(path_to(user), new)
    shown = answer.ok(200)
    assert state(shown) == {**new, "id": user["id"]}
    assert answer.headers["ETag"] == shown["meta"]["version"] != user["meta"]["version"]
    assert answer.headers.get("Location", shown["meta"]["location"]) == shown["meta"]["location"] == user["meta"]["location"]
    assert shown["meta"]["created"] == user["meta"]["created"]
    assert instant(shown["meta"]["lastModified"]) >= instant(user["meta"]["lastModified"])
    assert scim.read(user) == shown


def test_lists_are_replaced(scim):
    emails = [{"value": f"{n}@example.com", "type": "work"} for n in range(5)]
    user = scim.create_user(emails=emails, phoneNumbers=[{"value": "1"}], addresses=[{"country": "DE"}, {"country": "FR"}],
                            roles=[{"value": "r", "primary": True}])
    for new in (emails[2:4], emails[3:1:-1], emails, [], [{**emails[0], "primary": True, "display": "first"}, emails[1]],
                [{**emails[0], "type": "home"}], emails[::-1]):
        shown = scim.put(path_to(user), body_of(user, emails=new)).ok()
        assert unordered(shown.get("emails", [])) == unordered(new)
        assert scim.read(user) == shown
    for new in ([{"country": "FR"}], [{"country": "FR"}, {"country": "DE", "locality": "Bonn"}], [{"country": "DE"}, {"country": "FR"}]):
        assert unordered(scim.put(path_to(user), body_of(user, addresses=new)).ok()["addresses"]) == unordered(new)
    shown = scim.put(path_to(user), body_of(user, addresses=..., phoneNumbers=..., roles=None)).ok()
    assert not {"addresses", "phoneNumbers", "roles"} & set(shown)


@pytest.mark.smoke
def test_what_is_left_out_is_cleared(directory, scim):
    """Read-write attributes, an extension's among them."""
    boss = scim.create_user()
    user = scim.create_user(externalId="e", title="T", nickName="N", profileUrl="https://example.com/", locale="de",
                            timezone="Europe/Berlin", preferredLanguage="de",
                            name={"familyName": "F"}, phoneNumbers=[{"value": "1"}],
                            enterprise={"department": "D", "manager": {"value": boss["id"]}})
    shown = scim.put(path_to(user), {"schemas": [USER], "userName": user["userName"]}).ok()
    assert state(shown) == {"schemas": [USER], "id": user["id"], "userName": user["userName"], "active": True}
    assert directory.database.query("SELECT manager_id, department, external_id FROM person WHERE id = ?",
                                    user["id"]) == [(None, None, None)]


def test_an_inactive_user_without_active(scim):
    """Left out: a default, or cleared (RFC 7644 section 3.5.1). The column has the default 'A'."""
    user = scim.create_user(active=False)
    shown = scim.put(path_to(user), {"schemas": [USER], "userName": user["userName"]}).ok()
    assert shown.get("active", True) is True
    assert scim.read(user) == shown


@pytest.mark.smoke
def test_the_same_again(directory, scim):
    """A PUT of what is there changes nothing: no version, no time."""
    boss = scim.create_user()
    user = scim.create_user(name={"familyName": "F"}, emails=[{"value": "a@example.com", "primary": True}, {"value": "b@example.com"}],
                            title="T", active=False,
                            enterprise={"department": "D", "manager": {"value": boss["id"]}})
    group = scim.create_group([user, boss])
    user = scim.read(user)
    before = directory.database.dump()
    for resource in (user, group):
        assert scim.put(path_to(resource), resource).ok() == resource
        assert scim.put(path_to(resource), body_of(resource, id=..., meta=..., groups=...)).ok() == resource
    assert directory.database.dump() == before


def test_read_only_input_is_ignored(scim):
    user, other, group = scim.create_user(), scim.create_user(), scim.create_group()
    shown = scim.put(path_to(user),
                     body_of(user, id=other["id"], title="T", groups=[{"value": group["id"]}],
                             meta={"created": "1999-01-01T00:00:00Z", "version": 'W/"0"',
                                            "resourceType": "Group", "location": other["meta"]["location"]})).ok()
    assert shown["id"] == user["id"] and shown["title"] == "T" and "groups" not in shown
    assert {k: shown["meta"][k] for k in ("created", "resourceType", "location")} == {k: user["meta"][k]
                                                                                      for k in ("created", "resourceType", "location")}
    assert "members" not in scim.read(group) and "title" not in scim.read(other)


@pytest.mark.smoke
def test_the_password_stays(directory, scim):
    """Nobody could read it to send it back."""
    user = scim.create_user(password="first")
    first = directory.database.query(PASSWORD, user["id"])
    scim.put(path_to(user), body_of(user, title="T")).ok()
    assert directory.database.query(PASSWORD, user["id"]) == first
    shown = scim.put(path_to(user), body_of(user, password="second")).ok()
    second = directory.database.query(PASSWORD, user["id"])
    assert second != first and second[0][0].startswith("$2") and "password" not in shown


@pytest.mark.smoke
@pytest.mark.parametrize("changes",
                         [{"userName": ...}, {"userName": None}, {"userName": ""}, {"userName": 5}, {"active": "maybe"}, {"name": "x"},
                          {"emails": [5]},
                                     {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}, {ENTERPRISE: "x"},
                                     {ENTERPRISE: {"manager": {"value": "nobody"}}}])
def test_wrong_values(directory, scim, changes):
    user = scim.create_user(title="T", emails=[{"value": "x@example.com"}])
    before = directory.database.dump()
    scim.put(path_to(user), body_of(user, title="T2", **changes)).error(400, "invalidValue")
    assert directory.database.dump() == before


@pytest.mark.smoke
def test_put_never_creates(directory, scim):
    before = directory.database.dump()
    for path in ("/Users/nobody", "/Users/" + segment("a/b")):
        scim.put(path, {"schemas": [USER], "id": "nobody", "userName": unique()}).error(404)
    scim.put("/Groups/nothing", {"schemas": [GROUP], "displayName": unique()}).error(404)
    assert directory.database.dump() == before


@pytest.mark.smoke
def test_a_name_that_is_taken(directory, scim):
    one, other = scim.create_user(), scim.create_user(emails=[{"value": "a@example.com"}])
    group, another = scim.create_group(), scim.create_group([one])
    before = directory.database.dump()
    for name in (one["userName"], one["userName"].upper()):
        scim.put(path_to(other), body_of(other, userName=name, title="T", emails=[])).error(409, "uniqueness")
    scim.put(path_to(another), body_of(another, displayName=group["displayName"], members=[])).error(409, "uniqueness")
    assert directory.database.dump() == before
    shown = scim.put(path_to(other), body_of(other, userName=other["userName"].upper())).ok()
    assert shown["userName"] == other["userName"].upper() != other["userName"], "one's own name in another spelling is free"


def test_groups(scim):
    one, two, three = (scim.create_user() for _ in range(3))
    group = scim.create_group([one, two], externalId="x")

    def put(**changes):
        shown = scim.put(path_to(group), {"schemas": [GROUP], "displayName": group["displayName"], **changes}).ok()
        assert scim.read(group) == shown
        return sorted(m["value"] for m in shown.get("members", []))
    assert put(members=[{"value": two["id"]}, {"value": three["id"], "display": "Three", "type": "User"}]) == sorted([two["id"],
                                                                                                                      three["id"]])
    assert put(members=[{"value": two["id"]}, {"value": two["id"]}]) == [two["id"]]
    assert "externalId" not in scim.read(group)
    assert put(members=[]) == []
    assert put(members=[{"value": one["id"]}]) == [one["id"]]
    assert put() == []


def test_unknown_members(directory, scim):
    user = scim.create_user()
    group = scim.create_group([user])
    before, members = directory.database.dump(), [{"value": user["id"]}, {"value": "nobody"}]
    scim.put(path_to(group), {"schemas": [GROUP], "displayName": "New", "members": members}).error(400, "invalidValue")
    assert directory.database.dump() == before


def test_columns_that_no_rule_knows_stay(directory, scim):
    """The write set: docs/mapping.md, "What a change writes"."""
    database = directory.database
    database.query("ALTER TABLE person ADD COLUMN payroll INTEGER")
    user = scim.create_user(title="T")
    database.query("UPDATE person SET payroll = 4711 WHERE id = ?", user["id"])
    scim.put(path_to(user), {"schemas": [USER], "userName": user["userName"]}).ok()
    scim.change(user, ("replace", "title", "U"))
    assert database.query("SELECT payroll, title FROM person WHERE id = ?", user["id"]) == [(4711, "U")]


def test_a_change_is_seen_at_once(directory, scim):
    """And by others: the answer came after the commit."""
    user, other = scim.create_user(), directory.client()
    for number in range(10):
        scim.put(path_to(user), body_of(user, title=f"T{number}")).ok()
        assert other.read(user)["title"] == f"T{number}"
        assert directory.database.query("SELECT title FROM person WHERE id = ?", user["id"]) == [(f"T{number}",)]
    other.close()
