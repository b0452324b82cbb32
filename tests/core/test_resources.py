"""The program finds its resources in a checkout and in an installed wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from alwrity_desktop.core import resources

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("alwrity_desktop-*.whl")
    return built


def test_that_a_checkout_has_its_resources_beside_the_package() -> None:
    assert resources.resource_root() == ROOT / "resources"
    assert resources.resource_path("icons", "bell.svg").is_file()


def test_that_a_damaged_installation_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "alwrity_desktop")
    resources.resource_root.cache_clear()
    with pytest.raises(FileNotFoundError, match="Install ALwrity Desktop again"):
        resources.resource_root()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    resources.resource_root.cache_clear()


def test_that_the_wheel_holds_program_resources_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (path for path in (ROOT / "resources").rglob("*") if path.is_file()):
        assert f"alwrity_desktop/{path.relative_to(ROOT).as_posix()}" in names
    modules = {name for name in names if name.startswith("alwrity_desktop/")}
    assert {
        f"alwrity_desktop/{path.relative_to(ROOT / 'alwrity_desktop').as_posix()}"
        for path in (ROOT / "alwrity_desktop").rglob("*.*")
        if path.suffix in {".py", ".sql"}
    } <= modules
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert {"LICENSE", "LICENSE-Inter.txt", "LICENSE-Lucide.txt"} <= licences


def test_that_an_installed_wheel_finds_its_own_resources(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    program = (
        "from alwrity_desktop.core.resources import resource_path;"
        "print(resource_path('fonts', 'Inter-Bold.ttf'))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    found = Path(answer.stdout.strip())
    assert found.is_file()
    assert found.is_relative_to(site)
