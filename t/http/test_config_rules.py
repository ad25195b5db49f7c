# SPDX-License-Identifier: Apache-2.0
"""Mistakes in mapping rules and in schemas are found by configtest, with file and line and what to mend."""
import re

import pytest

from test_config import BASE, replaced, wrong

_USERNAME = "SCIMMap userName    <->  login  required"
_EACH = "<SCIMMapEach emails <-> rows(person_email, person_id)>"


def line(new):
    """BASE with another rule in the place of externalId's."""
    return replaced("SCIMMap externalId  <->  external_id", new)


@pytest.mark.parametrize("rule, patterns", [
    ("SCIMMap userNam  <->  login", ["userNam\\b"]),
    ("SCIMMap name.familyNam  <->  x", ["familyNam\\b"]),
    ("SCIMMap name  <->  x", ["name"]),
    ("SCIMMap serial  <->  x", ["serial"]),
    ("SCIMMap urn:example:params:scim:Nothing:x  <->  x", ["urn:example:params:scim:Nothing"]),
    ("SCIMMap urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departmen  <->  x", ["departmen\\b"]),
    ("SCIMMap emails[type eq \"work\"].valu  <->  x", ["valu\\b"]),
    ("SCIMMap emails[typ eq \"work\"].value  <->  x", ["typ\\b"]),
    ("SCIMMap emails[type eq \"work\".value  <->  x", ["emails"]),
    ("SCIMMap emails[type eq work].value  <->  x", ["emails"]),
    ("SCIMMap userName.x  <->  x", ["userName"]),
    ("SCIMMap emails..value  <->  x", ["emails"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_paths_are_those_of_the_schema(new_httpd, rule, patterns):
    wrong(new_httpd(line(rule)), rule, *patterns)


@pytest.mark.parametrize("rule, patterns", [
    ("SCIMMap title  <-  x | toLowerCaseStrin", ["toLowerCaseStrin\\b"]),
    ("SCIMMap title  <-  x | toLowerCaseString | nothing()", ["nothing"]),
    ("SCIMMap title  <-  x | concatString(prefx=\"a\")", ["prefx"]),
    ("SCIMMap title  <-  x | concatString(prefix=\"a\"", ["concatString|bracket|\\)"]),
    ("SCIMMap title  <-  x | concatString(prefix=a)", ["prefix|concatString"]),
    ("SCIMMap title  <-  x | encode(algorithm=\"rot13\")", ["base64"]),
    ("SCIMMap title  <-  x | valueMapping()", ["valueMapping"]),
    ("SCIMMap title  <-  x | valueMapping(\"A\")", ["valueMapping"]),
    ("SCIMMap title  <-  x |", ["function|\\|"]),
    ("SCIMMap password  ->  x | bcrypt(cost=99)", ["cost|bcrypt"]),
    ("SCIMMap password  ->  x | bcrypt(cost=\"a\")", ["cost|bcrypt"]),
    ("SCIMMap title  <-  x | bcrypt", ["bcrypt"]),
    ("SCIMMap profileUrl  <-  x | ref()", ["ref"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_functions(new_httpd, rule, patterns):
    wrong(new_httpd(line(rule)), rule, *patterns)


@pytest.mark.parametrize("rule, function", [
    ("SCIMMap title  <->  x | bcrypt(cost=8)", "bcrypt"),
    ("SCIMMap title  <->  x | valueMapping(\"a\"=\"1\", \"b\"=\"1\")", "valueMapping"),
    ("SCIMMap title  <->  x | toLowerCaseString | valueMapping(\"a\"=\"1\", \"b\"=\"1\")", "valueMapping"),
])
def test_both_directions_need_an_inverse(new_httpd, rule, function):
    wrong(new_httpd(line(rule)), rule, function, "inverse", "two rules|two")


def test_a_password_is_only_written(new_httpd):
    wrong(new_httpd(line("SCIMMap password  <->  password_hash")), "SCIMMap password", "password", "->")


@pytest.mark.parametrize("rule, patterns", [
    ("SCIMMap title", []),
    ("SCIMMap title x", ["<-"]),
    ("SCIMMap title  <=  x", ["<-"]),
    ("SCIMMap title  <-", []),
    ("SCIMMap title  <-  x y", ["y"]),
    ("SCIMMap title  <-  x requird", ["requird"]),
    ("SCIMMap title  <-  x default", ["default"]),
    ("SCIMMap title  <-  x default {", ["default|JSON"]),
    ("SCIMMap title  <-  x default bare", ["default|JSON"]),
    ("SCIMMap title  ->  x on", ["on"]),
    ("SCIMMap title  ->  x on creation", ["creation"]),
    ("SCIMMap title  <-  = {", ["JSON"]),
    ("SCIMMap title  <-  =", ["JSON|constant"]),
    ("SCIMMap title  <->  = \"a\"", ["constant|<-"]),
    ("SCIMMap -  <-  x", ["-"]),
    ("SCIMMap -  ->  x", ["constant|="]),
    ("SCIMMap -  <->  x = 1", ["->"]),
    ("SCIMMap active  <-  = \"yes\"", ["active|boolean"]),
    ("SCIMMap active  <-  = [true]", ["active|boolean"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_the_form_of_a_rule(new_httpd, rule, patterns):
    wrong(new_httpd(line(rule)), rule, *(patterns or ["SCIMMap"]))


@pytest.mark.parametrize("rule", ["SCIMMap title  <->  title  # what they do", "SCIMMap title  <->  title #", "SCIMMap title  <-  = \"x\" # c"])
def test_a_comment_stands_on_a_line_of_its_own(new_httpd, rule):
    wrong(new_httpd(line(rule)), rule, "comment")


def test_a_hash_in_a_text_is_no_comment(new_httpd):
    code, output = new_httpd(line('SCIMMap title  <->  title | concatString(prefix="#1 ")\n        # a comment\n')).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


@pytest.mark.parametrize("first, second", [
    ("SCIMMap title  <->  a", "SCIMMap title  <->  b"),
    ("SCIMMap title  <-   a", "SCIMMap title  <->  b"),
    ("SCIMMap title  <-   a", "SCIMMap TITLE  <-   b"),
    ("SCIMMap title  ->   a", "SCIMMap nickName  ->   a"),
    ("SCIMMap emails[type eq \"work\"].value  <-  a", "SCIMMap emails[type eq \"work\"].value  <-  b"),
])
def test_two_rules_for_one_place(new_httpd, first, second):
    wrong(new_httpd(line(f"{first}\n{second}  ")), f"{second}  ")


def test_one_rule_for_each_direction_is_fine(new_httpd):
    code, output = new_httpd(line("SCIMMap title  <-  a | toUpperCaseString\nSCIMMap title  ->  a | toLowerCaseString")).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


@pytest.mark.parametrize("rule, attribute", [
    ("        SCIMMap id          <-   id\n", "id"),
    ("        " + _USERNAME + "\n", "userName"),
    ("        SCIMMap displayName  <->  name  required\n", "displayName"),
    ("        SCIMMap serial  <->  serial  required\n", "serial"),
])
def test_what_every_resource_type_needs(new_httpd, rule, attribute):
    httpd = new_httpd(replaced(rule, ""))
    code, output = httpd.configtest()
    assert code != 0
    assert re.search(rf"\b{attribute}\b", output), output
    section = BASE[:BASE.index(rule)].rsplit("<SCIMResourceType ", 1)[1].split()[0]
    opening = httpd.config_line(f"<SCIMResourceType {section} ")
    closing = next(i for i, text in enumerate(httpd.conf_path.read_text().splitlines(), 1) if i > opening and "</SCIMResourceType>" in text)
    assert any(f"line {i} of {httpd.conf_path}" in output or f"{httpd.conf_path}:{i}" in output for i in (opening, closing)), output


def test_a_required_attribute_needs_to_be_readable(new_httpd):
    httpd = new_httpd(replaced(_USERNAME, "SCIMMap userName  ->  login  required"))
    code, output = httpd.configtest()
    assert code != 0 and "userName" in output, output


@pytest.mark.parametrize("old, new, at, patterns", [
    (_EACH, "<SCIMMapEach emails <-> rows(person_email)>", "rows(person_email)>", ["rows"]),
    (_EACH, "<SCIMMapEach emails <-> rows()>", "rows()>", ["rows"]),
    (_EACH, "<SCIMMapEach emails <-> lines(person_email, person_id)>", "lines(person_email", ["lines"]),
    (_EACH, "<SCIMMapEach email <-> rows(person_email, person_id)>", "<SCIMMapEach email ", ["email\\b"]),
    (_EACH, "<SCIMMapEach userName <-> rows(person_email, person_id)>", "<SCIMMapEach userName", ["userName", "multi-?valued|list"]),
    (_EACH, "<SCIMMapEach name <-> rows(person_email, person_id)>", "<SCIMMapEach name", ["name", "multi-?valued|list"]),
    (_EACH, "<SCIMMapEach emails rows(person_email, person_id)>", "<SCIMMapEach emails rows", ["<-"]),
    (_EACH, "<SCIMMapEach>", "<SCIMMapEach>", ["SCIMMapEach"]),
    ("SCIMMap type    <->  kind", "SCIMMap kind    <->  kind", "SCIMMap kind", ["kind"]),
    ("SCIMMap type    <->  kind", "SCIMMap emails.type  <->  kind", "SCIMMap emails.type", ["emails.type|emails"]),
    ("SCIMMap type    <->  kind", "SCIMMap value    <->  kind", "SCIMMap value    <->  kind", ["value"]),
    ("person_id | ref(User)", "person_id | ref(Usr)", "ref(Usr)", ["Usr"]),
])
def test_lists(new_httpd, old, new, at, patterns):
    httpd = new_httpd(replaced(old, new))
    code, output = httpd.configtest()
    assert code != 0, output
    number = httpd.config_line(at)
    text = httpd.conf_path.read_text().splitlines()
    closing = next(i for i, content in enumerate(text, 1) if i > number and "</SCIMResourceType>" in content)
    system = next(i for i, content in enumerate(text, 1) if "<SCIMSystem" in content)
    section = max(i for i, content in enumerate(text[:number], 1) if "<SCIMResourceType" in content)
    places = (number, closing, system) if "Usr" in at else (number, section)       # some of it is said of the resource type as a whole
    assert any(f"line {i} of {httpd.conf_path}" in output or f"{httpd.conf_path}:{i}" in output for i in places), output
    assert all(re.search(p, output) for p in patterns), output


# ---- schemas ----

_SERIAL = 'SCIMAttribute serial  string required uniqueness=server "What is engraved on it"'


@pytest.mark.parametrize("attribute, patterns", [
    ("SCIMAttribute a  text", ["text"]),
    ("SCIMAttribute a", ["SCIMAttribute"]),
    ("SCIMAttribute a  string sometimes", ["sometimes"]),
    ("SCIMAttribute a  string returned=sometimes", ["sometimes"]),
    ("SCIMAttribute a  string uniqueness=local", ["local"]),
    ("SCIMAttribute a  string readOnly immutable", ["readOnly|immutable|mutability"]),
    ("SCIMAttribute a  string colour=red", ["colour"]),
    ("SCIMAttribute 1a  string", ["1a"]),
    ("SCIMAttribute a/b  string", ["a/b"]),
    ("SCIMAttribute serial    string", ["serial"]),
    ("SCIMAttribute Serial  string", ["[Ss]erial"]),
    ("SCIMAttribute box.size  integer", ["box"]),
    ("SCIMAttribute serial.part  string", ["serial"]),
    ("SCIMAttribute box  complex\n    SCIMAttribute box.a  complex", ["box\\.a|complex"]),
    ("SCIMAttribute box  complex\n    SCIMAttribute box.a  string\n    SCIMAttribute box.a.b  string", ["box\\.a"]),
    ("SCIMAttribute id  string", ["\\bid\\b"]),
    ("SCIMAttribute a  string \"open", ["SCIMAttribute|quote"]),
], ids=lambda value: value.split("\n")[-1].strip() if isinstance(value, str) else "")
def test_attributes(new_httpd, attribute, patterns):
    wrong(new_httpd(replaced(_SERIAL, f"{_SERIAL}\n    {attribute} ")), attribute.split("\n")[-1].strip() + " ", *patterns)


@pytest.mark.parametrize("section, patterns", [
    ("<SCIMSchema>", ["SCIMSchema"]),
    ("<SCIMSchema urn:example:x>", ["SCIMSchema"]),
    ("<SCIMSchema example X>", ["example"]),
    ("<SCIMSchema urn:ietf:params:scim:schemas:core:2.0:User User>", ["core:2.0:User"]),
    ("<SCIMSchema urn:example:x X \"text\" more>", ["SCIMSchema"]),
])
def test_schemas(new_httpd, section, patterns):
    httpd = new_httpd(BASE + f"{section}\n    SCIMAttribute a  string\n</SCIMSchema>\n")
    wrong(httpd, section, *patterns)


def test_a_schema_needs_attributes(new_httpd):
    httpd = new_httpd(BASE + "<SCIMSchema urn:example:params:scim:Empty Empty>\n</SCIMSchema>  \n")
    code, output = httpd.configtest()
    assert code != 0 and "urn:example:params:scim:Empty" in output, output


def test_a_required_extension_needs_to_be_writable(new_httpd):
    """Nobody could satisfy it otherwise."""
    httpd = new_httpd(replaced("<SCIMResourceType User target=store>",
                               "<SCIMResourceType User target=store requiredExtension=urn:example:params:scim:Device>"))
    code, output = httpd.configtest()
    assert code != 0 and "serial" in output, output
