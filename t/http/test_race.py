# SPDX-License-Identifier: Apache-2.0
"""Clients at the same time: one winner where there can be only one, nothing lost where all can win, never a server error."""
import threading

import pytest

from conftest import AUTH, directory_config
from harness import settings
from harness.client import GROUP, USER, Client, operation, path_to, unique

ROUNDS = [pytest.param(3, id="few"), pytest.param(60, id="many", marks=pytest.mark.long)]
_MPM = [settings.MPM] if settings.MPM == "prefork" else [settings.MPM, "prefork"]


@pytest.fixture(scope="module", params=_MPM)
def served(request, databases, new_module_httpd):
    """Servers for each database: threads of one process, and processes."""
    servers = {}

    def of(driver):
        if driver not in servers:
            database = databases.create(driver)
            servers[driver] = (new_module_httpd(directory_config(database, "SCIMPageSize max=0"), mpm=request.param).start(), database)
        return servers[driver]
    return of


@pytest.fixture(params=settings.DATABASES)
def server(request, served):
    return served(request.param)


class Crowd:
    """Clients with connections of their own that all begin at the same moment."""

    def __init__(self, port, size):
        self.clients = [Client(port, auth=AUTH) for _ in range(size)]
        for client in self.clients:
            client.get("/ServiceProviderConfig").ok()       # the connection is there

    def all_at_once(self, work):
        """work(client, i) for each; the results, in the order of the clients."""
        results, barrier = [None] * len(self.clients), threading.Barrier(len(self.clients))

        def one(i):
            barrier.wait()
            try:
                results[i] = work(self.clients[i], i)
            except Exception as error:          # pylint: disable=broad-except
                results[i] = error
        threads = [threading.Thread(target=one, args=(i,)) for i in range(len(self.clients))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        broken = [r for r in results if isinstance(r, Exception)]
        assert not broken, broken
        return results

    def close(self):
        for client in self.clients:
            client.close()


@pytest.fixture
def crowd(server):
    made = []

    def make(size):
        made.append(Crowd(server[0].port, size))
        return made[-1]
    yield make
    for one in made:
        one.close()


def statuses(answers):
    return sorted(a.status for a in answers)


@pytest.mark.smoke
@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_user_name(crowd, server, rounds):
    many = crowd(8)
    for _ in range(rounds):
        name = unique("race")
        answers = many.all_at_once(lambda client, i, name=name: client.post("/Users", {
            "schemas": [USER], "userName": name if i % 2 else name.upper(), "emails": [{"value": f"{i}@example.com"}]}))
        assert statuses(answers) == [201] + [409] * 7, answers
        assert all(a.json["scimType"] == "uniqueness" for a in answers if a.status == 409)
        winner = next(a for a in answers if a.status == 201).json
        found = many.clients[0].get("/Users", filter=f'userName eq "{name}"').ok()
        assert [u["id"] for u in found["Resources"]] == [winner["id"]]
        assert [e["value"] for e in found["Resources"][0]["emails"]] == [e["value"] for e in winner["emails"]]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_change_to_one_user_name(crowd, rounds):
    many = crowd(6)
    for _ in range(rounds):
        name = unique("race")
        users = [client.create_user() for client in many.clients]
        answers = many.all_at_once(lambda client, i, users=users, name=name: client.patch(path_to(users[i]), operation("replace", "userName", name)))
        assert statuses(answers) == [200] + [409] * 5, answers


@pytest.mark.smoke
@pytest.mark.parametrize("rounds", ROUNDS)
def test_members_added_at_once(crowd, server, rounds):
    many = crowd(8)
    for _ in range(rounds):
        users = [client.create_user()["id"] for client in many.clients]
        group = many.clients[0].create_group()
        answers = many.all_at_once(lambda client, i, users=users, group=group: client.patch(
            path_to(group), operation("add", "members", [{"value": users[i]}])))
        assert set(statuses(answers)) <= {200, 204}, answers
        assert {m["value"] for m in many.clients[0].read(group)["members"]} == set(users)
        answers = many.all_at_once(lambda client, i, users=users, group=group: client.patch(
            path_to(group), operation("remove", f'members[value eq "{users[i]}"]')))
        assert set(statuses(answers)) <= {200, 204}, answers
        assert "members" not in many.clients[0].read(group)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_the_same_member_added_and_removed(crowd, server, rounds):
    many = crowd(6)
    for _ in range(rounds):
        user, group = many.clients[0].create_user(), many.clients[0].create_group()
        answers = many.all_at_once(lambda client, i, user=user, group=group: client.patch(
            path_to(group), operation("add", "members", [{"value": user["id"]}])))
        assert set(statuses(answers)) <= {200, 204}, answers
        assert [m["value"] for m in many.clients[0].read(group)["members"]] == [user["id"]]
        answers = many.all_at_once(lambda client, i, user=user, group=group: client.patch(
            path_to(group), operation("add" if i % 2 else "remove", "members", [{"value": user["id"]}])))
        assert set(statuses(answers)) <= {200, 204}, answers
        assert len(many.clients[0].read(group).get("members", [])) <= 1


@pytest.mark.smoke
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "mixed"])
@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_version_has_one_winner(crowd, server, rounds, method):
    many = crowd(6)
    for _ in range(rounds):
        user = many.clients[0].create_user(title="before")
        tag = {"If-Match": user["meta"]["version"]}

        def change(client, i, user=user, tag=tag):
            path, kind = path_to(user), ("PUT", "PATCH", "DELETE")[i % 3] if method == "mixed" else method
            if kind == "PUT":
                return client.put(path, {"schemas": [USER], "userName": user["userName"], "title": f"by {i}"}, tag)
            if kind == "PATCH":
                return client.patch(path, operation("replace", "title", f"by {i}"), headers=tag)
            return client.delete(path, tag)
        answers = many.all_at_once(change)
        won = [i for i, a in enumerate(answers) if a.status in (200, 204)]
        assert len(won) == 1, answers
        deleted = answers[won[0]].request.startswith("DELETE")
        assert all(a.status == 412 or (deleted and a.status == 404) for i, a in enumerate(answers) if i != won[0]), answers
        if deleted:
            many.clients[0].get(path_to(user)).error(404)
        else:
            assert many.clients[0].read(user)["title"] == f"by {won[0]}"


@pytest.mark.smoke
@pytest.mark.parametrize("rounds", ROUNDS)
def test_changes_of_different_attributes_are_all_kept(crowd, server, rounds):
    many = crowd(8)
    paths = ["title", "nickName", "displayName", "userType", "name.familyName", "name.givenName", "preferredLanguage", "timezone"]
    for _ in range(rounds):
        user = many.clients[0].create_user(name={"middleName": "kept"})
        versions = {user["meta"]["version"]}
        answers = many.all_at_once(lambda client, i, user=user: client.patch(path_to(user), operation("replace", paths[i], f"value {i}")))
        assert statuses(answers) == [200] * 8, answers
        now = many.clients[0].read(user)
        got = [now.get("title"), now.get("nickName"), now.get("displayName"), now.get("userType"), now["name"].get("familyName"),
               now["name"].get("givenName"), now.get("preferredLanguage"), now.get("timezone")]
        assert got == [f"value {i}" for i in range(8)]
        assert now["name"]["middleName"] == "kept"
        versions |= {a.json["meta"]["version"] for a in answers}
        assert len(versions) == 9, "each change has a version of its own"


@pytest.mark.parametrize("rounds", ROUNDS)
def test_elements_added_at_once(crowd, server, rounds):
    many = crowd(6)
    for _ in range(rounds):
        user = many.clients[0].create_user(emails=[{"value": "first@example.com", "type": "other"}])
        answers = many.all_at_once(lambda client, i, user=user: client.patch(
            path_to(user), operation("add", "emails", [{"value": f"{i}@example.com", "type": "work"}])))
        assert set(statuses(answers)) <= {200, 204}, answers
        assert {e["value"] for e in many.clients[0].read(user)["emails"]} == {"first@example.com", *[f"{i}@example.com" for i in range(6)]}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_user_deleted_while_joining(crowd, server, rounds):
    """Whoever is first: no group has a member that does not exist."""
    many, database = crowd(6), server[1]
    for _ in range(rounds):
        user, groups = many.clients[0].create_user(), [client.create_group() for client in many.clients[1:]]

        def work(client, i, user=user, groups=groups):
            if i == 0:
                return client.delete(path_to(user))
            return client.patch(path_to(groups[i - 1]), operation("add", "members", [{"value": user["id"]}]))
        answers = many.all_at_once(work)
        assert answers[0].status == 204, answers[0]
        assert set(statuses(answers[1:])) <= {200, 204, 400}, answers
        for group in groups:
            assert "members" not in many.clients[0].read(group)
    assert database.query("SELECT COUNT(*) FROM team_member WHERE person_id NOT IN (SELECT id FROM person)")[0][0] == 0


@pytest.mark.parametrize("rounds", ROUNDS)
def test_deleted_once(crowd, server, rounds):
    many = crowd(6)
    for _ in range(rounds):
        user = many.clients[0].create_user(emails=[{"value": "a@example.com"}])
        assert statuses(many.all_at_once(lambda client, i, user=user: client.delete(path_to(user)))) == [204] + [404] * 5


@pytest.mark.parametrize("rounds", ROUNDS)
def test_changes_and_a_deletion(crowd, server, rounds):
    many = crowd(6)
    for _ in range(rounds):
        user = many.clients[0].create_user()

        def work(client, i, user=user):
            if i == 0:
                return client.delete(path_to(user))
            if i % 2:
                return client.put(path_to(user), {"schemas": [USER], "userName": user["userName"], "emails": [{"value": f"{i}@example.com"}]})
            return client.patch(path_to(user), operation("add", "emails", [{"value": f"{i}@example.com"}]))
        answers = many.all_at_once(work)
        assert answers[0].status == 204, answers[0]
        assert set(statuses(answers[1:])) <= {200, 204, 404}, answers
        many.clients[0].get(path_to(user)).error(404)
    for table in ("person_email", "person_phone"):
        assert server[1].query(f"SELECT COUNT(*) FROM {table} WHERE person_id NOT IN (SELECT id FROM person)")[0][0] == 0


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_group_name(crowd, server, rounds):
    many = crowd(6)
    for _ in range(rounds):
        name = unique("group")
        user = many.clients[0].create_user()
        answers = many.all_at_once(lambda client, i, name=name, user=user: client.post("/Groups", {
            "schemas": [GROUP], "displayName": name, "members": [{"value": user["id"]}]}))
        assert statuses(answers) == [201] + [409] * 5, answers


@pytest.mark.parametrize("rounds", ROUNDS)
def test_lists_while_things_change(crowd, server, rounds):
    """A list is answered, whole and without an error, whatever happens meanwhile."""
    many = crowd(6)
    name = unique("list")
    for _ in range(8):
        many.clients[0].create_user(userName=unique(name), title=name)
    for _ in range(rounds):
        def work(client, i):
            if i < 3:
                return client.get("/Users", filter=f'title eq "{name}"', sortBy="userName")
            user = client.create_user(title=name)
            client.patch(path_to(user), operation("add", "emails", [{"value": "x@example.com"}])).ok(200)
            return client.delete(path_to(user))
        answers = many.all_at_once(work)
        assert statuses(answers) == [200] * 3 + [204] * 3, answers
        for answer in answers[:3]:
            assert answer.json["itemsPerPage"] == len(answer.json["Resources"]) >= 8
