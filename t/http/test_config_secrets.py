# SPDX-License-Identifier: Apache-2.0
"""Secrets: where they may be, that they arrive, and that nobody sees them. And what -D DUMP_SCIM shows."""
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness import settings
from harness.client import Client
from harness.config import SMALL_GROUP, SMALL_USER, location, system, target
from harness.httpd import ConfigError
from test_config import BASE, replaced, wrong

_ARCH = "/usr/bin/arch"        # prints one line without arguments, which makes it a password here


def with_secret(value):
    return replaced('sql.driver  sqlite3\n    SCIMProperty sql.params  "{root}/none.db"',
                    f'sql.driver  pgsql\n    SCIMProperty sql.params  "host=/nowhere dbname=x"\n    SCIMProperty sql.password  "{value}"')


@pytest.fixture
def root_only():
    """A directory that root alone can write, as /tmp is not."""
    if not settings.IS_ROOT:
        pytest.skip("only root can make such a directory")
    path = Path(tempfile.mkdtemp(prefix="scim-test-", dir="/run"))
    yield path
    shutil.rmtree(path)


def program(path, text, mode=0o755):
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(mode)
    return path


# ---- configtest ----

def test_a_literal_secret_is_warned_of_and_not_shown(new_httpd):
    httpd = new_httpd(with_secret("OpenWord4711"))
    code, output = httpd.configtest()
    assert code == 0, output
    assert re.search(r"warn.*sql\.password", output), output
    assert f"line {httpd.config_line('sql.password')} of {httpd.conf_path}" in output, output
    assert "OpenWord4711" not in output


@pytest.mark.parametrize("value, patterns", [
    ("file:/nowhere/secret", ["/nowhere/secret"]),
    ("file:", ["sql\\.password|file:"]),
    ("exec:/nowhere/program", ["/nowhere/program"]),
    ("exec:", ["sql\\.password|exec:"]),
    ("exec:bin/program", ["absolute"]),
    ("env:", ["sql\\.password|env:"]),
])
def test_where_no_secret_can_be(new_httpd, value, patterns):
    wrong(new_httpd(with_secret(value)), "sql.password", *patterns)


def test_a_file_may_be_named_from_the_server_root(new_httpd):
    httpd = new_httpd(with_secret("file:secret"))
    httpd.file("secret", "word\n", 0o600)
    code, output = httpd.configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


def test_configtest_does_not_read_a_variable(new_httpd):
    code, output = new_httpd(with_secret("env:SCIM_TEST_NOT_SET")).configtest()
    assert (code, output.strip()) == (0, "Syntax OK")


@pytest.mark.smoke
def test_configtest_runs_no_program(new_httpd, root_only):
    trace = root_only / "trace"
    httpd = new_httpd(with_secret(f"exec:{program(root_only / 'word', f'touch {trace}; echo word')}"))
    code, output = httpd.configtest()
    assert (code, output.strip()) == (0, "Syntax OK")
    code, output = httpd.run("-t", "-D", "DUMP_SCIM")
    assert code == 0, output
    assert not trace.exists()


@pytest.mark.parametrize("what", ["file", "group", "owner", "directory", "not-executable", "is-a-directory"])
def test_a_program_belongs_to_root_alone(new_httpd, root_only, what):
    inner = root_only / "inner"
    inner.mkdir(mode=0o755)
    path = program(inner / "word", "echo word")
    if what == "file":
        path.chmod(0o757)
    elif what == "group":
        path.chmod(0o775)
    elif what == "owner":
        os.chown(path, settings.account("www-data").pw_uid, 0)
    elif what == "directory":
        root_only.chmod(0o777)
    elif what == "not-executable":
        path.chmod(0o644)
    else:
        path = inner
    wrong(new_httpd(with_secret(f"exec:{path}")), "sql.password", re.escape(str(root_only)))


@pytest.mark.parametrize("driver, params", [
    ("pgsql", "host=localhost dbname=x password=Hidden4711"), ("pgsql", "host=localhost  PASSWORD = 'Hidden4711'"),
    ("pgsql", "postgresql://scim:Hidden4711@localhost/hr"), ("mysql", "host=localhost,user=scim,pass=Hidden4711"),
])
def test_a_password_does_not_belong_into_the_parameters(new_httpd, driver, params):
    httpd = new_httpd(replaced('sql.driver  sqlite3\n    SCIMProperty sql.params  "{root}/none.db"',
                               f'sql.driver  {driver}\n    SCIMProperty sql.params  "{params}"'))
    output = wrong(httpd, "<SCIMTarget store", "sql\\.password")
    assert "Hidden4711" not in output


@pytest.mark.parametrize("password", ["two words", "a,b", "a;b", "a|b"])
def test_a_password_that_the_driver_cannot_pass_on(new_httpd, password):
    """Better than a truncated one."""
    httpd = new_httpd(with_secret("file:secret").replace("sql.driver  pgsql", "sql.driver  mysql").replace("host=/nowhere dbname=x", "host=x"))
    httpd.file("secret", password)
    refused_at_start(httpd, "sql\\.password", never=[password])


# ---- start ----

def refused_at_start(httpd, *patterns, never=()):
    with pytest.raises(ConfigError) as caught:
        httpd.start()
    for pattern in patterns:
        assert re.search(pattern, str(caught.value)), caught.value
    for text in never:
        assert text not in str(caught.value)


def test_a_variable_that_is_not_set(new_httpd):
    refused_at_start(new_httpd(with_secret("env:SCIM_TEST_NOT_SET")), "SCIM_TEST_NOT_SET")


@pytest.mark.parametrize("text, pattern", [
    ("echo Secret4711; exit 3", r"word|3"),
    ("head -c 5000 /dev/zero | tr '\\0' S", r"4096|4 KiB|long|large"),
    ("echo Secret4711; kill -9 $$", "word"),
], ids=["fails", "long", "killed"])
def test_a_program_that_does_not_deliver(new_httpd, root_only, text, pattern):
    httpd = new_httpd(with_secret(f"exec:{program(root_only / 'word', text)}"))
    refused_at_start(httpd, "sql\\.password|line \\d+", pattern, never=["Secret4711", "SSSSSSSS"])


def test_a_program_that_takes_too_long(new_httpd, root_only):
    pid_file = root_only / "pid"
    httpd = new_httpd(with_secret(f"exec:{program(root_only / 'word', f'echo $$ > {pid_file}; exec sleep 60')}"))
    refused_at_start(httpd, "word")
    assert not Path(f"/proc/{pid_file.read_text().strip()}").exists() or \
        "sleep" not in Path(f"/proc/{pid_file.read_text().strip()}/cmdline").read_text(), "the program still runs"


def test_a_long_file_is_no_secret(new_httpd):
    httpd = new_httpd(with_secret("file:{root}/secret"))
    httpd.file("secret", "S" * 5000)
    refused_at_start(httpd, "secret", never=["SSSSSSSS"])


# ---- the secret arrives: MariaDB wants it ----

def _account(databases, password):
    """A database, and its params for an account that needs this password."""
    if "mysql" not in settings.DATABASES:
        pytest.skip("needs MariaDB")
    database = databases.create("mysql")
    name = "scim_" + database.params.rsplit("dbname=scim_", 1)[1]
    user = name + "_user"
    database.query(f"CREATE USER {user}@localhost IDENTIFIED BY '{password}'")
    database.query(f"GRANT ALL ON {name}.* TO {user}@localhost")
    return database, database.params.replace("user=root", f"user={user}")


def _server(new_httpd, params, secret, **options):
    config = f"""
<SCIMTarget store sql>
    SCIMProperty sql.driver    mysql
    SCIMProperty sql.params    "{params}"
    SCIMProperty sql.password  "{secret}"
    SCIMPool     retry=100ms
</SCIMTarget>
""" + system("small", SMALL_USER, SMALL_GROUP) + location("/scim/v2", "small")
    return new_httpd(config, **options)


def _works(httpd):
    Client(httpd.port, auth=("technical", "correct horse")).create_user()


@pytest.mark.parametrize("kind", ["file", "file-relative", "file-newline", "env", "exec", "literal"])
def test_the_secret_arrives(new_httpd, databases, root_only, kind):
    password = {"literal": "plain4711"}.get(kind, "plain-4711=word!")
    _, params = _account(databases, password)
    script = program(root_only / "word", f"printf '%s\\n' '{password}'", 0o700)
    secret = {"file": "file:{root}/secret", "file-relative": "file:secret", "file-newline": "file:secret", "env": "env:SCIM_TEST_WORD",
              "exec": f"exec:{script}", "literal": password}[kind]
    httpd = _server(new_httpd, params, secret, environment={"SCIM_TEST_WORD": password})
    httpd.file("secret", password + ("\n" if kind == "file-newline" else ""), 0o600)
    if kind == "literal":
        httpd.expect(r"sql\.password")
    httpd.start()
    _works(httpd)
    assert password not in httpd.error_log.text()


def test_a_program_gets_no_arguments_and_no_shell(new_httpd, root_only, databases):
    """The path is a file's name, whatever is in it."""
    path = program(root_only / "w $(touch x)", "echo plain; test $# = 0")
    _, params = _account(databases, "plain")
    _works(_server(new_httpd, params, f"exec:{path}").start())
    assert not (root_only / "x").exists()


def test_programs_of_the_system_will_do(new_httpd, databases):
    if not settings.IS_ROOT:
        pytest.skip("httpd would not be root")
    _, params = _account(databases, subprocess.run([_ARCH], check=True, capture_output=True, text=True).stdout.strip())
    _works(_server(new_httpd, params, f"exec:{_ARCH}").start())


def test_a_graceful_restart_fetches_it_again(new_httpd, databases):
    database, params = _account(databases, "first")
    httpd = _server(new_httpd, params, "file:{root}/secret")
    httpd.file("secret", "first", 0o600)
    httpd.start()
    _works(httpd)
    user = re.search(r"user=(\w+)", params)[1]
    database.query(f"ALTER USER {user}@localhost IDENTIFIED BY 'second'")
    httpd.file("secret", "second", 0o600)
    httpd.graceful()
    _works(httpd)


# ---- the dump ----

@pytest.fixture(scope="module")
def dump(new_module_httpd):
    httpd = new_module_httpd(with_secret("OpenWord4711").replace(
        'SCIMSystem shop id=4711>', 'SCIMSystem shop id=4711>\n    <SCIMResourceType Copy target=again endpoint=Copies '
        'schema=urn:example:params:scim:Device>\n        SCIMProperty sql.table copy\n        SCIMProperty sql.key id\n'
        '        SCIMMap id <- id\n        SCIMMap serial <-> number | toUpperCaseString  required\n    </SCIMResourceType>')
        .replace("<SCIMSchema", '<SCIMTarget again sql>\n    SCIMProperty sql.driver mysql\n    SCIMProperty sql.params "host=localhost"\n'
                                '    SCIMProperty sql.password file:{root}/secret\n</SCIMTarget>\n<SCIMSchema', 1))
    httpd.file("secret", "HiddenWord4711", stat.S_IRUSR)
    code, output = httpd.run("-t", "-D", "DUMP_SCIM")
    assert code == 0, output
    return output


@pytest.mark.parametrize("text", [
    "store", "again", "shop", "4711", "mysql", "pgsql", "User", "Group", "Device", "Copy", "Users", "Copies", "person", "sql.key",
    "urn:ietf:params:scim:schemas:core:2.0:User", "urn:example:params:scim:Device", "userName", "login", "valueMapping", "emails",
    "rows(person_email, person_id)", "address", "members", "ref(User)", "toUpperCaseString", "***", "host=/nowhere",
])
def test_the_dump_shows(dump, text):
    assert text in dump


def test_the_dump_shows_no_secret(dump):
    assert "OpenWord4711" not in dump and "HiddenWord4711" not in dump
    assert len(re.findall(r"sql\.password.*\*\*\*", dump)) == 2, dump


def test_the_dump_shows_both_directions_and_what_is_pushed_down(dump):
    user = dump[dump.index("userName"):]
    assert re.search(r"userName\s+<-\s+login", dump) or re.search(r"userName\s+<->\s+login", dump), dump
    assert re.search(r"filter", user, re.I), dump
    assert re.search(r"sort|order", user, re.I), dump


def test_the_dump_ends_like_configtest(dump):
    assert dump.rstrip().endswith("Syntax OK")


def test_without_the_word_nothing_is_dumped(new_httpd):
    code, output = new_httpd(BASE).run("-t", "-D", "DUMP_VHOSTS")
    assert code == 0 and "userName" not in output


def test_a_wrong_configuration_is_not_dumped(new_httpd):
    code, output = new_httpd(replaced("SCIMServe shop", "SCIMServe shopp")).run("-t", "-D", "DUMP_SCIM")
    assert code != 0 and "shopp" in output


def test_the_dump_of_what_another_part_uses(new_httpd):
    """A target that no resource type uses is shown, too."""
    code, output = new_httpd(target(None, "lonely")).run("-t", "-D", "DUMP_SCIM")
    assert code == 0 and "lonely" in output, output
