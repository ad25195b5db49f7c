# SPDX-License-Identifier: Apache-2.0
"""Private databases: an SQLite file, a PostgreSQL and a MariaDB server on unix sockets in our own directory."""
import os
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import psycopg2
import pymysql

from . import settings
from .process import run_as, spawn, wait_for

_HERE = Path(__file__).resolve().parent.parent
_SCHEMAS = {
    "sqlite3": settings.REPO / "conf.d" / "embedded" / "schema.sqlite.sql",
    "pgsql": _HERE / "data" / "schema.pgsql.sql",
    "mysql": _HERE / "data" / "schema.mysql.sql",
}
TABLES = ("person", "person_email", "person_phone", "person_address", "person_role", "team", "team_member")


class Database:
    """One database with the directory's tables, as Python sees it."""

    def __init__(self, driver, params, connect, placeholder):
        self.driver = driver
        self.params = params            # as apr_dbd wants them
        self.connect = connect
        self.placeholder = placeholder

    def query(self, sql, *parameters):
        """All rows of a statement; a change is committed."""
        connection = self.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(sql.replace("?", self.placeholder), parameters)
            rows = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return rows
        finally:
            connection.close()

    def insert(self, table, columns, rows):
        """Many rows at once."""
        connection = self.connect()
        try:
            marks = ", ".join([self.placeholder] * len(columns))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            if self.driver == "pgsql":
                from psycopg2.extras import execute_values
                execute_values(connection.cursor(), f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s", rows, page_size=1000)
            else:
                connection.cursor().executemany(sql, rows)
            connection.commit()
        finally:
            connection.close()

    def execute_script(self, sql):
        connection = self.connect()
        try:
            if self.driver == "sqlite3":
                connection.executescript(sql)
            else:
                cursor = connection.cursor()
                for statement in sql.split(";\n"):
                    if statement.strip():
                        cursor.execute(statement)
            connection.commit()
        finally:
            connection.close()

    def dump(self):
        """Everything that is in it, for before and after."""
        return {table: sorted(map(repr, self.query(f"SELECT * FROM {table}"))) for table in TABLES}

    def empty(self):
        for table in reversed(TABLES):
            self.query(f"DELETE FROM {table}")


class Sqlite:
    """Files, readable and writable for httpd's account."""
    driver = "sqlite3"

    def __init__(self, root):
        self.root, self.account = root, settings.account("www-data")
        self.root.mkdir(mode=0o755, parents=True)
        self._own(self.root)

    def _own(self, path):
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def create(self, name):
        path = self.root / f"{name}.db"

        def connect():
            connection = sqlite3.connect(path, timeout=20)
            connection.execute("PRAGMA foreign_keys = ON")
            return connection
        database = Database(self.driver, str(path), connect, "?")
        database.execute_script(_SCHEMAS[self.driver].read_text(encoding="utf-8"))
        self._own(path)
        return database

    def stop(self):
        pass


class _Server:
    """What the two servers have in common."""
    account_name = ""

    def __init__(self, root):
        self.root, self.account, self.process = root, settings.account(self.account_name), None
        self.root.mkdir(mode=0o755, parents=True)
        if self.account:
            os.chown(self.root, self.account.pw_uid, self.account.pw_gid)
        self.prepare()
        self.start()

    def start(self):
        with open(self.root.parent / f"{self.driver}.log", "ab") as output:
            self.process = spawn(self.command(), self.account, signal.SIGKILL, cwd=self.root,
                                 stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_for(self._is_up, 60, f"{self.driver} server")

    def _is_up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.driver} server ended: {(self.root.parent / (self.driver + '.log')).read_text()[-2000:]}")
        try:
            self.admin().close()
        except (psycopg2.OperationalError, pymysql.err.OperationalError):
            return False
        return True

    def stop(self):
        """As in a power cut; start() recovers."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None


class Postgres(_Server):
    """A server as one finds them: a natural-language collation, a time zone that is not UTC."""
    driver, account_name = "pgsql", "postgres"

    def _tool(self, name):
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
        return found[-1] if found else Path(shutil.which(name) or name)

    def prepare(self):
        run_as([self._tool("initdb"), "-D", self.root / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N",
                "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"], self.account, cwd=self.root)

    def command(self):
        settings_ = {"listen_addresses": "", "unix_socket_directories": self.root, "fsync": "off", "full_page_writes": "off",
                     "timezone": "Asia/Kolkata", "max_connections": 200, "shared_buffers": "32MB", "log_min_messages": "fatal",
                     "autovacuum": "off"}
        return [self._tool("postgres"), "-D", self.root / "data", *[f"--{k}={v}" for k, v in settings_.items()]]

    def stop(self):
        # The postmaster's children are in sessions of their own; they end when it is gone, at their next step.
        process = self.process
        if process:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                pass
        super().stop()

    def _connect(self, name):
        return psycopg2.connect(host=str(self.root), dbname=name, user="postgres")

    def admin(self):
        return self._connect("postgres")

    def create(self, name):
        admin = self.admin()
        admin.autocommit = True
        admin.cursor().execute(f"CREATE DATABASE {name}")
        admin.close()
        database = Database(self.driver, f"host={self.root} dbname={name} user=postgres", lambda: self._connect(name), "%s")
        database.execute_script(_SCHEMAS[self.driver].read_text(encoding="utf-8"))
        return database


class Mariadb(_Server):
    """A server with Debian's defaults, but a time zone that is not UTC. Its programs come without an account of their own."""
    driver, account_name = "mysql", "www-data"

    def prepare(self):
        run_as(["mariadb-install-db", "--no-defaults", f"--datadir={self.root / 'data'}", "--auth-root-authentication-method=normal",
                "--skip-test-db", "--skip-name-resolve"], self.account, cwd=self.root)

    def command(self):
        return [shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.root / 'data'}",
                f"--socket={self.root / 'sock'}", f"--pid-file={self.root / 'pid'}", "--skip-networking", "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci", "--default-time-zone=+05:30", "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=64M", "--skip-log-bin", "--max-connections=200"]

    def _connect(self, name=None):
        return pymysql.connect(unix_socket=str(self.root / "sock"), user="root", database=name, charset="utf8mb4")

    def admin(self):
        return self._connect()

    def create(self, name):
        admin = self.admin()
        admin.cursor().execute(f"CREATE DATABASE {name}")
        admin.close()
        database = Database(self.driver, f"host=localhost,sock={self.root / 'sock'},user=root,dbname={name}", lambda: self._connect(name), "%s")
        database.execute_script(_SCHEMAS[self.driver].read_text(encoding="utf-8"))
        return database


class Databases:
    """The servers of a test run, started when first asked for."""
    _KINDS = {"sqlite3": Sqlite, "pgsql": Postgres, "mysql": Mariadb}

    def __init__(self, root):
        self.root, self._servers, self._count = root, {}, 0

    def server(self, driver):
        if driver not in self._servers:
            self._servers[driver] = self._KINDS[driver](self.root / driver)
        return self._servers[driver]

    def create(self, driver):
        """A new database with empty tables."""
        self._count += 1
        return self.server(driver).create(f"scim_{self._count}")

    def stop(self):
        for server in self._servers.values():
            server.stop()
