# SPDX-License-Identifier: Apache-2.0
"""What is measured: requests as bench_client takes them, and what must be true of an answer before it counts."""
import json
from dataclasses import dataclass, field
from typing import Callable, Optional
from urllib.parse import quote

from server import BASE

_MESSAGE = "urn:ietf:params:scim:api:messages:2.0:"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_JSON = "\nContent-Type: application/scim+json"
_PAGE = 100


def _get(path):
    return f"GET {BASE}{path}\nAccept: application/scim+json\n\n"


def _send(method, path, body):
    return f"{method} {BASE}{path}{_JSON}\n\n{json.dumps(body)}"


def _patch(path, operation):
    return _send("PATCH", path, {"schemas": [_MESSAGE + "PatchOp"], "Operations": [operation]})


@dataclass
class Scenario:
    """One line of the table. Without `cycles` it is measured for a time, else so many cycles by one connection, `rounds` times."""
    name: str
    requests: list
    check: Callable                 # of each request's answer, parsed; None for an answer without a body
    data: str = "large"
    items: Optional[list] = field(default=None, repr=False)
    cycles: Optional[int] = None
    rounds: int = 1
    first: Optional[int] = None     # @NUMBER@ begins there; None: numbers that were never used
    step: int = 1
    resources: int = 0              # in all answers of a round: of a walk
    trace: str = ""                 # a query for a number that each request adds 1 to


def _is_user(answer):
    return bool(answer["userName"] and answer["id"])


def _has(n, total):
    return lambda answer: len(answer["Resources"]) == n and answer["totalResults"] == total


def _members(team, people):
    """Adding and removing one member: the group is afterwards what it was, but for its version."""
    member, path = [{"value": "@ITEM@"}], f"/Groups/{team.id}"
    return {"requests": [_patch(path, {"op": "add", "path": "members", "value": member}),
                         _patch(path, {"op": "remove", "path": 'members[value eq "@ITEM@"]'})],
            "items": people, "check": lambda answer: answer is None, "trace": f"SELECT row_version FROM team WHERE id = '{team.id}'"}


def short(people, small, big):
    """Operations that are asked for one at a time; teams have at most half of the people, from the first on."""
    others = people.ids[len(people.ids) // 2:]
    user = {"schemas": [_USER], "userName": "new.@NUMBER@", "name": {"familyName": "Example @NUMBER@", "givenName": "Robin"},
            "displayName": "Robin Example @NUMBER@", "active": True,
            "emails": [{"value": "new.@NUMBER@@example.com", "type": "work", "primary": True}]}
    yield Scenario("GET by id", [_get("/Users/@ITEM@")], _is_user, items=_shuffled(people.ids))
    yield Scenario("filter userName eq", [_get(f"/Users?filter={quote('userName eq ')}%22@ITEM@%22")], _has(1, 1), items=_shuffled(people.logins))
    yield Scenario(f"page of {_PAGE}", [_get(f"/Users?count={_PAGE}")], _has(_PAGE, len(people.ids)))
    yield Scenario(f"PATCH a member, group of {len(small.members):,}", **_members(small, others))
    yield Scenario(f"PATCH a member, group of {len(big.members):,}", **_members(big, others))
    yield Scenario("POST user", [_send("POST", "/Users", user)], _is_user, trace="SELECT count(*) FROM person")


def walks(data, people, rounds):
    """All users, in pages and as one list."""
    n = len(people.ids)
    yield Scenario(f"walk of {n:,}, pages of {_PAGE}", [_get(f"/Users?startIndex=@NUMBER@&count={_PAGE}")], _has(_PAGE, n), data,
                   cycles=n // _PAGE, first=1, step=_PAGE, rounds=rounds, resources=n)
    yield Scenario(f"walk of {n:,}, one list", [_get(f"/Users?count={n}")], _has(n, n), data, cycles=1, rounds=rounds, resources=n)


def _shuffled(items):
    """In an order that no index has: a stride that shares no factor with the number of items."""
    n, stride = len(items), 7919
    return [items[i * stride % n] for i in range(n)]
