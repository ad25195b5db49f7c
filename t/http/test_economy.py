# SPDX-License-Identifier: Apache-2.0
"""What nobody asks for is not read from the database: its tables may be gone."""
import pytest
from harness.client import path_to

LISTS = ("person_email", "person_phone", "person_address", "person_role", "team_member")


@pytest.fixture
def place(own_directory):
    """A user and a group, and then neither lists nor the view of groups."""
    place = own_directory()
    scim, database = place.client(), place.database
    place.user = scim.create_user(emails=[{"value": "a@example.com"}], title="T")
    place.group = scim.create_group([place.user])
    scim.close()
    database.query("DROP VIEW person_team")
    for table in LISTS:
        database.query(f"ALTER TABLE {table} RENAME TO gone_{table}")
    place.httpd.expect("SCIM0201: target directory: the database has no table ")     # new connections look
    yield place


@pytest.fixture
def client(place):
    client = place.client()
    yield client
    client.close()


@pytest.mark.parametrize("query",
                         [{"excludedAttributes": "members"}, {"attributes": "displayName"}, {"attributes": "id"}, {"attributes": "meta"}])
def test_members(place, client, query):
    """excludedAttributes=members, as Entra always sends it."""
    assert client.get(path_to(place.group), **query).ok()["id"] == place.group["id"]
    assert client.get("/Groups", **query).ok()["totalResults"] == 1
    assert client.get("/Groups", filter=f'displayName eq "{place.group["displayName"]}"', **query).ok()["totalResults"] == 1


@pytest.mark.parametrize("query",
                         [{"attributes": "userName,name.familyName"}, {"excludedAttributes": "emails,phoneNumbers,addresses,roles,groups"}])
def test_lists_of_users(place, client, query):
    assert client.get(path_to(place.user), **query).ok()["userName"] == place.user["userName"]
    assert client.get("/Users", filter='title eq "t"', sortBy="userName", **query).ok()["totalResults"] == 1


def test_only_the_number(client):
    """count=0 needs no resource."""
    assert client.get("/Users", count=0).ok()["totalResults"] == 1 and client.get("/Groups", count=0).ok()["totalResults"] == 1


def test_a_change_of_something_else(place, client):
    """A PATCH of a column does not touch the lists."""
    client.patch(path_to(place.user), ("replace", "title", "U"), attributes="title").ok(200)
    client.patch(path_to(place.group), ("replace", "externalId", "x"), attributes="externalId").ok(200)
    assert place.database.query("SELECT title FROM person") == [("U",)]
    assert place.database.query("SELECT external_id FROM team") == [("x",)]


def test_what_is_asked_for_is_missed(place, client):
    """Else the tests above would prove nothing. Clients learn of no table."""
    place.httpd.expect(r"SCIM\d+")
    for path in (path_to(place.group), "/Groups", path_to(place.user), "/Users?attributes=emails"):
        answer = client.get(path)
        assert answer.status in (500, 502, 503), answer
        assert not any(word in answer.text for word in ("team_member", "person", "SELECT", "gone_")), "internals for the client"
