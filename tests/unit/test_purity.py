"""The core never does I/O: it takes values and returns values (docs: the functional core and its shell)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "mailbot"
CORE = (
    "terms folding wording clauses frame frames mood account statement classify choices naming names register "
    "members sender authenticity results canonical dkim arc machines flags judgement case decide letter quoting html "
    "zones compose charsets documents language places inflection story question consent silence bounces quotations"
).split()
SHELL = (
    "mailbot.store mailbot.ingest mailbot.delivery mailbot.settings mailbot.secret mailbot.wording_files mailbot.app "
    "mailbot.cli mailbot.pipeline mailbot.polling mailbot.schedule mailbot.transport mailbot.maildir mailbot.keys "
    "sqlalchemy imapclient apscheduler "
    "smtplib dns"
).split()

# Where the core does touch the world, and why that is no harm.
EXCEPTIONS = {
    "documents.py": {"os.environ", "Popen", "time.monotonic"},  # the worker that reads hostile documents
    "document_text.py": {"subprocess.run"},  # inside that worker
    "compose.py": {"PackageLoader"},  # the templates are part of the package
}
_FORBIDDEN = {
    "open": "open", "input": "input", "print": "print", "now": "datetime.now", "utcnow": "datetime.utcnow",
    "today": "date.today", "read_text": "read_text", "read_bytes": "read_bytes", "write_text": "write_text",
    "write_bytes": "write_bytes", "Popen": "Popen", "urlopen": "urlopen", "socket": "socket", "getenv": "os.getenv",
}  # fmt: skip
_OF_MODULES = {
    "time": {"time", "monotonic", "sleep", "localtime", "gmtime"},
    "os": {"environ", "system", "remove", "unlink", "getcwd", "listdir"},
    "subprocess": {"run", "check_output", "call"},
    "random": {"random", "choice", "randint"},
}


def modules() -> list[str]:
    return [name for name in CORE if (PACKAGE / f"{name}.py").exists()]


@pytest.mark.parametrize("name", modules())
def test_a_core_module_pulls_in_nothing_of_the_shell(name: str) -> None:
    """Each in a fresh interpreter, so that what another test imported does not count."""
    code = (
        f"import sys, mailbot.{name}\n"
        f"shell = {SHELL!r}\n"
        "print(*sorted(m for m in sys.modules if any(m == s or m.startswith(s + '.') for s in shell)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == []


def _calls(tree: ast.AST) -> set[str]:
    """What a module's code does to the world: calls and attributes by the name they are forbidden under."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name == "open" and isinstance(function, ast.Attribute):
                continue  # ZipFile.open and the like: of a value in memory
            if name in _FORBIDDEN:
                found.add(_FORBIDDEN[name])
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in _OF_MODULES.get(node.value.id, ())
        ):
            found.add(f"{node.value.id}.{node.attr}")
    return found


@pytest.mark.parametrize("name", modules())
def test_a_core_module_asks_neither_clock_nor_files_nor_environment(name: str) -> None:
    tree = ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))
    assert _calls(tree) - EXCEPTIONS.get(f"{name}.py", set()) == set()


def test_the_check_sees_what_it_forbids() -> None:
    code = "import os, time\nwhen = datetime.now(UTC)\nos.environ['X']\ntime.time()\nopen('x')\nPath('x').read_text()"
    assert _calls(ast.parse(code)) == {"datetime.now", "os.environ", "time.time", "open", "read_text"}
