"""What README.md says to type works, and ARCHITECTURE.md names what is there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.end_to_end.conftest import mande, mande_here

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\.venv/bin/mande (.+)$", README, flags=re.M)
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.S)
pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_readme_runs(line, tmp_path):
    words = shlex.split(line)
    if words[0] == "review":
        words += ["--output", str(tmp_path)]
        words += ["--unit", "37"] if "--level" in words and "--unit" not in words else []
    process = mande(*words)
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip()
    assert "Traceback" not in process.stderr


def test_the_python_of_the_readme_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert PYTHON
    names = {}
    for code in PYTHON:
        exec(code, names)
    assert set(names["review"].progress["place_code"]) >= {"VN", "17"}


def test_the_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)`?", README):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


def test_the_architecture_names_every_folder_and_root_module():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = [path.name for path in (ROOT / "mande").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    modules = [path.name for path in (ROOT / "mande").glob("*.py") if not path.name.startswith("__")]
    assert [name for name in [*folders, *modules] if name not in text] == []


@pytest.mark.parametrize("command", ["review", "check", "programmes", "places", "programmes list", "places find"])
def test_help_explains_with_an_example(command):
    process = mande_here(*command.split(), "--help")
    assert process.returncode == 0
    if " " in command or command in ("review", "check"):
        assert "Example: mande" in " ".join(process.stdout.split())
