# SPDX-License-Identifier: Apache-2.0
"""The people and teams that are measured: the same in every run."""
import random
import uuid

STAMP = "2026-01-05 08:00:00"


class People:
    """n users with what a personnel system has of them: a name, a title, two addresses, a phone, an employee number."""

    def __init__(self, n):
        chance = random.Random(n)
        self.ids = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(n)]
        self.logins = [f"bench.{i:06}" for i in range(n)]

    def insert_into(self, database):
        database.insert("person", ("id", "external_id", "login", "formatted_name", "family_name", "given_name", "display_name", "title",
                                   "language", "employee_number", "department", "created_at", "modified_at"),
                        [(key, f"hr-{i:06}", login, f"Robin Example {i}", f"Example {i}", "Robin", f"Robin Example {i}", "Engineer",
                          "en", str(100000 + i), f"Department {i % 97}", STAMP, STAMP)
                         for i, (key, login) in enumerate(zip(self.ids, self.logins))])
        database.insert("person_email", ("person_id", "position", "address", "kind", "is_primary"),
                        [(key, position, f"{login}@{domain}", kind, position == 1)
                         for key, login in zip(self.ids, self.logins)
                         for position, domain, kind in ((1, "example.com", "work"), (2, "home.example", "home"))])
        database.insert("person_phone", ("person_id", "position", "number", "kind"),
                        [(key, 1, f"+49 6227 {i:07}", "work") for i, key in enumerate(self.ids)])


class Team:
    """A group of some of them."""

    def __init__(self, name, members):
        self.name, self.members = name, members
        self.id = str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    def insert_into(self, database):
        database.insert("team", ("id", "name", "created_at", "modified_at"), [(self.id, self.name, STAMP, STAMP)])
        database.insert("team_member", ("team_id", "person_id"), [(self.id, key) for key in self.members])


def statistics(database):
    """What a server that runs for a while knows of its tables."""
    if database.driver == "pgsql":
        database.query("ANALYZE")
    elif database.driver == "mysql":
        database.query("ANALYZE TABLE person, person_email, person_phone, team, team_member")
