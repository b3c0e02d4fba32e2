"""A page's kernel, which speaks through a pipe, shows what an ordinary one shows; whatever it does, it is held and ended."""

import json
import re

import psutil
import pytest

from mande.running.failures import NotebookError, OutputLimitError
from mande.running.kernels.warm_cells import CellLimits, execute_cells
from tests.running.kernels.test_faults import wait_until
from tests.running.kernels.test_same_outputs import CELLS

MORE_CELLS = [
    "from IPython.display import HTML, clear_output, display\nshown = display(HTML('<p>1</p>'), display_id='it')",
    "shown.update(HTML('<p>2</p>')); print('said'); clear_output(wait=True); print('said instead')",
    "print('gone'); clear_output(); 'kept'",
    "import subprocess, sys\nprint('before'); subprocess.run(['echo', 'between']); print('after')\n"
    "subprocess.run('echo wrong >&2', shell=True); !echo by IPython\nimport time; time.sleep(0.2)",
    "import ctypes; ctypes.CDLL(None).puts(b'from C'); ctypes.CDLL(None).fflush(None); time.sleep(0.2)",
    "import multiprocessing; multiprocessing.get_context('fork').Process(target=print, args=('forked',)).start()\n"
    "import multiprocessing as m; [p.join() for p in m.active_children()]; time.sleep(0.2)",
    "import logging; logging.warning('warned')",
    "%%bash\necho by a magic",
    "sys.path.index('') > 0, sys.argv[1:2], __name__",
    "display({'application/json': {'a': [1]}, 'text/plain': 'x'}, raw=True); 'last'",
    "input('?')",
]


@pytest.fixture
def shown(tmp_path):
    """Execute cells in a page's kernel and return their outputs."""

    def run(*sources, **limits):
        cells = [{"id": f"{n}", "code": source, "may_fail": True} for n, source in enumerate(sources)]
        return [cell.outputs for cell in execute_cells(cells, tmp_path, tmp_path, CellLimits(**limits)).cells]

    return run


def as_text(outputs):
    """Process and address are another's each time, and how a stream was cut depends on the moment."""
    outputs = [_joined(cell) for cell in outputs]
    return re.sub(r"ipykernel_\d+/\d+|object at 0x\w+", "", json.dumps(outputs, sort_keys=True, indent=1))


def _joined(cell):
    streams = {}
    for output in (one for one in cell if one["output_type"] == "stream"):
        streams[output["name"]] = streams.get(output["name"], "") + output["text"]
    return [streams, *(one for one in cell if one["output_type"] != "stream")]


@pytest.mark.parametrize("sources", [CELLS, MORE_CELLS], ids=["figures", "streams"])
def test_every_kind_of_output_is_that_of_an_ordinary_kernel(sources, shown, run_cells, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel does not look after C code and programs where this is set
    assert as_text(shown(*sources)) == as_text(run_cells(*sources, kernel="python3", allow_errors=True))


def test_what_programs_write_counts_as_shown(shown):
    with pytest.raises(OutputLimitError, match="more than 2 MB"):
        shown("import os, time; os.system('head -c 3000000 /dev/zero'); time.sleep(60)", output_mb=2)


def test_what_cells_started_ends_with_them(shown):
    ((output,),) = shown("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)")
    assert wait_until(lambda: not psutil.pid_exists(int(output["text"])))


def test_cells_after_one_that_fails_are_not_executed(tmp_path):
    cells = [{"id": code, "code": code, "may_fail": False} for code in ("1 / 0", "open('went on', 'w')")]
    with pytest.raises(NotebookError, match="ZeroDivisionError: division by zero"):
        execute_cells(cells, tmp_path, tmp_path, CellLimits())
    assert not (tmp_path / "went on").exists()
