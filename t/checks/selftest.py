# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for: each is given a tree in which it has nothing to find, and the same with one thing wrong."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import circles
import directives
import layers
import links
import logids
import properties
import registered
import shell
import sizes
import spdx
import symbols
import variables
import words

_C = "/* SPDX-License-Identifier: Apache-2.0 */\n"
_SH = "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"

# A house in small.
_TREE = {
    "Makefile.am": "# SPDX-License-Identifier: Apache-2.0\nx = t/fuzz/fuzz_one t/unit/test_one \\\n    t/checks/one.py\n",
    "mod_scimproxy/sources.am": "# SPDX-License-Identifier: Apache-2.0\nx = mod_scimproxy/include/scim_types.h mod_scimproxy/base/scim_log.h \\\n"
                                "    mod_scimproxy/base/scim_log.c mod_scimproxy/scim/scim_path.h mod_scimproxy/scim/scim_path.c \\\n"
                                "    mod_scimproxy/engine/scim_route.c mod_scimproxy/httpd/scimp_cmds.c mod_scimproxy/httpd/scimp_env.c \\\n"
                                "    mod_scimproxy/connectors/sql/scim_sql_property.c mod_scimproxy/connectors/sql/mod_scimproxy_sql.c\n",
    "t/tests.am": "# SPDX-License-Identifier: Apache-2.0\n",
    "CONTRIBUTING.md": "# House\n\nThe numbers of `SCIM_LOGNO`: 1-99 httpd, 100-199 base, 200-299 the SQL connector, 400-499 engine.\n",
    "README.md": "See [directives](docs/directives.md#scimserve-directive), [here](#house), [there](https://example.com/).\n\n# House\n",
    "mod_scimproxy/include/scim_types.h": _C + "#include <apr_pools.h>\n",
    "mod_scimproxy/base/scim_log.h": _C + '#include "scim_types.h"\n#define SCIM_LOGNO(n) #n\n#define scim_log(a, b, c, ...) \\\n'
                                          "    scim_log_print(a, b, c, __VA_ARGS__)\nvoid scim_log_print(const scim_log_t *log, int level, int rv, const char *f);\n",
    "mod_scimproxy/base/scim_log.c": _C + '#include "scim_log.h"\n\nvoid scim_log_print(const scim_log_t *log)\n{\n'
                                          '    scim_log(log, SCIM_LOG_INFO, f("a, b", \'(\'), SCIM_LOGNO(0100) "text");\n'
                                          '    scim_log(log, SCIM_LOG_TRACE1, 0, "quiet");\n    scim_log(log, level, 0, "%s", text);\n}\n',
    "mod_scimproxy/scim/scim_path.h": _C + '#include "scim_log.h"\nint scim_path(int a);\n',
    "mod_scimproxy/scim/scim_path.c": _C + '/* #include "httpd.h" */\n#include "scim_path.h"\n#include <string.h>\n\nint scim_path(int a)\n{\n    return a;\n}\n',
    "mod_scimproxy/engine/scim_route.c": _C + '#include "scim_path.h"\nstatic const char *const verbs[N] = { [A] = "read", [B] = "create" };\n',
    "mod_scimproxy/httpd/scimp_cmds.c": _C + "#include <httpd.h>\n#define IN_SERVER RSRC_CONF\nx = {\n"
                                             '    AP_INIT_RAW_ARGS("<SCIMTarget", scimp_cmd_target, NULL, IN_SERVER, "a"),\n'
                                             '    AP_INIT_TAKE1("SCIMServe", scimp_cmd_serve, NULL, ACCESS_CONF,\n                  "b"),\n};\n',
    "mod_scimproxy/httpd/scimp_env.c": _C + 'set(r, "SCIM_SYSTEM", x);\n',
    "mod_scimproxy/connectors/sql/mod_scimproxy_sql.c": _C + '#include <httpd.h>\n#include "scim_log.h"\n',
    "mod_scimproxy/connectors/sql/scim_sql_property.c": _C + '#include "scim_log.h"\n' + properties.EXAMPLE_TABLE,
    "docs/connector-sql.md": properties.EXAMPLE_PAGE,
    "docs/directives.md": "".join(
        f"## `{name}` Directive\n\n| | |\n|---|---|\n| Description: | what |\n| Syntax: | `{syntax}` |\n{default}| Context: | {context} |\n"
        "| Override: | none |\n| Status: | Extension |\n| Module: | mod_scimproxy |\n| Compatibility: | 0.1.0 and later |\n\n"
        "A sentence that says what one needs this directive for.\n\n"
        for name, syntax, default, context in (("<SCIMTarget>", "<SCIMTarget NAME>", "", "server config, virtual host"),
                                               ("SCIMServe", "SCIMServe NAME\\|Off", "| Default: | `SCIMServe Off` |\n", "`<Location>`")))
        + "# Environment variables\n\n| variable | is |\n|---|---|\n| `SCIM_SYSTEM` | it |\n\n"
          "## Require scim-operation\n\n| word | is |\n|---|---|\n| `read` | GET |\n| `create` | POST |\n",
    "t/unit/test_one.c": _C, "t/fuzz/fuzz_one.c": _C, "t/checks/one.py": "# SPDX-License-Identifier: Apache-2.0\n",
    "t/run.sh": _SH + 'echo "$1"\n',
}

# (check, file, what is replaced in it, by what, what has to be found); without "replaced", it is added at the end.
_WRONG = [
    (layers, "mod_scimproxy/base/scim_log.c", None, '#include "scim_path.h"\n', "base includes scim_path.h"),
    (layers, "mod_scimproxy/connectors/sql/scim_sql_property.c", None, '#include "scim_path.h"\n', "connectors/sql includes scim_path.h"),
    (layers, "mod_scimproxy/connectors/sql/scim_sql_property.c", None, "#include <http_log.h>\n", "http_log.h is httpd's"),
    (layers, "mod_scimproxy/scim/scim_path.h", None, "#  include <ap_mmn.h>\n", "ap_mmn.h is httpd's"),
    (layers, "mod_scimproxy/scim/scim_path.c", None, "#include <apr_file_io.h>\n", "no input and output"),
    (layers, "mod_scimproxy/engine/scim_path.h", None, _C, "a header of this name"),
    (circles, "mod_scimproxy/include/scim_types.h", None, '#include "scim_path.h"\n', "files include each other"),
    (circles, "mod_scimproxy/base/scim_log.c", None, '#include "scim_path.h"\n', "units need each other"),
    (circles, "mod_scimproxy/base/scim_print.c", None, '#include "scim_path.h"\nvoid scim_log_print(const scim_log_t *log)\n{\n}\n', "units need each other"),
    (sizes, "mod_scimproxy/scim/scim_path.c", None, "\n" * 700, "700 are the most"),
    (sizes, "t/unit/test_one.c", None, "\n" * 1000, "1000 are the most"),
    (logids, "mod_scimproxy/base/scim_log.c", "SCIM_LOGNO(0100) ", "", "without SCIM_LOGNO"),
    (logids, "mod_scimproxy/base/scim_log.c", "level, 0,", "SCIM_LOG_DEBUG, 0,", "without SCIM_LOGNO"),
    (logids, "mod_scimproxy/httpd/scimp_env.c", None, "ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, form, a);\n", "without SCIM_LOGNO"),
    (logids, "mod_scimproxy/base/scim_log.c", "0100", "0099", "not in the range"),
    (logids, "mod_scimproxy/base/scim_log.c", "0100", "100", "four digits"),
    (logids, "mod_scimproxy/scim/scim_path.c", None, "SCIM_LOGNO(0300)\n", "not in the range of scim"),
    (logids, "mod_scimproxy/base/scim_log.c", None, "SCIM_LOGNO(0100)\n", "already"),
    (logids, "CONTRIBUTING.md", "The numbers", "Numbers", "no line"),
    (spdx, "t/unit/test_one.c", _C, "/* licensed */\n", "test_one.c: no line"),
    (spdx, "t/run.sh", "# SPDX", "# ", "run.sh: no line"),
    (words, "README.md", None, "see /" + "work/main/README.md\n", "a path of one machine"),
    (words, "README.md", None, "from https://pypi" + ".org/simple\n", "a registry"),
    (words, "t/unit/test_one.c", None, "/* see " + "#12 */\n", "the number of an issue"),
    (words, "t/run.sh", None, "# TO" + "DO: more\n", "a note to oneself"),
    (words, "README.md", None, "<" * 7 + " HEAD\n", "a mark of a merge"),
    (links, "README.md", "docs/directives.md", "docs/missing.md", "there is no docs/missing.md"),
    (links, "README.md", "#scimserve-", "#scimserved-", "has no heading"),
    (links, "README.md", "(#house)", "(#home)", "has no heading"),
    (registered, "mod_scimproxy/scim/scim_new.c", None, _C, "scim_new.c: in none"),
    (registered, "t/unit/test_new.c", None, _C, "test_new.c: in none"),
    (registered, "t/checks/new.py", None, "#\n", "new.py: in none"),
    (registered, "mod_scimproxy/sources.am", "x = ", "# x = ", "scim_types.h: in none"),
    (shell, "t/run.sh", '"$1"', "$1", "SC2086"),
    (directives, "mod_scimproxy/httpd/scimp_cmds.c", "SCIMServe", "SCIMServed", "no entry for SCIMServed"),
    (directives, "mod_scimproxy/httpd/scimp_cmds.c", "SCIMServe", "SCIMServed", "SCIMServe is no directive"),
    (directives, "docs/directives.md", "| Context: | `<Location>` |\n", "", "no row Context"),
    (directives, "docs/directives.md", "| `<Location>` |", "| server config |", "Context is not what the table says"),
    (directives, "docs/directives.md", "| Default: | `SCIMServe Off` |\n", "", "no row Default"),
    (directives, "docs/directives.md", "| `SCIMServe NAME", "| `SCIMServes NAME", "does not begin with its name"),
    (directives, "docs/directives.md", "A sentence that says what one needs this directive for.\n", "", "nothing is said"),
    (variables, "mod_scimproxy/httpd/scimp_env.c", None, 'set(r, "SCIM_USER", x);\n', "variable SCIM_USER is missing"),
    (variables, "docs/directives.md", "| `create` | POST |", "| `make` | POST |", "there is no operation make"),
    (properties, "docs/connector-sql.md", "| `sql.table` |", "| `sql.tables` |", "sql.table is missing"),
    (properties, "docs/connector-sql.md", "| `sql.table` |", "| `sql.tables` |", "there is no property sql.tables"),
    *[(properties, "docs/connector-sql.md", *example) for example in properties.EXAMPLE_MISTAKES],
]


class Checks(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="scim-checks-"))
        self.addCleanup(shutil.rmtree, self.root)
        for name, text in _TREE.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_nothing_to_find(self):
        for check in {case[0] for case in _WRONG}:
            if check is not shell or shutil.which("shellcheck"):
                self.assertEqual(check.check(self.root), [], check.__name__)

    def test_one_thing_wrong(self):
        for check, name, old, new, wanted in _WRONG:
            if check is shell and not shutil.which("shellcheck"):
                continue
            before = _TREE.get(name, "")
            self.assertTrue(old is None or old in before, (name, old))
            self.write(name, before + new if old is None else before.replace(old, new))
            findings = check.check(self.root)
            self.assertTrue(any(wanted in finding for finding in findings), f"{check.__name__} does not find {wanted!r} but {findings}")
            if before:
                self.write(name, before)
            else:
                (self.root / name).unlink()


class Symbols(unittest.TestCase):
    """Modules in small, made by the compiler."""

    def modules(self, code):
        folder = Path(tempfile.mkdtemp(prefix="scim-symbols-"))
        self.addCleanup(shutil.rmtree, folder)
        for name in ("scimproxy", "scimproxy_sql"):
            source = folder / f"{name}.c"
            source.write_text(code.replace("NAME", name), encoding="utf-8")
            subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / f"mod_{name}.so", source], check=True)
        with mock.patch.dict(os.environ, MODULE_DIR=str(folder)):
            return symbols.check(None)

    def test_all_is_well(self):
        self.assertEqual(self.modules("int NAME_module; extern void ap_log(void); void *p(void) __attribute__((visibility(\"hidden\")));\n"
                                      "void *p(void) { return (void *)ap_log; }"), [])

    def test_shows_too_much(self):
        self.assertIn("mod_scimproxy.so: shows scim_parse", self.modules("int NAME_module; int scim_parse;"))

    def test_shows_no_module(self):
        self.assertIn("mod_scimproxy_sql.so: does not show scimproxy_sql_module", self.modules("int other_module;"))

    def test_lacks_a_part(self):
        self.assertIn("mod_scimproxy.so: lacks scim_err",
                      self.modules("extern int scim_err(void); int (*NAME_module)(void) = scim_err;"))

    def test_is_not_there(self):
        with mock.patch.dict(os.environ, MODULE_DIR="/nowhere"):
            self.assertEqual(len(symbols.check(None)), 2)


if __name__ == "__main__":
    unittest.main()
