# SPDX-License-Identifier: Apache-2.0
"""Mistakes in targets, systems, sections, names, limits and Locations are found by configtest, with file and line and what to mend."""
import re
import urllib.error
import urllib.request

import pytest

from harness import settings
from harness.config import BASIC
from harness.httpd import ConfigError

BASE = """
<SCIMTarget store sql>
    SCIMProperty sql.driver  sqlite3
    SCIMProperty sql.params  "{root}/none.db"
    SCIMPool     max=4 acquire=1s
</SCIMTarget>
<SCIMSchema urn:example:params:scim:Device Device "A device">
    SCIMAttribute serial  string required uniqueness=server "What is engraved on it"
    SCIMAttribute owner   complex "Who carries it"
    SCIMAttribute owner.value string "Their id"
</SCIMSchema>
<SCIMSystem shop id=4711>
    <SCIMResourceType User target=store>
        SCIMProperty sql.table  person
        SCIMProperty sql.key    id
        SCIMMap id          <-   id
        SCIMMap externalId  <->  external_id
        SCIMMap userName    <->  login  required
        SCIMMap active      <->  status | valueMapping("A"=true, "I"=false)
        <SCIMMapEach emails <-> rows(person_email, person_id)>
            SCIMMap value   <->  address
            SCIMMap type    <->  kind
        </SCIMMapEach>
    </SCIMResourceType>
    <SCIMResourceType Group target=store>
        SCIMProperty sql.table  team
        SCIMProperty sql.key    id
        SCIMMap id           <-   id
        SCIMMap displayName  <->  name  required
        <SCIMMapEach members <-> rows(team_member, team_id)>
            SCIMMap value  <->  person_id | ref(User)
        </SCIMMapEach>
    </SCIMResourceType>
    <SCIMResourceType Device target=store endpoint=Devices schema=urn:example:params:scim:Device>
        SCIMProperty sql.table  device
        SCIMProperty sql.key    id
        SCIMMap id      <-   id
        SCIMMap serial  <->  serial  required
    </SCIMResourceType>
</SCIMSystem>
<Location "/scim/v2">
    SCIMServe shop
    %s
    Require valid-user
    SCIMPageSize default=100 max=1000
</Location>
""" % BASIC


def replaced(old, new):
    """BASE with another text in the place of one that stands in it once."""
    assert BASE.count(old) == 1, f"{BASE.count(old)} times in the configuration: {old}"
    return BASE.replace(old, new)


def wrong(httpd, at, *patterns):
    """Wants configtest to refuse the configuration and to name the line that contains `at`; what it printed."""
    code, output = httpd.configtest()
    assert code != 0, f"no mistake found: {output}"
    line, path = httpd.config_line(at), re.escape(str(httpd.conf_path))
    assert re.search(rf"line {line} of {path}\b|{path}:{line}\b", output), f"line {line} is not named: {output}"
    for pattern in patterns:
        assert re.search(pattern, output), f"{pattern} is not in: {output}"
    return output


@pytest.mark.smoke
def test_without_mistakes_it_says_nothing_else_than_ok(new_httpd):
    code, output = new_httpd(BASE).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


@pytest.mark.parametrize("old, new, at, patterns", [
    ("sql.driver  sqlite3", "sql.drivr  sqlite3", "sql.drivr", ["sql\\.drivr", "sql\\.driver"]),
    ("sql.table  person", "sql.tabel  person", "sql.tabel", ["sql\\.tabel", "sql\\.table"]),
    ("sql.driver  sqlite3", "sql.driver  nosuchdb", "sql.driver", ["sqlite3"]),
    ("    SCIMProperty sql.driver  sqlite3\n", "", "<SCIMTarget|</SCIMTarget", ["sql\\.driver"]),
    ("        SCIMProperty sql.table  person\n", "", "<SCIMResourceType User|</SCIMResourceType", ["sql\\.table"]),
    ("sql.table  person", "sql.table", "sql.table\n", ["SCIMProperty"]),
    ("sql.params  \"{root}/none.db\"", "sql.params  a b", "sql.params", ["SCIMProperty"]),
    ("sql.params  \"{root}/none.db\"", "sql.params  none.db", "<SCIMTarget store", ["sql\\.params", "absolute"]),
    ("SCIMPool     max=4", "SCIMProperty sql.table t\n    SCIMPool     max=4", "sql.table t", ["sql\\.table"]),
    ("sql.table  person", "sql.table  person\n        SCIMProperty sql.driver pgsql", "sql.driver pgsql", ["sql\\.driver"]),
    ("sql.table  person", "sql.table  person\n        SCIMProperty sql.key.generate sometimes", "sometimes", ["sql\\.key\\.generate"]),
    ("<SCIMTarget store sql>", "<SCIMTarget store ldap>", "<SCIMTarget store ldap>", ["ldap"]),
    ("<SCIMTarget store sql>", "<SCIMTarget store>", "<SCIMTarget store>", ["SCIMTarget"]),
    ("<SCIMTarget store sql>", "<SCIMTarget>", "<SCIMTarget>", ["SCIMTarget"]),
    ("<SCIMTarget store sql>", "<SCIMTarget store sql more>", "<SCIMTarget store sql more>", ["SCIMTarget"]),
    ("<SCIMTarget store sql>", "<SCIMTarget sto/re sql>", "<SCIMTarget sto/re", ["sto/re"]),
    ("<SCIMTarget store sql>", "<SCIMTarget " + "n" * 101 + " sql>", "<SCIMTarget nnn", ["100"]),
    ("<SCIMSystem shop id=4711>", "<SCIMSystem \"sh op\">", "<SCIMSystem \"sh op\">", ["sh op"]),
    ("<SCIMSystem shop id=4711>", "<SCIMSystem>", "<SCIMSystem>", ["SCIMSystem"]),
    ("<SCIMSystem shop id=4711>", "<SCIMSystem shop id=47/11>", "id=47/11", ["47/11"]),
    ("<SCIMSystem shop id=4711>", "<SCIMSystem shop ident=4711>", "ident=4711", ["id=ID|id="]),
    ("<SCIMResourceType Group target=store>", "<SCIMResourceType Group target=stor>", "target=stor>", ["stor\\b"]),
    ("<SCIMResourceType Group target=store>", "<SCIMResourceType Group>", "<SCIMResourceType Group>", ["SCIMUseTarget|target="]),
    ("<SCIMResourceType Device target=store endpoint=Devices schema=urn:example:params:scim:Device>",
     "<SCIMResourceType Group target=store schema=urn:example:params:scim:Device>", "<SCIMSystem shop", ["Group"]),
    ("<SCIMResourceType Group target=store>", "<SCIMResourceType Group target=store endpoint=Users>", "<SCIMSystem shop", ["Users", "User", "Group"]),
    ("<SCIMResourceType Group target=store>", "<SCIMResourceType Group target=store endpoint=../x>", "endpoint=../x", ["\\.\\./x"]),
    ("<SCIMResourceType Group target=store>", "<SCIMResourceType Group target=store color=red>", "color=red", ["color"]),
    (" schema=urn:example:params:scim:Device>", ">", "<SCIMResourceType Device", ["schema="]),
    (" endpoint=Devices schema", " schema", "<SCIMResourceType Device", ["endpoint="]),
    ("schema=urn:example:params:scim:Device>", "schema=urn:example:params:scim:Devise>", "scim:Devise>", ["urn:example:params:scim:Devise"]),
    ("<SCIMResourceType User target=store>", "<SCIMResourceType User target=store extension=urn:example:x>", "extension=urn:example:x",
     ["urn:example:x"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool max=-1", "max=-1", ["max"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool max=many", "max=many", ["max"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool acquire=1y", "acquire=1y", ["acquire", "time"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool retry=-5s", "retry=-5s", ["retry"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool colour=1", "colour=1", ["colour"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool 4", "SCIMPool 4", ["SCIMPool"]),
    ("SCIMPool     max=4 acquire=1s", "SCIMPool min=8 max=4", "<SCIMTarget store sql>", ["min=8", "max=4"]),
])
def test_targets_systems_and_resource_types(new_httpd, old, new, at, patterns):
    httpd = new_httpd(replaced(old, new))
    if "|" in at:
        code, output = httpd.configtest()
        lines = [i for i, line in enumerate(httpd.conf_path.read_text().splitlines(), 1) if re.search(at, line)]
        assert code != 0, output
        assert any(f"line {i} of {httpd.conf_path}" in output or f"{httpd.conf_path}:{i}" in output for i in lines), output
        assert all(re.search(p, output) for p in patterns), output
    else:
        wrong(httpd, at.strip("\n"), *patterns)


_SYSTEM = "<SCIMSystem shop id=4711>"
_TARGET = "<SCIMTarget store sql>"


@pytest.mark.parametrize("config, at, patterns", [
    (BASE + "<SCIMTarget store sql>\nSCIMProperty sql.driver pgsql\n</SCIMTarget>\n", "sql.driver pgsql", ["store"]),
    (BASE + "<SCIMSystem shop>\n</SCIMSystem> \n", "<SCIMSystem shop>", ["shop"]),
    (BASE + "<SCIMSystem 4711>\n</SCIMSystem> \n", "<SCIMSystem 4711>", ["4711"]),
    (BASE + "<SCIMSystem other id=4711>\n</SCIMSystem> \n", "<SCIMSystem other", ["4711"]),
    (BASE + "<SCIMSchema urn:example:params:scim:Device Again>\nSCIMAttribute a string\n</SCIMSchema>\n", "Device Again", ["scim:Device"]),
    (BASE[BASE.index("<SCIMSchema"):], "target=store>", ["store"]),
], ids=["target", "system", "name-is-an-id", "id", "schema", "not-above"])
def test_names_are_given_once_and_before_use(new_httpd, config, at, patterns):
    httpd = new_httpd(config)
    code, output = httpd.configtest()
    assert code != 0, output
    assert str(httpd.conf_path) in output and re.search(r"line \d+ of |:\d+:", output), output
    assert all(re.search(p, output) for p in patterns), output
    lines = [i for i, line in enumerate(httpd.conf_path.read_text().splitlines(), 1) if at in line]
    near = [n for i in lines for n in (i - 1, i, i + 1)]       # a section's end finds some of its mistakes
    assert any(f"line {i} of {httpd.conf_path}" in output or f"{httpd.conf_path}:{i}" in output for i in near), output


def test_a_virtual_host_has_names_of_its_own(new_httpd):
    code, output = new_httpd(BASE + "<VirtualHost *:{port}>\nServerName other.example\n" + BASE + "</VirtualHost>\n").configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


def test_a_virtual_host_sees_the_names_of_the_main_server(new_httpd):
    code, output = new_httpd(BASE + '<VirtualHost *:{port}>\nServerName other.example\n<Location "/other">\nSCIMServe shop\n'
                             'Require all denied\n</Location>\n</VirtualHost>\n').configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


def test_the_main_server_does_not_see_the_names_of_a_virtual_host(new_httpd):
    httpd = new_httpd("<VirtualHost *:{port}>\nServerName other.example\n" + BASE + "</VirtualHost>\n"
                      '<Location "/main">\n  SCIMServe  shop\n</Location>\n')
    wrong(httpd, "SCIMServe  shop", "shop")


@pytest.mark.parametrize("close, at", [
    ("</SCIMTarget>\n", "<SCIMTarget store"),
    ("</SCIMSchema>\n", "<SCIMSchema urn"),
    ("        </SCIMMapEach>\n    </SCIMResourceType>\n    <SCIMResourceType Group", ""),
    ("    </SCIMResourceType>\n</SCIMSystem>\n", ""),
    ("</SCIMSystem>\n", ""),
])
def test_a_section_that_is_not_closed(new_httpd, close, at):
    keep = {"    </SCIMResourceType>\n</SCIMSystem>\n": "</SCIMSystem>\n",
            "        </SCIMMapEach>\n    </SCIMResourceType>\n    <SCIMResourceType Group":
            "    </SCIMResourceType>\n    <SCIMResourceType Group"}.get(close, "")
    httpd = new_httpd(replaced(close, keep))
    code, output = httpd.configtest()
    assert code != 0
    assert re.search(rf"(line \d+ of {re.escape(str(httpd.conf_path))}|{re.escape(str(httpd.conf_path))}:\d+)", output), output
    if at:
        assert at.split()[0][1:] in output, output


@pytest.mark.parametrize("line", ["</SCIMSystem>", "</SCIMTarget>", "</SCIMResourceType>", "</SCIMMapEach>", "</SCIMSchema>"])
def test_an_end_without_a_beginning(new_httpd, line):
    wrong(new_httpd(BASE + f"{line}  \n"), f"{line}  ", line[2:-1])


@pytest.mark.parametrize("opening", ["<SCIMTarget store sql", "<SCIMSystem shop id=4711", "<SCIMResourceType User target=store",
                                     "<SCIMMapEach emails <-> rows(person_email, person_id)"])
def test_a_section_without_its_bracket(new_httpd, opening):
    wrong(new_httpd(replaced(opening + ">", opening)), opening, opening.split()[0][1:])


# Where directives may not stand: what would be inside, after which line of BASE (None: at the top level).
@pytest.mark.parametrize("line, after", [
    ("SCIMProperty sql.x  1", None),
    ("SCIMPool  max=2", None),
    ("SCIMUseTarget  store", None),
    ("SCIMMap displayName  <-  x", None),
    ("SCIMAttribute  a string", None),
    ("SCIMServe  shop", None),
    ("SCIMAnonymous  discovery", None),
    ("SCIMBaseURL  http://a.example/", None),
    ("<SCIMResourceType  X target=store>\n</SCIMResourceType>", None),
    ("<SCIMMapEach  emails <- rows(a, b)>\n</SCIMMapEach>", None),
    ("SCIMPool  max=2", _SYSTEM),
    ("SCIMMap displayName  <-  x", _SYSTEM),
    ("SCIMServe  shop", _SYSTEM),
    ("SCIMMaxBody  1K", _SYSTEM),
    ("Require  valid-user", _SYSTEM),
    ("SCIMMap displayName  <-  x", _TARGET),
    ("SCIMUseTarget  store", _TARGET),
    ("Options  None", _TARGET),
    ("SCIMUseTarget  store", "<SCIMResourceType User target=store>"),
    ("SCIMPool  max=2", "<SCIMResourceType User target=store>"),
    ("SCIMProperty sql.key  x", "<SCIMMapEach emails <-> rows(person_email, person_id)>"),
    ("<SCIMMapEach  phoneNumbers <- rows(a, b)>\n</SCIMMapEach>", "<SCIMMapEach emails <-> rows(person_email, person_id)>"),
    ("SCIMMap x  <-  y", "<SCIMSchema urn:example:params:scim:Device Device \"A device\">"),
    ("SCIMProperty sql.driver  pgsql", "SCIMServe shop"),
    ("SCIMPool  max=2", "SCIMServe shop"),
    ("<SCIMTarget  inner sql>\n</SCIMTarget>", "SCIMServe shop"),
    ("<SCIMSystem  inner>\n</SCIMSystem>", "SCIMServe shop"),
    ("<SCIMSchema  urn:a A>\n</SCIMSchema>", "SCIMServe shop"),
    ("<SCIMSystem  inner>\n</SCIMSystem>", _TARGET),
    ("<SCIMTarget  inner sql>\n</SCIMTarget>", _SYSTEM),
])
def test_a_directive_where_it_may_not_stand(new_httpd, line, after):
    config = BASE + line + "\n" if after is None else replaced(after + "\n", f"{after}\n{line}\n")
    first = line.splitlines()[0]
    wrong(new_httpd(config), first, re.match(r"<?(\w+)", first)[1])


@pytest.mark.parametrize("section", ['<Directory "/srv">', '<Files "x">', '<LocationMatch "^/scim">', '<Location ~ "^/scim">',
                                     '<If "true">'])
def test_scimserve_stands_in_a_location(new_httpd, section):
    end = section[1:].split()[0]
    wrong(new_httpd(BASE + f"{section}\n    SCIMServe  shop\n</{end}>\n"), "SCIMServe  shop", "SCIMServe")


@pytest.mark.parametrize("path", ["/scim/*", "/scim//v2", "/scim v2", "/sc%69m", "/scim/v[12]", "/scim?", "scim"])
def test_the_path_of_a_location_is_plain(new_httpd, path):
    wrong(new_httpd(BASE + f'<Location "{path}">\n    SCIMServe  shop\n</Location>\n'), "SCIMServe  shop", "SCIMServe")


def test_scimserve_of_an_unknown_system(new_httpd):
    wrong(new_httpd(replaced("SCIMServe shop", "SCIMServe shopp")), "SCIMServe shopp", "shopp")


def test_scimserve_needs_a_name(new_httpd):
    wrong(new_httpd(replaced("SCIMServe shop", "SCIMServe")), "    SCIMServe", "SCIMServe")


@pytest.mark.parametrize("require", ["Require valid-user", "Require all granted", "Require scim-operation read", ""])
def test_many_systems_need_a_require_scim_system(new_httpd, require):
    httpd = new_httpd(BASE + f'<Location "/all">\n  SCIMServe  *\n  {require}\n</Location>\n')
    wrong(httpd, "SCIMServe  *", "Require scim-system")


@pytest.mark.parametrize("require, word", [
    ("Require scim-operation  reed", "reed"),
    ("Require scim-operation  read Write", "Write"),
    ("Require scim-operation  ", "scim-operation"),
    ("Require scim-resource  ", "scim-resource"),
    ("Require scim-resource  Usr", "Usr"),
    ("Require scim-system  ", "scim-system"),
    ("Require scim-system  shopp", "shopp"),
])
def test_words_of_require(new_httpd, require, word):
    wrong(new_httpd(replaced("Require valid-user", require)), require.rstrip(), word)


@pytest.mark.parametrize("line", [
    "SCIMPageSize max=-1", "SCIMPageSize default=x", "SCIMPageSize 100", "SCIMPageSize", "SCIMPageSize size=1", "SCIMPageSize max=",
    "SCIMPageSize max=99999999999999999999", "SCIMPageSize max=1k",
    "SCIMMaxBody -1", "SCIMMaxBody x", "SCIMMaxBody 1X", "SCIMMaxBody 1MB1", "SCIMMaxBody", "SCIMMaxBody 99999999999999999999",
    "SCIMMaxBody 9999999999999M",
    "SCIMMaxScan -1", "SCIMMaxScan all", "SCIMMaxScan", "SCIMMaxScan 1 2",
    "SCIMTimeout -1", "SCIMTimeout soon", "SCIMTimeout 5y", "SCIMTimeout", "SCIMTimeout 1.5s",
    "SCIMMaxDepth 0", "SCIMMaxDepth 257", "SCIMMaxDepth x", "SCIMMaxDepth -1",
    "SCIMMaxFilterTerms -1", "SCIMMaxFilterTerms x", "SCIMMaxFilterTerms",
    "SCIMAnonymous maybe", "SCIMAnonymous",
    "SCIMBaseURL scim.example.com/scim", "SCIMBaseURL ftp://scim.example.com/", "SCIMBaseURL https://", "SCIMBaseURL",
    "SCIMBaseURL https://scim.example.com/x?y=1", "SCIMBaseURL https://scim.example.com/x#y", "SCIMBaseURL /scim/v2",
])
def test_limits_and_words_of_a_location(new_httpd, line):
    wrong(new_httpd(replaced("SCIMPageSize default=100 max=1000", line + " ")), f"    {line} ", line.split()[0])


@pytest.mark.parametrize("line", [
    "SCIMPageSize max=0", "SCIMPageSize default=1", "SCIMPageSize max=5000 default=200", "SCIMMaxBody 1", "SCIMMaxBody 10K", "SCIMMaxBody 8M",
    "SCIMMaxScan 0", "SCIMMaxScan 50000", "SCIMTimeout 5", "SCIMTimeout 500ms", "SCIMTimeout 2min", "SCIMTimeout 1h", "SCIMMaxDepth 1",
    "SCIMMaxDepth 256", "SCIMMaxFilterTerms 1000", "SCIMAnonymous discovery", "SCIMAnonymous Off",
    "SCIMBaseURL https://scim.example.com/scim/v2", "SCIMBaseURL http://scim.example.com:8080/", "SCIMBaseURL https://[2001:db8::1]/scim",
])
def test_limits_that_are_fine(new_httpd, line):
    code, output = new_httpd(replaced("SCIMPageSize default=100 max=1000", line)).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


@pytest.mark.parametrize("line", ["SCIMPageSize max=7", "SCIMMaxBody 2K", "SCIMMaxScan 5", "SCIMTimeout 5s", "SCIMMaxDepth 8",
                                  "SCIMMaxFilterTerms 9"])
def test_limits_may_stand_in_the_server_and_in_a_directory(new_httpd, line):
    config = f'{BASE}{line}\n<Directory "/srv">\n{line}\n</Directory>\n<VirtualHost *:{{port}}>\nServerName x\n{line}\n</VirtualHost>\n'
    code, output = new_httpd(config).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


def test_anonymous_access_is_warned_of(new_httpd):
    httpd = new_httpd(replaced("SCIMPageSize default=100 max=1000", "SCIMAnonymous On"))
    code, output = httpd.configtest()
    assert code == 0, output
    assert re.search(r"warn.*SCIMAnonymous", output), output
    assert f"line {httpd.config_line('SCIMAnonymous On')} of {httpd.conf_path}" in output, output


def test_a_property_that_nothing_uses_is_warned_of(new_httpd):
    httpd = new_httpd(replaced("SCIMPool ", "SCIMProperty some.thing  else\n    SCIMPool "))
    code, output = httpd.configtest()
    assert code == 0, output
    assert re.search(r"warn.*some\.thing", output), output
    assert str(httpd.config_line("some.thing")) in output


def test_a_mistake_in_an_included_file_is_named_there(new_httpd):
    httpd = new_httpd('Include "{root}/part.conf"\n')
    part = httpd.file("part.conf", BASE.replace("userName ", "userNam ").replace("{root}", str(httpd.root)))
    line = next(i for i, text in enumerate(part.read_text().splitlines(), 1) if "userNam " in text)
    code, output = httpd.configtest()
    assert code != 0
    assert f"line {line} of {part}" in output, output


def test_a_connector_that_is_not_loaded(new_httpd):
    httpd = new_httpd(f'LoadModule scimproxy_module "{settings.MODULE_DIR}/mod_scimproxy.so"\n' + BASE, ours=False)
    wrong(httpd, "<SCIMTarget store sql>", "sql", "LoadModule|loaded|mod_scimproxy_sql")


def test_the_order_of_loadmodule_does_not_matter(new_httpd):
    load = "".join(f'LoadModule {name}_module "{settings.MODULE_DIR}/mod_{name}.so"\n' for name in ("scimproxy_sql", "scimproxy"))
    code, output = new_httpd(load + BASE, ours=False).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


def test_the_modules_do_nothing_where_nothing_is_configured(new_httpd):
    assert new_httpd("").configtest() == (0, "Syntax OK\n")


def test_the_connector_alone_does_no_harm(new_httpd):
    code, output = new_httpd(f'LoadModule scimproxy_sql_module "{settings.MODULE_DIR}/mod_scimproxy_sql.so"\n', ours=False).configtest()
    assert code == 0 and "Syntax OK" in output, output


def test_a_wrong_configuration_does_not_start(new_httpd):
    with pytest.raises(ConfigError, match="shopp"):
        new_httpd(replaced("SCIMServe shop", "SCIMServe shopp")).start()


@pytest.mark.parametrize("line", ["SCIMMaxBody 5M", "SCIMServe shop", "SCIMAnonymous On", "SCIMBaseURL http://x/", "SCIMPageSize max=0"])
def test_nothing_of_ours_in_htaccess(new_httpd, line):
    httpd = new_httpd(BASE + 'DocumentRoot "{root}/htdocs"\n<Directory "{root}/htdocs">\nAllowOverride All\nRequire all granted\n</Directory>\n')
    (httpd.root / "htdocs" / "sub").mkdir(mode=0o755)
    httpd.file("htdocs/sub/.htaccess", line + "\n")
    httpd.file("htdocs/sub/page", "text")
    httpd.start()
    httpd.expect(rf"\.htaccess: {line.split()[0]} not allowed here|<\w+ not allowed")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{httpd.port}/sub/page", timeout=10)
    assert caught.value.code == 500
