# SPDX-License-Identifier: Apache-2.0
"""Queries longer than httpd's default allows, to servers that allow them: limits of our own hold (SCIMMaxFilterTerms 256, SCIMMaxDepth 32)."""
import pytest
from conftest import Directory, directory_config
from harness import settings
from harness.client import path_to
from test_bad_input import timely


@pytest.fixture(scope="module")
def place(databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    place = Directory(new_module_httpd(directory_config(database) + "LimitRequestLine 1000000\n").start(), database)
    client = place.client()
    for _ in range(3):
        client.create_user(title="T")
    client.close()
    return place


@pytest.fixture
def client(place):
    client = place.client()
    yield client
    client.close()


@pytest.mark.parametrize("text", [
    " and ".join(f'userName eq "u{n}"' for n in range(257)), " or ".join(f'userName eq "u{n}"' for n in range(10000)),
    " or ".join("title pr" for _ in range(10000)), "(" * 40 + "title pr" + ")" * 40, "(" * 100000, ")" * 100000,
    "(" * 100000 + "title pr" + ")" * 100000, "not (" * 500 + "title pr" + ")" * 500, "not (" * 50000, "not " * 1000, "title pr and " * 500,
    "a" * 500000, "a." * 200000, '"' * 100000, "emails[" * 50000, "emails[" * 500 + "value pr" + "]" * 500, "title eq " + "9" * 500000,
    "title eq " + "[" * 100000, 'title eq "' + "\\" * 100000, 'title eq "' + "x" * 500000, " " * 200000, " " * 200000 + "title",
    "urn:" * 100000,
    ":" * 100000, "title eq -" * 50000, "emails[" + " or ".join(f'value eq "{n}"' for n in range(5000)) + "]",
], ids=lambda t: t[:20])
def test_filters(place, client, text):
    before = place.database.dump()
    timely(client.get, "/Users", filter=text).error(400, "invalidFilter")
    assert place.database.dump() == before


def test_other_parameters(client):
    assert timely(client.get, "/Users", attributes=",".join(f"a{n}" for n in range(50000))).ok()["totalResults"] == 3
    assert timely(client.get, "/Users", excludedAttributes="," * 300000).ok()["totalResults"] == 3
    assert timely(client.get, "/Users", count="9" * 200000).ok()["itemsPerPage"] == 3
    assert timely(client.get, "/Users", startIndex="9" * 200000).ok()["itemsPerPage"] == 0
    timely(client.get, "/Users", sortBy="a." * 100000).error(400, "invalidPath")
    timely(client.get, "/Users/" + "x" * 500000).error(404)
    timely(client.delete, "/Users/" + "%25" * 200000).error(404)
    assert timely(client.get, "/Users?" + "&".join(f"p{n}=x" for n in range(50000))).ok()["totalResults"] == 3


def test_headers(client):
    """As long as httpd lets them pass."""
    (user,) = client.get("/Users", count=1).ok()["Resources"]
    tags = ", ".join(f'"{n}"' for n in range(1000, 1900))
    timely(client.delete, path_to(user), headers={"If-Match": tags}).error(412)
    assert timely(client.get, path_to(user), headers={"If-Match": f"{tags}, {user['meta']['version']}"}).ok() == user
    assert timely(client.get, path_to(user), headers={"If-None-Match": '"' + "x" * 8000 + '"'}).ok() == user
