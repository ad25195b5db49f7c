# SPDX-License-Identifier: Apache-2.0
"""Fixtures: databases for the session, a served directory for each database and file, private servers for a test."""
import itertools
import shutil
import tempfile
from pathlib import Path

import pytest

from harness import settings
from harness.client import Client
from harness.databases import Databases
from harness.httpd import Httpd

AUTH = ("technical", "correct horse")

# The directory of conf.d/embedded, for one account.
DIRECTORY = """\
Define SCIM_DB_DRIVER {driver}
Define SCIM_DB_PARAMS "{params}"
Include "{repo}/conf.d/embedded/directory.conf"
<Location "/scim/v2">
    SCIMServe directory
    AuthType Basic
    AuthName "SCIM"
    AuthBasicProvider file
    AuthUserFile "{root}/users"
    Require valid-user
    {more}
</Location>
"""

_number = itertools.count(1)
_servers = []           # every httpd that runs, for the accounting after each test


def directory_config(database, more=""):
    """DIRECTORY for a database, with more lines in its Location."""
    return (DIRECTORY.replace("{driver}", database.driver).replace("{params}", database.params).replace("{more}", more))


class Directory:
    """A running directory: the server, its database, a client with credentials."""

    def __init__(self, httpd, database):
        self.httpd, self.database = httpd, database

    def client(self, **changes):
        return Client(self.httpd.port, **{"auth": AUTH, **changes})


def pytest_collection_modifyitems(items):
    if not settings.LONG:
        skip = pytest.mark.skip(reason="long: RUN_LONG=1 runs it")
        for item in items:
            if "long" in item.keywords:
                item.add_marker(skip)


def pytest_report_header():
    tools = " ".join(filter(None, [settings.SANITIZER, "valgrind" if settings.VALGRIND else ""]))
    return f"httpd: {settings.HTTPD}, {settings.MPM} {tools}; modules: {settings.MODULE_DIR}; databases: {', '.join(settings.DATABASES)}"


def pytest_sessionstart(session):
    root = Path(tempfile.mkdtemp(prefix="scim-http-"))
    root.chmod(0o755)
    session.config.stash[_root_key] = root


def pytest_sessionfinish(session, exitstatus):
    root = session.config.stash.get(_root_key, None)
    if root and exitstatus == pytest.ExitCode.TESTS_FAILED:
        for name in settings.ALL_DATABASES:
            shutil.rmtree(root / "db" / name, ignore_errors=True)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line(f"\nthe servers' directories are kept: {root}")
    elif root:
        shutil.rmtree(root, ignore_errors=True)


_root_key = pytest.StashKey()


@pytest.fixture(scope="session")
def databases(request):
    """All database servers."""
    servers = Databases(request.config.stash[_root_key] / "db")
    yield servers
    servers.stop()


def _new_server(request, config, **options):
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)[:60] or "server"
    root = request.config.stash[_root_key] / f"{next(_number):03}-{name}"
    httpd = Httpd(root, config, **options)
    httpd.users(**dict([AUTH]), other="other word")
    _servers.append(httpd)
    return httpd


def _end_servers(servers):
    failures = []
    for httpd in servers:
        _servers.remove(httpd)
        try:
            httpd.stop()
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n".join(failures)


def _factory(request):
    made = []

    def make(config="", **options):
        made.append(_new_server(request, config, **options))
        return made[-1]
    yield make
    _end_servers(made)


@pytest.fixture
def new_httpd(request):
    """Makes servers for one test: new_httpd(config, ...), not started."""
    yield from _factory(request)


@pytest.fixture(scope="module")
def new_module_httpd(request):
    """The same for all tests of a file."""
    yield from _factory(request)


@pytest.fixture(scope="module", params=settings.DATABASES)
def directory(request, databases, new_module_httpd):
    """The directory, once for each database and file. Tests share its data and keep to their own."""
    database = databases.create(request.param)
    return Directory(new_module_httpd(directory_config(database, getattr(request.module, "LOCATION", ""))).start(), database)


@pytest.fixture(scope="module")
def any_directory(databases, new_module_httpd, request):
    """The directory on one database, for what has nothing to do with databases."""
    database = databases.create(settings.DATABASES[0])
    return Directory(new_module_httpd(directory_config(database, getattr(request.module, "LOCATION", ""))).start(), database)


@pytest.fixture(params=settings.DATABASES)
def own_directory(request, databases, new_httpd):
    """Makes a directory for one test: own_directory(more, **options) with more lines in its Location."""
    def make(more="", extra="", **options):
        database = databases.create(request.param)
        return Directory(new_httpd(directory_config(database, more) + extra, **options).start(), database)
    return make


@pytest.fixture
def scim(request):
    """A client of the directory that the test uses."""
    name = "any_directory" if "any_directory" in request.fixturenames else "directory"
    client = request.getfixturevalue(name).client()
    yield client
    client.close()


@pytest.fixture(autouse=True)
def log_accounting():
    """After each test every running server's error log is read to its end."""
    yield
    failures = []
    for httpd in _servers:
        try:
            httpd.account()
        except AssertionError as error:
            failures.append(str(error))
        httpd.error_log.forget()
    assert not failures, "\n".join(failures)
