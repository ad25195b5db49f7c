# SPDX-License-Identifier: Apache-2.0
"""An evaluator of SCIM filters of its own (RFC 7644 section 3.4.2.2), and a generator of random filters and users for it.

A filter here is a tuple: ("cmp", Path, op, value), ("pr", Path), ("and" | "or", filter, filter...), ("not", filter),
("value", attribute, filter): the last one's inner paths are sub-attributes.
"""
import json
import unicodedata
from collections import namedtuple
from datetime import datetime

from .client import ENTERPRISE, USER

Path = namedtuple("Path", "attr sub home kind")         # kind: text, exact, boolean, date
Path.__new__.__defaults__ = (None, None, "text")


def instant(text):
    """An xsd:dateTime as an aware datetime."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _comparable(value, kind):
    if kind == "text":
        return value.lower()
    return instant(value) if kind == "date" else value


_OPERATORS = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
    "co": lambda a, b: b in a, "sw": lambda a, b: a.startswith(b), "ew": lambda a, b: a.endswith(b),
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
}


def values(resource, path):
    """Everything that a path selects; None for elements that have no such sub-attribute."""
    holder = resource.get(path.home, {}) if path.home else resource
    found = holder.get(path.attr)
    found = [] if found is None else found if isinstance(found, list) else [found]
    return [element.get(path.sub) for element in found] if path.sub else found


def matches(node, resource):
    """True if the resource satisfies the filter. What has no value, an element or all, satisfies no comparison but ne."""
    kind = node[0]
    if kind == "and":
        return all(matches(kid, resource) for kid in node[1:])
    if kind == "or":
        return any(matches(kid, resource) for kid in node[1:])
    if kind == "not":
        return not matches(node[1], resource)
    if kind == "value":
        return any(matches(node[2], element) for element in resource.get(node[1], []))
    found = values(resource, node[1])
    present = [v for v in found if v not in ("", None)]
    if kind == "pr" or node[3] is None:
        return bool(present) == (kind == "pr" or node[2] == "ne")
    _, path, op, wanted = node
    wanted = _comparable(wanted, path.kind)
    if op == "ne" and len(present) < max(len(found), 1):
        return True
    return any(_OPERATORS[op](_comparable(v, path.kind), wanted) for v in present)


class Speller:
    """Renders filters as text, with everything varied that the RFC lets vary."""

    def __init__(self, random):
        self.random = random

    def _case(self, text):
        return self.random.choice([text, text, text.upper(), text.lower(), text.swapcase()])

    def _path(self, path):
        name = path.attr + ("." + path.sub if path.sub else "")
        if path.home:
            return self._case(path.home) + ":" + self._case(name)
        if self.random.random() < 0.1:
            return self._case(USER) + ":" + self._case(name)
        return self._case(name)

    def _inner_path(self, path):
        return self._case(path.attr)

    def _value(self, value):
        return json.dumps(value, ensure_ascii=self.random.random() < 0.3)

    def text(self, node, inside=False, binding=0):
        """binding: 0 nothing around, 1 in an or, 2 in an and."""
        kind = node[0]
        spell = self._inner_path if inside else self._path
        if kind == "cmp":
            result = f"{spell(node[1])} {self._case(node[2])} {self._value(node[3])}"
        elif kind == "pr":
            result = f"{spell(node[1])} {self._case('pr')}"
        elif kind == "value":
            result = f"{self._case(node[1])}[{self.text(node[2], True)}]"
        elif kind == "not":
            return f"{self._case('not')}{self.random.choice([' ', ''])}({self.text(node[1], inside)})"
        else:
            strength = 1 if kind == "or" else 2
            word = f" {self._case(kind)} "
            result = word.join(self.text(kid, inside, strength) for kid in node[1:])
            if strength < binding:
                return f"({result})"
        return f"({result})" if self.random.random() < 0.1 else result


_WORDS = ["anna", "Anna", "ANNA", "anna ", " anna", "annabel", "an", "b", "B_b", "b%b", "bob", "O'Brien", "o\"b", "x\\y", "a;b",
          "\u00e4nne", "\u00c4nne", "anne", "10", "9", "zo\u00eb", "ZO\u00cb", "\U0001f600 smile", "a--b", "[a]", "(a)", "caf\u00e9"]
_TYPES = ["work", "home", "Work", "other"]
_TEXTS = [Path("displayName"), Path("title"), Path("nickName"), Path("userType"), Path("name", "familyName"), Path("name", "givenName"),
          Path("department", None, ENTERPRISE), Path("costCenter", None, ENTERPRISE), Path("externalId", kind="exact"),
          Path("emails", "value"), Path("emails", "type"), Path("emails", "display"), Path("phoneNumbers", "value"),
          Path("addresses", "country"),
          Path("roles", "value"), Path("userName")]
_BOOLEANS = [Path("active", kind="boolean"), Path("emails", "primary", kind="boolean")]
_DATES = [Path("meta", "created", kind="date"), Path("meta", "lastModified", kind="date")]
_ELEMENTS = {
    "emails": [Path("value"), Path("type"), Path("display"), Path("primary", kind="boolean")],
    "phoneNumbers": [Path("value"), Path("type")],
    "addresses": [Path("type"), Path("locality"), Path("country")],
    "roles": [Path("value"), Path("display")],
}


def _letters(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)).strip()


class Inventor:
    """Invents users and filters that have a fair chance to meet."""

    def __init__(self, random):
        self.random = random

    def _maybe(self, make, chance=0.6):
        return make() if self.random.random() < chance else None

    def _word(self):
        return self.random.choice(_WORDS)

    def _elements(self, *subs):
        """Elements whose values differ by more than case, accents and blanks: a database may allow no others."""
        words = {_letters(w): w for w in self.random.sample(_WORDS, self.random.randint(0, 3))}
        elements = []
        for word in words.values():
            element = {subs[0]: word}
            for sub in subs[1:]:
                if self.random.random() < 0.6:
                    element[sub] = self.random.choice(_TYPES) if sub == "type" else self._word()
            elements.append(element)
        if elements and self.random.random() < 0.5:
            self.random.choice(elements)["primary"] = True
        return elements

    def user(self, name):
        """The body of a POST."""
        body = {"schemas": [USER], "userName": f"{self.random.choice(['anna', 'B', 'zed', 'M_'])}.{name}",
                "active": self.random.random() < 0.7,
                "emails": self._elements("value", "type", "display"), "phoneNumbers": self._elements("value", "type"),
                "addresses": self._elements("locality", "type", "country"), "roles": self._elements("value", "display")}
        for attr in ("displayName", "title", "nickName", "userType", "externalId"):
            body[attr] = self._maybe(self._word)
        body["name"] = {"familyName": self._maybe(self._word), "givenName": self._maybe(self._word)}
        extension = {"department": self._maybe(self._word), "costCenter": self._maybe(self._word)}
        if any(extension.values()):
            body["schemas"].append(ENTERPRISE)
            body[ENTERPRISE] = extension
        return body

    def _comparison(self, path, dates=()):
        if self.random.random() < 0.12:
            return ("pr", path)
        if self.random.random() < 0.04:
            return ("cmp", path, self.random.choice(["eq", "ne"]), None)
        if path.kind == "boolean":
            return ("cmp", path, self.random.choice(["eq", "ne"]), self.random.random() < 0.5)
        if path.kind == "date":
            return ("cmp", path, self.random.choice(["eq", "ne", "gt", "ge", "lt", "le"]), self.random.choice(dates))
        word = self.random.choice(_TYPES) if path.sub == "type" or path.attr == "type" else self._word()
        op = self.random.choice(list(_OPERATORS))
        if op in ("co", "sw", "ew") and self.random.random() < 0.7:
            word = self.random.choice([word[:2], word[-2:], word[:1]]) or word
        return ("cmp", path, op, word)

    def filter(self, dates, depth=3):
        """A filter. dates: texts to compare with."""
        roll = self.random.random()
        if depth == 0 or roll < 0.35:
            paths = self.random.choices([_TEXTS, _BOOLEANS, _DATES], [8, 2, 1])[0]
            return self._comparison(self.random.choice(paths), dates)
        if roll < 0.5:
            attr = self.random.choice(list(_ELEMENTS))
            return ("value", attr, self._inner(_ELEMENTS[attr], 2))
        return self._combine(lambda: self.filter(dates, depth - 1))

    def _inner(self, paths, depth):
        if depth == 0 or self.random.random() < 0.4:
            return self._comparison(self.random.choice(paths))
        return self._combine(lambda: self._inner(paths, depth - 1))

    def _combine(self, make):
        kind = self.random.choice(["and", "or", "not"])
        if kind == "not":
            return ("not", make())
        return (kind, *[make() for _ in range(self.random.randint(2, 3))])
