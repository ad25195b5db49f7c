# SPDX-License-Identifier: Apache-2.0
"""Configurations that are there to be copied work: httpd takes them without a murmur, and lets nobody in who was not authenticated."""
import re
import subprocess
import textwrap

import pytest

from harness import settings
from harness.client import Client

_FENCE = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_IS_CONFIG = re.compile(r"^\s*(?:<?SCIM[A-Z]|<?Require|CustomLog|<Location)", re.MULTILINE)
# Says where something would stand, or what may stand there, and is no configuration.
_IS_SKETCH = re.compile(r"^\s*\.\.\.\s*$|\bSCIM-PATH\b|\bNATIVE\b", re.MULTILINE)


def _blocks(path):
    """(place, text) of each configuration in a page."""
    page = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(page):
        text = textwrap.dedent(match.group(2))
        if _IS_CONFIG.search(text) and not _IS_SKETCH.search(text):
            yield f"{path.name}:{page.count(chr(10), 0, match.start()) + 1}", text


PAGES = [settings.REPO / "README.md", *sorted((settings.REPO / "docs").glob("*.md"))]
EXAMPLES = {place: text for page in PAGES for place, text in _blocks(page)}
EXAMPLES.update((str(path.relative_to(settings.REPO)), 'Define SCIM_DB_DRIVER sqlite3\nDefine SCIM_DB_PARAMS "{root}/none.db"\n' + path.read_text("utf-8"))
                for path in sorted((settings.REPO / "conf.d").rglob("*.conf")))
SERVED = [place for place, text in EXAMPLES.items() if re.search(r"^\s*SCIMServe (?!Off)", text, re.MULTILINE)]

# ---- what an example leaves out ----

_TARGET = """
<SCIMTarget {name} sql>
    SCIMProperty sql.driver  sqlite3
    SCIMProperty sql.params  "{{root}}/none.db"
</SCIMTarget>
"""
_SYSTEM = """
<SCIMSystem {name}>
    <SCIMResourceType User target={name}-data>
        SCIMProperty sql.table  person
        SCIMProperty sql.key    id
        SCIMMap id        <-   id
        SCIMMap userName  <->  login  required
    </SCIMResourceType>
    <SCIMResourceType Group target={name}-data>
        SCIMProperty sql.table  team
        SCIMProperty sql.key    id
        SCIMMap id           <-   id
        SCIMMap displayName  <->  name  required
    </SCIMResourceType>
</SCIMSystem>
"""
_SCHEMA = """
<SCIMSchema {name} Example>
    SCIMAttribute serialNumber  string  "What is engraved on it"
</SCIMSchema>
"""


def _in_section(name, text):
    return f"<{name}>\n{textwrap.indent(text, '    ')}\n</{name.split()[0]}>\n"


def _in_type(text):
    missing = {"SCIMProperty sql.table": "person", "SCIMProperty sql.key": "id", "SCIMMap id": "<- id", "SCIMMap userName": "<-> login required"}
    lines = [f"{name} {rest}" for name, rest in missing.items() if not re.search(rf"^{name}\s", text, re.MULTILINE)]
    return _in_section("SCIMSystem example", _in_section("SCIMResourceType User target=example", "\n".join(lines) + "\n" + text))


def _in_target(text):
    missing = {"SCIMProperty sql.driver": "pgsql", "SCIMProperty sql.params": '"host=localhost dbname=hr"'}
    lines = [f"{name} {rest}" for name, rest in missing.items() if not re.search(rf"^{name}\s", text, re.MULTILINE)]
    return _in_section("SCIMTarget example sql", "\n".join(lines) + "\n" + text)


def _surrounded(text):
    """The example in the sections that it belongs into."""
    first = next(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    if re.match(r"<?SCIMMap|SCIMProperty sql\.(?:table|key|where|version|created|modified)", first):
        return _in_type(text)
    if re.match(r"SCIMProperty|SCIMPool", first):
        return _in_target(text)
    if re.match(r"<SCIMResourceType|SCIMUseTarget", first):
        return _in_section("SCIMSystem example", text)
    if re.match(r"SCIMAttribute", first):
        return _in_section("SCIMSchema urn:example:own Own", text)
    if re.match(r"SCIMServe|SCIMBaseURL|SCIMAnonymous|<?Require", first):
        return _in_section('Location "/scim/v2"', ("" if "SCIMServe" in text else "SCIMServe hr\n") + text)
    return text


def _mentioned(pattern, text):
    return dict.fromkeys(word for words in re.findall(pattern, text) for word in words.split())


def completed(text):
    """The example with everything that it names: systems, targets and schemas that stand elsewhere, files that hold secrets."""
    text = re.sub(r"\bfile:/etc/scim/", "file:{root}/secrets/", text)
    text = re.sub(r"\bexec:/\S+", "exec:/usr/bin/true", text)
    text = re.sub(r"^(LoadModule +\w+ +)modules/(\S+)", rf'\1"{settings.MODULE_DIR}/\2"', text, flags=re.MULTILINE)
    text = _surrounded(text)
    before = "".join(_SYSTEM.format(name=name) for name in _mentioned(r"\b(?:SCIMServe|Require scim-system) +([\w. -]+)", text)
                     if name != "Off" and f"<SCIMSystem {name}" not in text)
    before = "".join(_SCHEMA.format(name=name) for name in _mentioned(r"\b(?:schema|[eE]xtension)=([\w:.]+)", text)
                     if f"<SCIMSchema {name}" not in text) + before
    before = "".join(_TARGET.format(name=name) for name in _mentioned(r"\b(?:target=|SCIMUseTarget +)([\w-]+)", before + text)
                     if f"<SCIMTarget {name}" not in text) + before
    return before + text


@pytest.fixture
def example_httpd(new_httpd):
    """A server, not started, with an example and the files that it names."""
    def make(place):
        text = EXAMPLES[place]
        tls = "SSL" in text
        httpd = new_httpd(completed(text), modules=("ssl", "socache_shmcb") if tls else (), ours="LoadModule" not in text)
        for folder in ("conf", "secrets"):
            (httpd.root / folder).mkdir()
        for name in re.findall(r"file:/etc/scim/([\w-]+)", text):
            httpd.file(f"secrets/{name}", "secret\n", 0o600)
        httpd.file("conf/scim-users", "")
        if tls:
            httpd.expect(r"AH01873: Init: Session Cache is not configured")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Clients", "-days", "2",
                            "-keyout", httpd.root / "key.pem", "-out", httpd.root / "conf" / "clients-ca.pem"], check=True, capture_output=True)
        return httpd
    return make


def test_enough_examples():
    """The pages have examples, and they are found: an extraction that finds nothing would pass every other test here."""
    found = {place.partition(":")[0] for place in EXAMPLES}
    assert found >= {page.name for page in PAGES if page.stat().st_size} | {"conf.d/embedded/directory.conf"}
    assert len(EXAMPLES) >= 20 and len(SERVED) >= 5, (len(EXAMPLES), len(SERVED))


@pytest.mark.parametrize("place", EXAMPLES)
def test_configtest_says_nothing_but_ok(place, example_httpd):
    code, printed = example_httpd(place).configtest()
    assert (code, printed.strip()) == (0, "Syntax OK"), completed(EXAMPLES[place])


@pytest.mark.parametrize("place", SERVED)
def test_nobody_gets_in_without_credentials(place, example_httpd):
    httpd = example_httpd(place).start()
    for prefix, text in re.findall(r'<Location "([^"]+)">(.*?)</Location>', EXAMPLES[place], re.DOTALL):
        if re.search(r"^\s*SCIMServe ", text, re.MULTILINE):
            client = Client(httpd.port, base=prefix + ("/hr" if "SCIMServe *" in text else ""))
            for path in ("/Users", "/Users/1", "/Groups", "/nothing"):
                client.get(path).error(401)
            client.post("/Users", {"userName": "mallory"}).error(401)
            client.close()
