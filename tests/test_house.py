"""The rules of the house that no linter knows: sizes, walls by name, nothing that gives away."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "alwrity_desktop"
CODE: Final = (PACKAGE, ROOT / "benchmarks", ROOT / "packaging")
TESTS: Final = ROOT / "tests"

MAX_FILE_LINES: Final = 400
MAX_CLASS_LINES: Final = 300
MAX_FUNCTION_LINES: Final = 40
#: Here a function is a table's columns, one a line.
MIGRATIONS: Final = "alwrity_desktop/core/ledger/migrations/"

#: Only these may ask the machine for the time of day.
MAY_READ_TIME: Final = ("alwrity_desktop/core/clock.py",)
TIME_READERS: Final = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.time_ns",
        "QDateTime.currentDateTime",
        "QDateTime.currentDateTimeUtc",
        "QDateTime.currentMSecsSinceEpoch",
        "QDate.currentDate",
    }
)

#: A command loads only what it needs. Elsewhere a late import says its reason beside it.
MAY_IMPORT_LATE: Final = ("alwrity_desktop/__main__.py", "alwrity_desktop/cli/")
REASON: Final = re.compile(r"# noqa: PLC0415 -+ \w+")

#: What the domain may import beside the standard library and itself.
DOMAIN_NEEDS: Final = frozenset({"msgspec", "alwrity_desktop.core.domain"})

SECRETS: Final = (
    r"sk-ant-[A-Za-z0-9_-]{24,}",
    r"\bsk-(proj-)?[A-Za-z0-9]{32,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{35}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bxox[abpr]-[A-Za-z0-9-]{20,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
)
#: A secret that a test needs says in itself that it is none.
MADE_UP: Final = "canary"
#: Where packages come from is each machine's own matter. In parts, so that this file passes.
REGISTRIES: Final = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
)
NOT_OURS: Final = re.compile(r"\.venv.*|\.git|\.hypothesis|\..*_cache|__pycache__|build|dist|out")
TEXT: Final = frozenset(
    {"", ".py", ".md", ".toml", ".lock", ".sh", ".yml", ".xml", ".svg", ".json", ".desktop"}
)


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def program_files() -> list[Path]:
    return sorted(path for folder in CODE for path in folder.rglob("*.py"))


def all_files() -> list[Path]:
    return [*program_files(), *sorted(TESTS.rglob("*.py"))]


def too_long(kinds: tuple[type[ast.stmt], ...], limit: int) -> Iterator[str]:
    for path in program_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, kinds) and (node.end_lineno or 0) - node.lineno + 1 > limit:
                name = getattr(node, "name", "?")
                yield f"{place(path)}:{node.lineno} {name} has over {limit} lines"


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        for name in imported(node):
            yield getattr(node, "lineno", 0), name


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def long_files() -> Iterator[str]:
    for path in all_files():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            yield f"{place(path)} has {lines} lines, over {MAX_FILE_LINES}"


def long_classes() -> Iterator[str]:
    return too_long((ast.ClassDef,), MAX_CLASS_LINES)


def long_functions() -> Iterator[str]:
    offences = too_long((ast.FunctionDef, ast.AsyncFunctionDef), MAX_FUNCTION_LINES)
    return (offence for offence in offences if MIGRATIONS not in offence)


def modules_without_first_line() -> Iterator[str]:
    return (place(path) for path in all_files() if not ast.get_docstring(tree(path)))


def bare_labels() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        if not place(path).startswith("alwrity_desktop/ui/widgets/"):
            for line, name in imports(path):
                if name.endswith(".QLabel"):
                    yield f"{place(path)}:{line} imports QLabel; use PlainLabel"


def reads_of_the_time() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        if place(path) in MAY_READ_TIME:
            continue
        for node in ast.walk(tree(path)):
            name = dotted(node.func) if isinstance(node, ast.Call) else ""
            if ".".join(name.split(".")[-2:]) in TIME_READERS:
                yield f"{place(path)}:{getattr(node, 'lineno', 0)} calls {name}; take the clock"


def late_imports() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        if place(path).startswith(MAY_IMPORT_LATE):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if imported(node) and not REASON.search(lines[getattr(node, "lineno", 1) - 1]):
                        yield f"{place(path)}:{function.lineno} {function.name} imports unexplained"


def strangers_in_the_domain() -> Iterator[str]:
    for path in (PACKAGE / "core" / "domain").rglob("*.py"):
        for line, name in imports(path):
            is_known = name.partition(".")[0] in sys.stdlib_module_names
            if not is_known and not any(is_within(name, need) for need in DOMAIN_NEEDS):
                yield f"{place(path)}:{line} imports {name}"


def docks_that_know_docks() -> Iterator[str]:
    docks = "alwrity_desktop.ui.docks"
    shared = {f"{docks}.base"}
    views = {
        f"{docks}.{path.stem}"
        for path in (PACKAGE / "ui" / "docks").glob("*.py")
        if path.stem not in {"__init__", "base"} and declares_a_dock(path)
    }
    for path in (PACKAGE / "ui" / "docks").glob("*.py"):
        own = f"{docks}.{path.stem}"
        for line, name in imports(path):
            if any(is_within(name, view) for view in views - shared - {own}):
                yield f"{place(path)}:{line} imports {name}"


def declares_a_dock(path: Path) -> bool:
    return any(
        isinstance(node, ast.ClassDef) and any(dotted(base) == "DockView" for base in node.bases)
        for node in tree(path).body
    )


def sleeping_tests() -> Iterator[str]:
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func) in {"time.sleep", "qtbot.wait"}:
                yield f"{place(path)}:{node.lineno} sleeps; wait on a condition"


def giveaways() -> Iterator[str]:
    forbidden = re.compile("|".join((*SECRETS, *(re.escape(host) for host in REGISTRIES))))
    for path in texts():
        for number, text in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            found = forbidden.search(text)
            if found and MADE_UP not in found[0].lower():
                yield f"{place(path)}:{number} holds {found[0][:12]}…"


def texts() -> Iterator[Path]:
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if not NOT_OURS.fullmatch(name))
        yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix in TEXT)


RULES: Final = (
    long_files,
    long_classes,
    long_functions,
    modules_without_first_line,
    bare_labels,
    reads_of_the_time,
    late_imports,
    strangers_in_the_domain,
    docks_that_know_docks,
    sleeping_tests,
    giveaways,
)


@pytest.mark.parametrize("rule", RULES)
def test_that_the_house_has_no(rule: Callable[[], Iterator[str]]) -> None:
    if offences := sorted(set(rule())):
        pytest.fail("\n".join(offences), pytrace=False)


#: A file for each rule that breaks it.
BAD_HOUSE: Final = {
    "alwrity_desktop/long.py": '"""Long."""\n' * (MAX_FILE_LINES + 1),
    "alwrity_desktop/wide.py": "class Wide:\n" + "    a = 1\n" * MAX_CLASS_LINES,
    "alwrity_desktop/deep.py": "def deep():\n" + "    a = 1\n" * MAX_FUNCTION_LINES,
    "alwrity_desktop/silent.py": "a = 1\n",
    "alwrity_desktop/ui/header.py": "from PySide6.QtWidgets import QLabel\n",
    "alwrity_desktop/core/late.py": "def late():\n    import json\n    datetime.now()\n",
    "alwrity_desktop/core/domain/money.py": "import httpx\n",
    "alwrity_desktop/ui/docks/alerts.py": "class AlertsDock(DockView): ...\n",
    "alwrity_desktop/ui/docks/calls.py": "from alwrity_desktop.ui.docks.alerts import AlertsDock\n",
    "tests/test_slow.py": "import time\ntime.sleep(1)\n",
    "README.md": f"https://{REGISTRIES[0]}/simple\n",
}


@pytest.mark.parametrize("rule", RULES)
def test_that_each_rule_can_be_broken(
    rule: Callable[[], Iterator[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in BAD_HOUSE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "ROOT", tmp_path)
    monkeypatch.setattr(here, "PACKAGE", tmp_path / "alwrity_desktop")
    monkeypatch.setattr(here, "CODE", (tmp_path / "alwrity_desktop",))
    monkeypatch.setattr(here, "TESTS", tmp_path / "tests")
    assert list(rule())


def test_that_the_file_overview_is_fresh() -> None:
    script = ROOT / "packaging" / "file_overview.py"
    answer = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert answer.returncode == 0, "docs/files.md is stale: run `make docs`"
