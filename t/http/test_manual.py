# SPDX-License-Identifier: Apache-2.0
"""What the manual shows can be copied: configtest takes every example, in the place that it is for. (That for TLS is in test_tls.py.)"""
import re

import pytest

from harness import settings
from harness.config import SMALL_GROUP, SMALL_USER, location, system, target

_DEVICE = """
<SCIMSchema urn:example:params:scim:Device Device>
    SCIMAttribute serialNumber string required
</SCIMSchema>
"""
_TYPE = """<SCIMResourceType User target=hr>
    SCIMProperty sql.table person
    SCIMProperty sql.key id
    SCIMMap id <- id
    SCIMMap externalId <-> external_id
    %s
</SCIMResourceType>
"""


def _systems(*names):
    types = [t.replace("target=store", "target=hr") for t in (SMALL_USER, SMALL_GROUP)]
    return target(None, "hr") + target(None, "assets") + "".join(system(name, *types) for name in names)


def _needs(word, block):
    return "" if re.search(rf"SCIMMap\s+{word}\s", block) else f"SCIMMap {word} <-> login required"


def complete(block):
    """The block with what has to be around it."""
    first = re.match(r"\s*<?(\w+)", block)[1]
    if first in ("SCIMPool", "SCIMProperty") and "sql.where" not in block:
        return '<SCIMTarget x sql>\nSCIMProperty sql.driver pgsql\nSCIMProperty sql.params "dbname=x"\n' + block + "</SCIMTarget>\n"
    if first in ("SCIMMap", "SCIMMapEach", "SCIMProperty"):
        rules = block + _needs("userName", block)
        group = SMALL_GROUP.replace("target=store", "target=hr")
        if "<SCIMMapEach members" in block:
            group, rules = group.replace(re.search(r"<SCIMMapEach.*</SCIMMapEach>", group, re.S)[0], block.split("<SCIMMapEach groups")[0]), \
                "SCIMMap userName <-> login required\n" + "<SCIMMapEach groups" + block.split("<SCIMMapEach groups")[1]
        return target(None, "hr") + system("x", _TYPE % rules, group)
    if first == "SCIMResourceType":
        return _DEVICE + target(None, "assets") + system("x", block)
    if first == "SCIMAttribute":
        return f"<SCIMSchema urn:example:x X>\n{block}</SCIMSchema>\n"
    if first in ("RequireAny", "RequireAll"):
        return _systems("hr") + location("/scim/v2", "hr", require=block)
    if first == "SCIMBaseURL":
        return _systems("hr") + location("/scim/v2", "hr", block)
    if "<Location" in block and "<SCIMSystem" not in block:
        return _systems("hr", "sales") + block
    return block


def _blocks():
    for path in [settings.REPO / "README.md", *sorted((settings.REPO / "docs").glob("*.md"))]:
        for i, match in enumerate(re.finditer(r"^( *)```\w*\n(.*?)^\1```", path.read_text(encoding="utf-8"), re.M | re.S)):
            block = match[2]
            if re.match(r"\s*<?(SCIM|Location|LogFormat|Require|LoadModule)", block) and "..." not in block and "SCIM-PATH" not in block:
                yield pytest.param(block, id=f"{path.name}-{i}")


@pytest.mark.parametrize("block", _blocks())
def test_an_example(new_httpd, block):
    text = re.sub(r"(?m)^\s*LoadModule.*$", "", block)
    if not text.strip():
        pytest.skip("nothing but LoadModule, which every test has")
    text = re.sub(r"(file|exec):/[\w/-]+", "file:{root}/secret", text)
    httpd = new_httpd(complete(text))
    httpd.file("secret", "word\n", 0o600)
    code, output = httpd.configtest()
    assert code == 0, output
    assert not re.search(r"SCIM\d{4}", output), "not even a warning"


def test_the_examples_are_found():
    assert len(list(_blocks())) >= 30
