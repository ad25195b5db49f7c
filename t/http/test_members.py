# SPDX-License-Identifier: Apache-2.0
"""Membership: RFC 7643 sections 4.1.2, 4.2, RFC 7644 section 3.5.2; large groups; the rows that a change touches."""
import time

import pytest
from harness import settings
from harness.client import GROUP, PATCH, path_to, segment, unique

pytestmark = pytest.mark.usefixtures("directory")

MANY = 5000


@pytest.fixture
def users(scim):
    return [scim.create_user() for _ in range(4)]


def members(scim, group):
    """Ids, sorted."""
    return sorted(m["value"] for m in scim.read(group).get("members", []))


def ids(*users):
    return sorted(u["id"] for u in users)


def values(*users):
    return [{"value": u["id"] if isinstance(u, dict) else u} for u in users]


class Links:
    """The rows of team_member and what tells a row from another one with the same content."""

    def __init__(self, database):
        self.database = database
        if database.driver == "mysql" and not database.query("SHOW COLUMNS FROM team_member LIKE 'n'"):
            database.query("ALTER TABLE team_member ADD COLUMN n BIGINT NOT NULL AUTO_INCREMENT UNIQUE")

    def of(self, group):
        mark = {"sqlite3": "rowid", "pgsql": "ctid", "mysql": "n"}[self.database.driver]
        return {person: row for person,
                row in self.database.query(f"SELECT person_id, {mark} FROM team_member WHERE team_id = ?", group["id"])}


@pytest.fixture(scope="module")
def links(directory):
    return Links(directory.database)


# ---- what a member is ----

@pytest.mark.smoke
def test_what_is_shown(scim, users):
    group = scim.create_group(users[:2])
    assert sorted(group["members"], key=lambda m: m["value"]) == sorted(
        ({"value": u["id"], "$ref": u["meta"]["location"], "type": "User"} for u in users[:2]), key=lambda m: m["value"])
    for member in group["members"]:
        assert scim.get(scim.path_of(member["$ref"])).ok()["id"] == member["value"]


@pytest.mark.smoke
def test_users_show_their_groups(scim, users):
    """Derived and read-only (RFC 7643 section 4.1.2)."""
    one, two = scim.create_group(users[:1]), scim.create_group(users[:2])
    shown = scim.read(users[0])
    assert sorted(shown["groups"], key=lambda g: g["value"]) == sorted(
        ({"value": g["id"], "$ref": g["meta"]["location"], "display": g["displayName"], "type": "direct"} for g in (one, two)),
        key=lambda g: g["value"])
    assert [g["value"] for g in scim.read(users[1])["groups"]] == [two["id"]]
    assert "groups" not in scim.read(users[2])
    (listed,) = scim.get("/Users", filter=f'id eq "{users[0]["id"]}"').ok()["Resources"]
    assert listed == shown
    name = unique("renamed")
    scim.change(two, ("replace", "displayName", name))
    assert [g["display"] for g in scim.read(users[1])["groups"]] == [name]
    scim.delete(path_to(two)).ok(204)
    assert "groups" not in scim.read(users[1])
    assert [g["value"] for g in scim.read(users[0])["groups"]] == [one["id"]]


@pytest.mark.smoke
def test_deleted_users_leave_their_groups(directory, scim, users):
    """RFC 7644 section 3.6."""
    groups = [scim.create_group(users), scim.create_group(users[1:3])]
    scim.delete(path_to(users[1])).ok(204)
    assert members(scim, groups[0]) == ids(users[0], users[2], users[3]) and members(scim, groups[1]) == ids(users[2])
    assert directory.database.query("SELECT * FROM team_member WHERE person_id = ?", users[1]["id"]) == []
    assert scim.ids("/Groups", filter=f'members eq "{users[1]["id"]}"') == []


def test_deleted_groups_leave_their_users(directory, scim, users):
    group = scim.create_group(users)
    scim.delete(path_to(group)).ok(204)
    assert directory.database.query("SELECT * FROM team_member WHERE team_id = ?", group["id"]) == []
    assert all("groups" not in scim.read(u) for u in users)


# ---- changes ----

@pytest.mark.smoke
def test_add(scim, users):
    one, two, three, four = users
    group = scim.create_group()
    for operations, want in (
        ([("add", "members", values(one))], [one]), ([("add", "members", values(two, three))], [one, two, three]),
        ([("add", "members", values(one))], [one, two, three]),
        ([("add", "members", [])], [one, two, three]), ([("add", None, {"members": values(four)})], users), ([("remove", "members")], []),
        ([("add", "members", values(one)[0])], [one]),
        ([("add", "members", values(two)), ("add", "members", values(three))], [one, two, three]),
        ([("Add", "members", [{"$ref": None, "value": four["id"]}])], users),
        ([("add", "members", [{"value": one["id"], "display": "x", "type": "User"}])], users),
    ):
        scim.patch(path_to(group), *operations).ok(200, 204)
        assert members(scim, group) == ids(*want), operations


@pytest.mark.smoke
def test_remove(scim, users):
    one, two, three, four = users
    group = scim.create_group()
    by_one, by_two, by_three = (f'members[value eq "{u["id"]}"]' for u in (one, two, three))
    for operations, want in (
        ([("remove", by_one)], [two, three, four]), ([("remove", by_one), ("remove", by_two)], [three, four]),
        ([("remove", "members")], []),
        ([("remove", f'members[value eq "{one["id"]}" or value eq "{two["id"]}"]')], [three, four]),
        ([("remove", "members", values(one))], [two, three, four]),
        ([("Remove", "members", [{"$ref": None, "value": two["id"]}, {"value": three["id"]}])], [one, four]),
        ([("remove", 'members[type eq "User"]')], []),
        ([("remove", "members[value pr]")], []), ([("remove", f'members[not (value eq "{one["id"]}")]')], [one]),
        ([("remove", 'members[value eq "nobody"]')], users),
        ([("remove", "members", values("nobody"))], users), ([("remove", "members", values("nobody", one))], [two, three, four]),
        ([("remove", 'members[type eq "Group"]')], users),
        ([("remove", f'MEMBERS[VALUE EQ "{one["id"]}"]')], [two, three, four]),
        ([("remove", f'{GROUP}:members[value eq "{one["id"]}"]')], [two, three, four]),
        ([("remove", f'members[value eq "{one["id"].upper()}"]')], users), ([("remove", "members", [])], users),
    ):
        scim.patch(path_to(group), ("replace", "members", values(*users))).ok(200, 204)
        scim.patch(path_to(group), *operations).ok(200, 204)
        assert members(scim, group) == ids(*want), operations


@pytest.mark.smoke
def test_replace(scim, users):
    one, two, three, four = users
    group = scim.create_group(users[:2])
    for operations, want in (
        ([("replace", "members", values(two, three))], [two, three]), ([("replace", "members", values(two, three))], [two, three]),
        ([("replace", "members", [])], []),
        ([("replace", "members", values(one)[0])], [one]), ([("replace", None, {"members": values(three, four)})], [three, four]),
        ([("replace", "members", None)], []),
        ([("replace", "members", values(one, one, one))], [one]), ([("remove", "members"), ("add", "members", values(two))], [two]),
        ([("replace", "members", values(one)), ("add", "members", values(four)), ("remove", "members", values(one))], [four]),
        ([("add", "members", values(one)), ("replace", "members", values(two)), ("add", "members", values(three))], [two, three]),
        ([("remove", f'members[value eq "{two["id"]}"]'), ("add", "members", values(two))], [two, three]),
        ([("add", "members", values(one)), ("remove", f'members[value eq "{one["id"]}"]')], [two, three]),
        ([("remove", f'members[value eq "{three["id"]}"]'), ("add", "members", values(four)), ("replace", "externalId", "x")], [two, four]),
    ):
        scim.patch(path_to(group), *operations).ok(200, 204)
        assert members(scim, group) == ids(*want), operations
    assert scim.read(group)["externalId"] == "x"


@pytest.mark.smoke
def test_unknown_members_are_refused(directory, scim, users):
    group, other = scim.create_group(users[:1]), scim.create_group()
    before = directory.database.dump()
    for unknown in ("nobody", group["id"], other["id"], users[1]["id"].upper(), users[1]["id"] + " ", "' OR 1=1 --", "bulkId:x"):
        for operations in ([("add", "members", values(unknown))], [("add", "members", values(users[1], unknown, users[2]))],
                           [("replace", "members", values(users[1], unknown))],
                           [("add", None, {"members": values(unknown)})],
                           [("replace", "externalId", "x"), ("add", "members", values(unknown))]):
            scim.patch(path_to(group), *operations).error(400, "invalidValue")
            assert directory.database.dump() == before, operations
        body = {"schemas": [GROUP], "displayName": unique(), "members": values(users[0], unknown)}
        scim.put(path_to(group), body).error(400, "invalidValue")
        scim.post("/Groups", body).error(400, "invalidValue")
    assert directory.database.dump() == before


@pytest.mark.parametrize("operations", [
    [("add", "members", "x")], [("add", "members", ["x"])], [("add", "members", [5])], [("add", "members", [{"value": 5}])],
    [("replace", "members", True)], [("add", "members", [[]])],
    [("add", "members", [{}])], [("add", "members", [{"display": "x"}])], [("add", "members", [{"value": None}])],
    [("replace", "members", [{"value": {"id": "x"}}])],
])
def test_wrong_values(directory, scim, operations):
    group = scim.create_group([scim.create_user()])
    before = directory.database.dump()
    scim.patch(path_to(group), *operations).error(400, "invalidValue")
    assert directory.database.dump() == before


@pytest.mark.parametrize("path",
                         ["members[", "members[value]", "members[value xx \"x\"]", "members[nosuch eq \"x\"]", "members[]",
                          "members[value eq x]", "members.nosuch"])
def test_wrong_paths(directory, scim, path):
    """What is not understood clears nothing."""
    group = scim.create_group([scim.create_user()])
    before = directory.database.dump()
    scim.patch(path_to(group), ("remove", path)).error(400, "invalidPath")
    scim.patch(path_to(group), ("remove", path, values("x"))).error(400, "invalidPath")
    assert directory.database.dump() == before


@pytest.mark.parametrize("value", [5, True, {}, {"display": "x"}, [5], [{}], [{"display": "x"}], [{"value": 5}], [None], [[]]])
def test_a_value_of_a_removal_that_is_not_understood(directory, scim, value):
    """House rule: a PATCH that is not understood is refused, never turned into "clear"."""
    group = scim.create_group([scim.create_user(), scim.create_user()])
    before = directory.database.dump()
    scim.patch(path_to(group), ("remove", "members", value)).error(400, "invalidValue", "invalidSyntax", "invalidPath", "noTarget")
    assert directory.database.dump() == before


def test_members_are_immutable(directory, scim, users):
    """RFC 7643 section 4.2: value is immutable: another member is another element."""
    group = scim.create_group(users[:1])
    before = directory.database.dump()
    scim.patch(path_to(group), ("replace", f'members[value eq "{users[0]["id"]}"].value', users[1]["id"])).error(400, "mutability")
    assert directory.database.dump() == before


@pytest.mark.smoke
def test_versions(scim, users):
    """A changed membership is another version of the group; the same membership is not. Users keep theirs (groups is derived)."""
    group = scim.create_group(users[:1])

    def version(*operations):
        return scim.change(group, *operations)["meta"]["version"]
    first = group["meta"]["version"]
    assert version(("add", "members", values(users[0]))) == first
    assert version(("remove", "members", values(users[1]))) == first
    assert version(("remove", f'members[value eq "{users[1]["id"]}"]')) == first
    assert version(("replace", "members", values(users[0]))) == first
    second = version(("add", "members", values(users[1])))
    assert second != first
    third = version(("remove", "members", values(users[1])))
    assert third not in (first, second)
    assert scim.read(users[1])["meta"] == users[1]["meta"]


def test_if_match(directory, scim, users):
    group = scim.create_group(users[:1])
    stale = group["meta"]["version"]
    now = scim.change(group, ("add", "members", values(users[1])))
    before = directory.database.dump()
    scim.patch(path_to(group), ("add", "members", values(users[2])), headers={"If-Match": stale}).error(412)
    scim.patch(path_to(group), ("remove", "members"), headers={"If-Match": stale}).error(412)
    assert directory.database.dump() == before
    scim.patch(path_to(group), ("add", "members", values(users[2])), headers={"If-Match": now["meta"]["version"]}).ok(200, 204)
    assert members(scim, group) == ids(*users[:3])


# ---- rows ----

@pytest.mark.smoke
def test_a_member_is_a_row(scim, users, links):
    """Adding one, removing one touches that row and no other."""
    group = scim.create_group(users[:2])
    first = links.of(group)
    scim.patch(path_to(group), ("add", "members", values(users[2]))).ok(200, 204)
    second = links.of(group)
    assert {k: second[k] for k in first} == first and set(second) - set(first) == {users[2]["id"]}
    scim.patch(path_to(group), ("remove", f'members[value eq "{users[0]["id"]}"]')).ok(200, 204)
    third = links.of(group)
    assert third == {k: v for k, v in second.items() if k != users[0]["id"]}
    scim.patch(path_to(group), ("replace", "displayName", unique("renamed"))).ok(200, 204)
    assert links.of(group) == third
    scim.patch(path_to(group), ("add", "members", values(users[1]))).ok(200, 204)
    assert links.of(group) == third, "a member that was there"
    scim.patch(path_to(group), ("replace", "members", values(users[1], users[3]))).ok(200, 204)
    fourth = links.of(group)
    assert set(fourth) == {users[1]["id"],
                           users[3]["id"]} and fourth[users[1]["id"]] == third[users[1]["id"]], "a replace writes the difference"
    scim.put(path_to(group), {"schemas": [GROUP], "displayName": group["displayName"],
                              "members": values(users[0], users[1], users[3])}).ok()
    fifth = links.of(group)
    assert {k: fifth[k] for k in fourth} == fourth and len(fifth) == 3, "a PUT writes the difference"


@pytest.fixture(scope="module")
def crowd(directory, links):
    """5,000 people, made by the database."""
    rows = [(f"crowd-{n:05}", f"crowd.{n:05}", "2024-05-06 07:08:09", "2024-05-06 07:08:09") for n in range(MANY)]
    directory.database.insert("person", ("id", "login", "created_at", "modified_at"), rows)
    return [row[0] for row in rows]


def _within(seconds):
    """A generous bound, for what would take minutes if it were done the wrong way."""
    return time.monotonic() + seconds * settings.PATIENCE


def test_a_large_group(directory, scim, crowd, links):
    """5,000 at once: made, shown, changed by one, emptied; each is one request of a few seconds at most."""
    end = _within(20)
    group = scim.post("/Groups", {"schemas": [GROUP], "displayName": unique("crowd"), "members": values(*crowd)}).ok(201)
    assert sorted(m["value"] for m in group["members"]) == crowd
    assert time.monotonic() < end
    assert all(m["$ref"] == f"{scim.url}/Users/{segment(m['value'])}" for m in group["members"])

    before, extra = links.of(group), scim.create_user()
    assert len(before) == MANY
    started = time.monotonic()
    scim.patch(path_to(group), ("add", "members", values(extra))).ok(204, 200)
    scim.patch(path_to(group), ("remove", f'members[value eq "{crowd[17]}"]')).ok(204, 200)
    assert time.monotonic() - started < 3 * settings.PATIENCE
    after = links.of(group)
    assert {k: v for k, v in after.items() if k != extra["id"]} == {k: v for k, v in before.items() if k != crowd[17]}
    assert extra["id"] in after

    assert scim.get(path_to(group), excludedAttributes="members").ok()["displayName"] == group["displayName"]
    assert scim.ids("/Groups", filter=f'members eq "{crowd[4999]}"', attributes="id") == [group["id"]]
    assert scim.ids("/Groups", filter=f'members eq "{crowd[17]}"', attributes="id") == []
    assert scim.get("/Users", filter=f'groups.value eq "{group["id"]}"', count=0).ok()["totalResults"] == MANY

    end = _within(40)
    scim.patch(path_to(group), ("remove", "members", values(*crowd[:2500]))).ok(200, 204)
    assert members(scim, group) == sorted(crowd[2500:] + [extra["id"]])
    half = links.of(group)
    scim.patch(path_to(group), ("replace", "members", values(*crowd[1000:4000]))).ok(200, 204)
    assert members(scim, group) == crowd[1000:4000]
    now = links.of(group)
    assert all(now[k] == half[k] for k in crowd[2500:4000]), "rows that stay are not written"
    scim.patch(path_to(group), ("add", "members", values(*crowd))).ok(200, 204)
    assert members(scim, group) == crowd
    scim.put(path_to(group), {"schemas": [GROUP], "displayName": group["displayName"], "members": values(*crowd[:10])}).ok()
    assert members(scim, group) == crowd[:10]
    scim.patch(path_to(group), ("remove", "members")).ok(200, 204)
    assert links.of(group) == {}
    assert time.monotonic() < end


def test_one_unknown_among_many(directory, scim, crowd):
    group = scim.create_group()
    scim.patch(path_to(group), ("add", "members", values(*crowd[:3000], "nobody", *crowd[3000:]))).error(400, "invalidValue")
    assert members(scim, group) == []
    scim.patch(path_to(group), ("remove", "members", values("nobody", *crowd[:10]))).ok(200, 204)


def test_many_groups_of_one(scim, crowd):
    """A user in 200 groups shows each."""
    made = {scim.create_group([crowd[0]])["id"] for _ in range(200)}
    assert {g["value"] for g in scim.get(f"/Users/{crowd[0]}").ok()["groups"]} >= made


def test_a_removal_by_a_long_or(scim, crowd):
    """JumpCloud and Okta: one path that names several."""
    group = scim.create_group(crowd[:150])
    path = "members[" + " or ".join(f'value eq "{i}"' for i in crowd[:100]) + "]"
    scim.request("PATCH", path_to(group), {"schemas": [PATCH], "Operations": [{"op": "remove", "path": path}]}).ok(200, 204)
    assert members(scim, group) == crowd[100:150]
