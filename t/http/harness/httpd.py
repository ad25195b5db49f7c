# SPDX-License-Identifier: Apache-2.0
"""A private httpd: own directory, own port, a child of the test run."""
import base64
import hashlib
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import settings
from .log import ErrorLog
from .ports import free_port, has_connections
from .process import session_members, spawn, wait_for

_MODULES = ("authn_core", "authn_file", "authz_core", "authz_user", "authz_host", "auth_basic", "env", "setenvif")
_RESUMING = "resuming normal operations"

_MPM = {
    "event": "StartServers 1\nServerLimit 4\nThreadLimit 64\nThreadsPerChild 40\nMaxRequestWorkers 80\nMinSpareThreads 1\nMaxSpareThreads 80",
    "worker": "StartServers 1\nServerLimit 4\nThreadLimit 64\nThreadsPerChild 40\nMaxRequestWorkers 80\nMinSpareThreads 1\nMaxSpareThreads 80",
    "prefork": "StartServers 4\nMinSpareServers 2\nMaxSpareServers 8\nMaxRequestWorkers 40",
}

_TEMPLATE = """\
ServerRoot "{root}"
DefaultRuntimeDir "{root}/run"
PidFile "{root}/run/httpd.pid"
ErrorLog "{root}/logs/error_log"
LogLevel {log_level}
ServerName localhost
Listen 127.0.0.1:{port}
{load}
{account}
{mpm}
LogFormat "%t %u \\"%r\\" %>s %B {log_variables}" scim
CustomLog "{root}/logs/access_log" scim
<Directory />
    Require all denied
</Directory>
<Location "/-ready-">
    Require all granted
</Location>
{config}
"""


class ConfigError(Exception):
    """httpd did not like its configuration; the text is what it said."""


class Httpd:
    """One server. Its configuration may contain {root}, {port} and {repo}."""

    def __init__(self, root, config, modules=(), log_level="warn", mpm=None, ours=True, environment=None):
        self.root, self.config, self.log_level = root, config, log_level
        self.mpm = mpm or settings.MPM
        self.modules = ("mpm_" + self.mpm, *_MODULES, *modules)
        self.ours, self.environment = ours, environment or {}
        self.port = self.process = None
        self.error_log = ErrorLog(root / "logs" / "error_log")
        for name in ("", "run", "logs", "htdocs"):
            (root / name).mkdir(mode=0o755, exist_ok=True)

    # ---- files ----

    def file(self, name, content, mode=0o644):
        """Puts a file into the server's directory; its path."""
        path = self.root / name
        path.write_text(content, encoding="utf-8")
        path.chmod(mode)
        return path

    def users(self, **passwords):
        """An AuthUserFile."""
        lines = [f"{name}:{{SHA}}{base64.b64encode(hashlib.sha1(word.encode()).digest()).decode()}\n"
                 for name, word in passwords.items()]
        return self.file("users", "".join(lines))

    @property
    def conf_path(self):
        return self.root / "httpd.conf"

    def write_config(self, config=None):
        """Writes httpd.conf; with another configuration than that given at first if there is one."""
        if config is not None:
            self.config = config
        standard = settings.standard_modules()
        load = [f'LoadModule {name}_module "{standard}/mod_{name}.so"' for name in self.modules]
        if self.ours:
            load += [f'LoadModule {name}_module "{settings.MODULE_DIR}/mod_{name}.so"' for name in ("scimproxy", "scimproxy_sql")]
        own = self.config.replace("{root}", str(self.root)).replace("{port}", str(self.port)).replace("{repo}", str(settings.REPO))
        self.conf_path.write_text(_TEMPLATE.format(
            root=self.root, port=self.port, log_level=self.log_level, load="\n".join(load), mpm=_MPM[self.mpm], config=own,
            account="User www-data\nGroup www-data" if settings.IS_ROOT else "",
            log_variables="%{SCIM_OPERATION}e %{SCIM_SYSTEM}e %{SCIM_RESOURCE}e %{SCIM_TYPE}e"), encoding="utf-8")

    def config_line(self, text):
        """The number of the line of httpd.conf that contains a text."""
        lines = self.conf_path.read_text(encoding="utf-8").splitlines()
        return next(i for i, line in enumerate(lines, 1) if text in line)

    # ---- life ----

    def _argv(self, *arguments):
        return [settings.HTTPD, "-d", self.root, "-f", self.conf_path, *arguments]

    def _environment(self):
        return {**{k: v for k, v in os.environ.items() if not k.startswith("APACHE_")}, "TZ": "UTC", **settings.preload(), **self.environment}

    def run(self, *arguments):
        """Runs httpd to its end, as for -t; (exit code, everything it printed)."""
        if self.port is None:
            self.port = free_port()
        self.write_config()
        done = subprocess.run([str(a) for a in self._argv(*arguments)], env=self._environment(), capture_output=True, timeout=60, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")

    def configtest(self):
        return self.run("-t")

    def start(self):
        """Starts, and returns when it answers. Raises ConfigError with what it printed."""
        for _ in range(3):
            self.port = free_port()
            self.write_config()
            failure = self._start_once()
            if failure is None:
                return self
            if "could not bind" not in failure:
                break
        raise ConfigError(failure)

    def _start_once(self):
        argv = self._argv("-DFOREGROUND")
        if settings.VALGRIND:
            argv = ["valgrind", "-q", f"--log-file={self.root}/logs/valgrind.%p", *self._argv("-X")]
        printed = self.root / "logs" / "printed"
        before = self.error_log.text().count(_RESUMING)
        with open(printed, "wb") as output:
            self.process = spawn(argv, env=self._environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + 20 * settings.PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.process = None
                return printed.read_text(errors="replace") + self.error_log.text()
            if (settings.VALGRIND or self.error_log.text().count(_RESUMING) > before) and self._answers():
                return None
            time.sleep(0.01)
        self.kill()
        return "no answer after start\n" + self.error_log.text()

    def _answers(self):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-ready-", timeout=5)
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            return False
        return True

    def graceful(self):
        """Graceful restart, SIGUSR1; returns when the new generation is there."""
        before = self.error_log.text().count(_RESUMING)
        self.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: self.error_log.text().count(_RESUMING) > before, 20 * settings.PATIENCE, "graceful restart")

    def children(self):
        """The processes that serve requests."""
        return [pid for pid in session_members(self.process.pid) if pid != self.process.pid]

    def kill(self):
        """The hard way, for a server that did not start."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None

    def _let_go(self):
        """Gives the server a moment for connections that clients just closed. mpm_event closes the sockets of its threads when it ends, and
        crashes now and then where a thread closes the same one: with no module of ours, too."""
        end = time.monotonic() + 0.5
        while has_connections(self.port) and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(0.02)

    def stop(self):
        """Ends it and wants a clean end: exit code 0, nobody left, nothing in the log that was not expected."""
        if not self.process:
            return
        leader = self.process.pid
        time.sleep(0.03)        # httpd's event MPM closes sockets of its workers then, and crashes where one is just being closed
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30 * settings.PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"httpd did not end after SIGTERM ({self.root})") from None
        left = session_members(leader)
        if left:
            os.killpg(leader, signal.SIGKILL)
        self.process = None
        assert code == 0, f"httpd ended with {code} ({self.root})\n{self.error_log.text()[-2000:]}"
        assert not left, f"processes left behind: {left} ({self.root})"
        self.account()

    # ---- the log ----

    def expect(self, *patterns):
        """Error log lines that are fine in this test."""
        self.error_log.expect(*patterns)

    def account(self):
        """Fails on what the log should not say."""
        unexpected = self.error_log.unexpected()
        for report in (self.root / "logs").glob("valgrind.*"):
            unexpected += [line for line in report.read_text(errors="replace").splitlines() if re.search(r"Invalid|uninitialised", line)]
        assert not unexpected, f"unexpected in the error log of {self.root}:\n" + "\n".join(unexpected[:20])
