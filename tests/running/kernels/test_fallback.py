"""Where a warm kernel cannot be had, the notebook runs in an ordinary one and the log says why."""

import json
import logging
import signal
import sys
from functools import partial

import pytest

from mande.running.kernels import provisioner, warm_kernel
from mande.running.kernels.warm_kernel import PARENT
from tests.running.kernels.conftest import DATA_FOLDER

IS_WARM = "import sys; print('mande.reporting.run' in sys.modules)"


@pytest.fixture(autouse=True)
def _say_again(monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "_said", set())
    caplog.set_level(logging.WARNING)


@pytest.fixture
def made_up_kernel(tmp_path, monkeypatch):
    """Give the kernel `made-up`: as `mande`, but with this to preload."""

    (tmp_path / "modules").mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'modules'}:{':'.join(filter(None, sys.path))}")
    monkeypatch.syspath_prepend(tmp_path / "modules")

    def make(module: str, source: str) -> None:
        (tmp_path / "modules" / f"{module}.py").write_text(source, encoding="utf-8")
        spec = json.loads((DATA_FOLDER / "kernels" / "mande" / "kernel.json").read_text(encoding="utf-8"))
        spec["metadata"]["kernel_provisioner"]["config"]["preload"] = [module]
        folder = tmp_path / "data" / "kernels" / "made-up"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))

    return make


def test_a_parent_with_a_thread_does_not_fork(made_up_kernel, printed, caplog):
    made_up_kernel(
        "threaded", "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()"
    )
    assert printed("import sys; print('threaded' in sys.modules)", kernel="made-up") == "False"
    assert (
        "ordinary kernels are used instead of warm ones: the warm parent cannot fork: it has 2 threads" in caplog.text
    )


def test_a_module_that_cannot_be_imported(made_up_kernel, printed, caplog, tmp_path):
    made_up_kernel("broken", f"open({str(tmp_path / 'tries')!r}, 'a').write('.')\nraise ValueError('made up')")
    assert printed("print(1)", kernel="made-up") == "1"
    assert "the warm parent was lost: it ended" in caplog.text
    for _ in range(3):
        printed("print(2)", kernel="made-up")
    assert (tmp_path / "tries").read_text() == "..."  # then no more
    assert len(caplog.records) == 1


def test_code_that_changes_is_read_again_and_old_kernels_go_on(made_up_kernel, printed):
    look = "import sys, os; print(sys.modules['worked_on'].__dict__.get('answer'), os.getppid())"
    made_up_kernel("worked_on", "answer = 41")
    first, parent = printed(look, kernel="made-up").split()
    assert printed(look, kernel="made-up").split() == [first, parent]
    made_up_kernel("worked_on", "answer = 42 ")
    second, another = printed(look, kernel="made-up").split()
    assert (first, second) == ("41", "42")
    assert parent != another


def test_other_systems_use_the_ordinary_kernel(printed, monkeypatch, caplog):
    windows = partial(provisioner.obstacle, platform="win32")
    monkeypatch.setattr(provisioner, "obstacle", windows)
    assert [printed(IS_WARM), printed(IS_WARM)] == ["False", "False"]
    assert [record.getMessage() for record in caplog.records] == [
        "ordinary kernels are used instead of warm ones: kernels are forked on Linux only, not on win32"
    ]


def test_options_that_only_a_new_process_can_have():
    command = ["python", "-m", "ipykernel_launcher", "-f", "x"]
    blocked = partial(provisioner.obstacle, platform="linux")
    assert blocked(command, {"stdout": None, "cwd": "/"}) == ""
    assert blocked(command, {"stdout": 1, "independent": True}) == "the caller asks for independent, stdout"
    assert blocked(["python", "-m", "xpython"], {}) == "the kernel is not an ipykernel"


def test_a_parent_that_hangs_is_given_up(printed, monkeypatch, caplog):
    printed("print(1)")
    parent = PARENT.get_running().process
    monkeypatch.setattr(warm_kernel, "_ANSWER_SECONDS", 0.5)
    parent.send_signal(signal.SIGSTOP)
    assert printed(IS_WARM) == "False"
    assert "the warm parent was lost: no answer (timed out)" in caplog.text
    assert parent.poll() == -signal.SIGKILL
    assert printed(IS_WARM) == "True"
