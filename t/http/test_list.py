# SPDX-License-Identifier: Apache-2.0
"""Lists: RFC 7644 section 3.4.2: totals, pages, order."""
import pytest
from harness.client import ENTERPRISE, GROUP, LIST, USER, segment, unique
from harness.oracle import instant

pytestmark = pytest.mark.usefixtures("directory")

LOCATION = "SCIMPageSize default=10 max=50"
PEOPLE = 23


@pytest.fixture(scope="module")
def people(directory):
    """Users who share a title; in the order of their making."""
    directory.database.empty()
    client = directory.client()
    for number in range(30):
        client.create_user(userName=f"other.{number:02}")
    made = [client.create_user(userName=f"page.{(number * 7) % PEOPLE:02}", title="page", externalId=f"e{number}")
            for number in range(PEOPLE)]
    client.close()
    return made


def page(scim, **query):
    return scim.get("/Users", filter='title eq "page"', **query).ok()


@pytest.mark.smoke
def test_a_list(directory, scim, people):
    answer = page(scim)
    assert answer["schemas"] == [LIST]
    assert (answer["totalResults"], answer["itemsPerPage"], answer["startIndex"], len(answer["Resources"])) == (PEOPLE, 10, 1, 10)
    assert set(answer) == {"schemas", "totalResults", "itemsPerPage", "startIndex", "Resources"}
    by_id = {p["id"]: p for p in people}
    assert all(resource == by_id[resource["id"]] for resource in answer["Resources"])
    assert scim.get("/Users").ok()["totalResults"] == PEOPLE + 30


@pytest.mark.smoke
def test_nothing(scim, people):
    """200 and an empty list, never 404 (RFC 7644 section 3.4.2)."""
    for query in ({"filter": 'userName eq "nobody"'}, {"filter": 'userName eq "nobody"', "startIndex": 5},
                  {"filter": 'id eq "nobody"', "count": 0}):
        answer = scim.get("/Users", **query).ok()
        assert answer["schemas"] == [LIST] and answer["totalResults"] == 0 and answer.get("Resources",
                                                                                          []) == [] and answer.get("itemsPerPage", 0) == 0


@pytest.mark.smoke
@pytest.mark.parametrize("size", [1, 2, 5, 7, 22, 23, 24, 50])
def test_pages_together(scim, people, size):
    """Each resource once."""
    found = []
    for start in range(1, PEOPLE + 1, size):
        answer = page(scim, startIndex=start, count=size)
        assert answer["totalResults"] == PEOPLE and answer["startIndex"] == start
        assert answer["itemsPerPage"] == len(answer["Resources"]) == min(size, PEOPLE - start + 1)
        found += [r["id"] for r in answer["Resources"]]
    assert len(found) == PEOPLE and set(found) == {p["id"] for p in people}


@pytest.mark.parametrize("start", [-9223372036854775809, -5, -1, 0])
def test_start_index_below_one_is_one(scim, people, start):
    answer = page(scim, startIndex=start, count=3)
    assert answer["startIndex"] == 1
    assert answer["Resources"] == page(scim, startIndex=1, count=3)["Resources"]


@pytest.mark.parametrize("start",
                         [PEOPLE + 1, 1000, 2147483647, 2147483648, 4294967297, 9223372036854775807, 9223372036854775808, 10 ** 30])
def test_past_the_end(scim, people, start):
    answer = page(scim, startIndex=start, count=5)
    assert answer["totalResults"] == PEOPLE and answer["itemsPerPage"] == 0 and answer.get("Resources", []) == []


@pytest.mark.parametrize("count, items",
                         [(0, 0), (-1, 0), (-9223372036854775809, 0), (1, 1), (22, 22), (23, 23), (24, 23), (50, 23), (2147483648, 23),
                                          (9223372036854775807, 23), (10 ** 30, 23)])
def test_count(scim, people, count, items):
    """An upper limit; below 0 is 0 (RFC 7644 section 3.4.2.4)."""
    answer = page(scim, count=count)
    assert answer["totalResults"] == PEOPLE and answer["itemsPerPage"] == items == len(answer.get("Resources", []))


def test_the_servers_limits(scim, people):
    """SCIMPageSize default=10 max=50, and ServiceProviderConfig says so."""
    for query, items in (({}, 10), ({"count": 50}, 50), ({"count": 51}, 50), ({"count": 1000000}, 50)):
        answer = scim.get("/Users", **query).ok()
        assert answer["totalResults"] == PEOPLE + 30 and answer["itemsPerPage"] == items == len(answer["Resources"])
    assert scim.get("/ServiceProviderConfig").ok()["filter"]["maxResults"] == 50


@pytest.mark.parametrize("name", ["startIndex", "count"])
@pytest.mark.parametrize("value", ["x", "", "1.5", "1e1", "0x10", "1 2", "one", "--1", "1;2", "\u0661", "true", "null", " "])
def test_no_numbers(scim, people, name, value):
    scim.get("/Users", **{name: value}).error(400, "invalidValue")


def test_parameter_names(scim, people):
    """Unknown parameters are ignored; those of cursors are not served yet but change nothing else."""
    assert page(scim, foo="bar", count=2)["itemsPerPage"] == 2


# ---- order: RFC 7644 section 3.4.2.3 ----

CAST = {
    "a": {"displayName": "anton", "name": {"familyName": "Zeta"}, "externalId": "b", "active": True,
          "emails": [{"value": "z@x.test"}, {"value": "a@x.test", "primary": True}]},
    "b": {"displayName": "Berta", "name": {"familyName": "alpha"}, "externalId": "B", "active": False,
          "emails": [{"value": "c@x.test"}, {"value": "b@x.test"}]},
    "c": {"displayName": "CAESAR", "name": {"familyName": "Beta", "givenName": "x"}, "externalId": "a", ENTERPRISE: {"department": "Two"}},
    "d": {"displayName": "dora", "externalId": "A", "emails": [{"value": "B@x.test", "primary": True}, {"value": "z@x.test"}],
          ENTERPRISE: {"department": "one"}},
    "e": {"name": {"familyName": "gamma"}, "emails": [{"value": "d@x.test", "type": "work"}]},
}


@pytest.fixture(scope="module")
def cast(directory):
    client, mark = directory.client(), unique("order")
    made = {letter: client.post("/Users", {"schemas": [USER], "userName": f"{letter}.{mark}", "nickName": mark, **attributes}).ok(201)
            for letter, attributes in CAST.items()}
    client.close()
    return made


def order(scim, cast, **query):
    letters = {r["id"]: letter for letter, r in cast.items()}
    return "".join(letters[i] for i in scim.ids("/Users", filter=f'nickName eq "{cast["a"]["nickName"]}"', **query))


@pytest.mark.smoke
@pytest.mark.parametrize("path, letters", [
    ("userName", "abcde"), ("displayName", "abcd"), ("DISPLAYNAME", "abcd"), (USER + ":displayName", "abcd"), ("name.familyName", "bcea"),
    (USER + ":name.familyName", "bcea"), ("externalId", "dbca"), ("emails", "adbe"), ("emails.value", "adbe"),
    (ENTERPRISE + ":department", "dc"),
    (ENTERPRISE.upper() + ":DEPARTMENT", "dc"), ("name.givenName", "c"), ("emails.type", "e"),
])
def test_sorted(scim, cast, path, letters):
    """Case aside unless caseExact; no value last, or first in descending order; of several values the primary one, else the first."""
    without = set(cast) - set(letters)
    for ascending in ({}, {"sortOrder": "ascending"}, {"sortOrder": "ASCENDING"}):
        found = order(scim, cast, sortBy=path, **ascending)
        assert found[:len(letters)] == letters and set(found[len(letters):]) == without, found
    for descending in ("descending", "Descending"):
        found = order(scim, cast, sortBy=path, sortOrder=descending)
        assert found[len(without):] == letters[::-1] and set(found[:len(without)]) == without, found


def test_sorted_by_a_boolean(scim, cast):
    found = order(scim, cast, sortBy="active")
    assert found[0] == "b" and order(scim, cast, sortBy="active", sortOrder="descending")[-1] == "b"


def test_sorted_by_id(scim, people):
    found = [r["id"] for r in page(scim, sortBy="id", count=50)["Resources"]]
    assert found == sorted(p["id"] for p in people)
    assert [r["id"] for r in page(scim, sortBy="id", sortOrder="descending", count=50)["Resources"]] == found[::-1]


@pytest.mark.smoke
@pytest.mark.parametrize("sort",
                         ["userName", "title", "externalId", "emails", "name.givenName", "meta.created", "active", "groups.display"])
@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_sorted_pages(scim, people, sort, direction):
    """Also where all values are the same or there are none, pages have each resource once, in the order of the whole list."""
    whole = [r["id"] for r in page(scim, sortBy=sort, sortOrder=direction, count=50)["Resources"]]
    paged = []
    for start in range(1, PEOPLE + 1, 6):
        paged += [r["id"] for r in page(scim, sortBy=sort, sortOrder=direction, startIndex=start, count=6)["Resources"]]
    assert paged == whole and set(whole) == {p["id"] for p in people}


def test_sorted_by_instants(scim, people):
    created = [instant(r["meta"]["created"]) for r in page(scim, sortBy="meta.created", count=50)["Resources"]]
    assert created == sorted(created) and len(created) == PEOPLE


def test_pages_are_stable_without_an_order(scim, people):
    whole = [r["id"] for r in page(scim, count=50)["Resources"]]
    assert [r["id"] for start in range(1, PEOPLE + 1, 4) for r in page(scim, startIndex=start, count=4)["Resources"]] == whole


@pytest.mark.parametrize("query, kind", [
    ({"sortBy": "nosuch"}, "invalidPath"), ({"sortBy": ""}, "invalidPath"), ({"sortBy": "name.nosuch"}, "invalidPath"),
    ({"sortBy": "userName,title"}, "invalidPath"),
    ({"sortBy": "password"}, "invalidPath"), ({"sortBy": USER + ":password"}, "invalidPath"), ({"sortBy": "user name"}, "invalidPath"),
    ({"sortBy": "1; DROP TABLE person"}, "invalidPath"), ({"sortBy": "login"}, "invalidPath"), ({"sortBy": "password_hash"}, "invalidPath"),
    ({"sortBy": "department"}, "invalidPath"), ({"sortBy": "userName", "sortOrder": "upwards"}, "invalidValue"),
    ({"sortBy": "userName", "sortOrder": ""}, "invalidValue"),
    ({"sortBy": "userName", "sortOrder": "desc"}, "invalidValue"),
])
def test_wrong_orders(scim, people, query, kind):
    scim.get("/Users", **query).error(400, kind)


def test_groups_in_a_list(scim, people):
    """Groups come with their members, each with its own."""
    made = {}
    for number in range(12):
        members = people[number:number + number % 4]
        group = scim.create_group(members, externalId="listed")
        made[group["id"]] = sorted(m["id"] for m in members)
    found = {}
    for start in (1, 6, 11):
        for group in scim.get("/Groups", filter='externalId eq "listed"', startIndex=start, count=5).ok()["Resources"]:
            found[group["id"]] = sorted(m["value"] for m in group.get("members", []))
            assert all(m["$ref"] == f"{scim.url}/Users/{segment(m['value'])}" for m in group.get("members", []))
    assert found == made
    (user,) = scim.get("/Users", filter=f'id eq "{people[3]["id"]}"').ok()["Resources"]
    assert {g["value"] for g in user["groups"]} == {i for i, members in made.items() if user["id"] in members}
    assert scim.get("/Groups", count=0).ok()["totalResults"] == len(scim.get("/Groups", count=50).ok()["Resources"])


def test_many(directory, scim):
    """A page of a large table: the total is that of the table, the last page is what is left."""
    database = directory.database
    rows = [(f"many-{number:05}", f"many.{number:05}", "2024-05-06 07:08:09", "2024-05-06 07:08:09") for number in range(3000)]
    database.insert("person", ("id", "login", "created_at", "modified_at"), rows)
    query = {"filter": 'userName sw "MANY."', "sortBy": "userName"}
    answer = scim.get("/Users", **query, startIndex=2990, count=50).ok()
    assert answer["totalResults"] == 3000 and [r["id"] for r in answer["Resources"]] == [f"many-{n:05}" for n in range(2989, 3000)]
    answer = scim.get("/Users", **query, sortOrder="descending", count=3).ok()
    assert [r["id"] for r in answer["Resources"]] == ["many-02999", "many-02998", "many-02997"]
    assert scim.get("/Users", filter='not (userName sw "many.1") and userName sw "many.0"', count=0).ok()["totalResults"] == 3000
    database.query("DELETE FROM person WHERE substr(id, 1, 5) = 'many-'")


def test_creation_and_deletion_between_pages(scim):
    """What came or went shows in the total of the next page; nothing fails."""
    mark = unique()
    made = [scim.create_user(title=mark) for _ in range(6)]
    query = {"filter": f'title eq "{mark}"', "count": 3}
    assert scim.get("/Users", **query).ok()["totalResults"] == 6
    scim.delete(f"/Users/{made[0]['id']}").ok(204)
    scim.create_user(title=mark)
    scim.create_user(title=mark)
    assert scim.get("/Users", **query, startIndex=4).ok()["totalResults"] == 7


def test_group_schemas(scim):
    group = scim.post("/Groups", {"schemas": [GROUP], "displayName": unique()}).ok(201)
    (listed,) = scim.get("/Groups", filter=f'id eq "{group["id"]}"').ok()["Resources"]
    assert listed == group
