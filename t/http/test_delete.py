# SPDX-License-Identifier: Apache-2.0
"""DELETE: RFC 7644 section 3.6."""
import pytest
from harness.client import ENTERPRISE, USER, path_to, unique
from harness.databases import TABLES

pytestmark = pytest.mark.usefixtures("directory")


def _rows(database, identity):
    """How many rows of each table have the key of a person."""
    columns = {"person": "id", "team": "id", "team_member": "person_id"}
    return {t: len(database.query(f"SELECT 1 FROM {t} WHERE {columns.get(t, 'person_id')} = ?", identity)) for t in TABLES}


@pytest.mark.smoke
def test_deleted(directory, scim):
    """204 without a body; then it is nowhere."""
    user = scim.create_user(emails=[{"value": "a@example.com"}], phoneNumbers=[{"value": "1"}], addresses=[{"country": "DE"}],
                            roles=[{"value": "r"}])
    other = scim.create_user(emails=[{"value": "a@example.com"}])
    group = scim.create_group([user, other])
    before = _rows(directory.database, other["id"])
    assert scim.delete(path_to(user)).ok(204) is None
    scim.get(path_to(user)).error(404)
    scim.request("HEAD", path_to(user)).ok(404)
    scim.put(path_to(user), {"schemas": [USER], "userName": user["userName"]}).error(404)
    scim.patch(path_to(user), ("replace", "title", "T")).error(404)
    scim.delete(path_to(user)).error(404)
    for text in (f'id eq "{user["id"]}"', f'userName eq "{user["userName"]}"', f'userName sw "{user["userName"]}"'):
        assert scim.ids(filter=text) == []
    assert not any(_rows(directory.database, user["id"]).values())
    assert _rows(directory.database, other["id"]) == before
    assert [m["value"] for m in scim.read(group)["members"]] == [other["id"]]


@pytest.mark.smoke
def test_groups(directory, scim):
    user = scim.create_user()
    group, other = scim.create_group([user]), scim.create_group([user])
    scim.delete(path_to(group)).ok(204)
    scim.get(path_to(group)).error(404)
    scim.delete(path_to(group)).error(404)
    assert scim.read(other)["members"] and [g["value"] for g in scim.read(user)["groups"]] == [other["id"]]
    assert scim.create_group(displayName=group["displayName"])["id"] != group["id"]


@pytest.mark.smoke
@pytest.mark.parametrize("path",
                         ["/Users/nobody", "/Groups/nothing", "/Users/%27%20OR%201%3D1%20--%20", "/Users/%25", "/Users/_", "/Users/*",
                          "/Nothing/x", "/Users/x/y"])
def test_unknown(directory, scim, path):
    scim.create_user()
    before = directory.database.dump()
    scim.delete(path).error(404, None)
    assert directory.database.dump() == before


@pytest.mark.parametrize("path", ["/Users", "/Groups", "/Users?filter=userName%20pr", "/ServiceProviderConfig"])
def test_never_a_collection(directory, scim, path):
    scim.create_user()
    before = directory.database.dump()
    scim.delete(path).error(405)
    assert directory.database.dump() == before


def test_not_by_another_endpoint(directory, scim):
    user, group = scim.create_user(), scim.create_group()
    before = directory.database.dump()
    scim.delete(f"/Groups/{user['id']}").error(404)
    scim.delete(f"/Users/{group['id']}").error(404)
    for other in (user["id"].upper(), user["id"] + "%20"):
        scim.delete(f"/Users/{other}").error(404)
    assert directory.database.dump() == before


def test_the_name_is_free_again(scim):
    name = unique("again")
    for _ in range(3):
        scim.delete(path_to(scim.create_user(userName=name, emails=[{"value": "a@example.com", "type": "work"}]))).ok(204)


def test_managers(scim):
    """Who had the user as a manager has none, or the deletion is refused; here the database says: none."""
    boss = scim.create_user()
    user = scim.create_user(enterprise={"manager": {"value": boss["id"]}, "department": "D"})
    scim.delete(path_to(boss)).ok(204)
    assert scim.read(user)[ENTERPRISE] == {"department": "D"}


def test_a_body_is_ignored(scim):
    """RFC 9110 section 9.3.5: content of DELETE has no meaning."""
    user = scim.create_user()
    scim.request("DELETE", path_to(user), {"schemas": [USER]}).ok(204)
    scim.get(path_to(user)).error(404)


def test_parameters_are_ignored(scim):
    user = scim.create_user()
    scim.request("DELETE", path_to(user) + "?attributes=userName&filter=x").ok(204)
