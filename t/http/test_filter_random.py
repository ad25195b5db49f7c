# SPDX-License-Identifier: Apache-2.0
"""Random filters over random users, against an evaluator of its own: RFC 7644 section 3.4.2.2."""
import random
from datetime import timedelta, timezone

import pytest
from harness.oracle import Inventor, Speller, instant, matches

pytestmark = pytest.mark.usefixtures("directory")

USERS, FILTERS, PORTIONS = 40, 240, 4


@pytest.fixture(scope="module")
def people(directory):
    """The users as the server shows them."""
    directory.database.empty()
    client, inventor = directory.client(), Inventor(random.Random(7643))
    for number in range(USERS):
        client.post("/Users", inventor.user(f"user{number}")).ok(201)
    resources = client.get("/Users", count=1000).ok()["Resources"]
    client.close()
    assert len(resources) == USERS
    return resources


def _dates(resources):
    """Instants to compare with: those that are there, in UTC and elsewhere, and some around them."""
    there = sorted({r["meta"]["created"] for r in resources} | {r["meta"]["lastModified"] for r in resources})
    return there[::6] + [_elsewhere(d) for d in there[::9]] + ["2011-05-13T04:42:34Z", "2099-01-01T00:00:00.5+14:00"]


def _elsewhere(text):
    """The same instant with another offset."""
    return instant(text).astimezone(timezone(timedelta(hours=-3, minutes=-30))).isoformat()


def test_the_users_are_as_they_were_invented(directory, scim, people):
    inventor = Inventor(random.Random(7643))
    by_name = {r["userName"]: r for r in people}
    for number in range(USERS):
        body = inventor.user(f"user{number}")
        shown = by_name[body["userName"]]
        for attr in ("displayName", "title", "nickName", "userType", "externalId", "active"):
            assert shown.get(attr) == body[attr], (attr, body, shown)
        for attr in ("emails", "phoneNumbers", "addresses", "roles"):
            assert shown.get(attr, []) == body[attr], (attr, body, shown)
        assert shown.get("name", {}) == {k: v for k, v in body["name"].items() if v}


def _compare(scim, people, seed, number):
    """Asks `number` random filters and wants the server to find whom the evaluator finds."""
    source = random.Random(seed)
    inventor, speller, dates = Inventor(source), Speller(source), _dates(people)
    failures, selective = [], 0
    for _ in range(number):
        node = inventor.filter(dates)
        text = speller.text(node)
        want = {r["userName"] for r in people if matches(node, r)}
        answer = scim.get("/Users", filter=text, attributes="userName", count=1000)
        found = [r["userName"] for r in answer.json.get("Resources", [])] if answer.status == 200 else answer.text
        selective += 0 < len(want) < len(people)
        if answer.status != 200 or sorted(found) != sorted(want):
            failures.append(f"{text}\n  found {found}\n  missing {sorted(want - set(found))}, too many {sorted(set(found) - want)}")
        elif answer.json["totalResults"] != len(want):
            failures.append(f"{text}\n  totalResults {answer.json['totalResults']}, want {len(want)}")
    assert not failures, f"seed {seed}: {len(failures)} filters answered wrongly:\n" + "\n".join(failures[:15])
    assert selective > number // 3, "these filters do not tell much"


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_random_filters(scim, people, portion):
    _compare(scim, people, 7644 + portion, FILTERS // PORTIONS)


@pytest.mark.long
def test_many_more(scim, people):
    """Others in each run; the seed is in the failure."""
    for _ in range(40):
        _compare(scim, people, random.randrange(10 ** 9), 100)


def test_random_filters_in_pages(scim, people):
    """Pages of a filtered list have the same members as the whole, each once."""
    source = random.Random(9110)
    inventor, speller, dates = Inventor(source), Speller(source), _dates(people)
    tried = 0
    while tried < 12:
        node = inventor.filter(dates)
        want = sorted(r["userName"] for r in people if matches(node, r))
        if len(want) < 4:
            continue
        tried += 1
        text, found, start = speller.text(node), [], 1
        while start <= len(want):
            page = scim.get("/Users", filter=text, attributes="userName", startIndex=start, count=3).ok()
            assert page["totalResults"] == len(want), (text, page)
            assert page["itemsPerPage"] == len(page["Resources"]) == min(3, len(want) - start + 1), (text, page)
            found += [r["userName"] for r in page["Resources"]]
            start += 3
        assert sorted(found) == want, text
