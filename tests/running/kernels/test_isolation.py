"""Siblings of one parent share imported code and nothing else."""

import ast
import os

STATE = (
    "import os, sys, random, uuid, tempfile, numpy, pandas, matplotlib, mande.reporting.run as run\n"
    "print(repr([hasattr(run, 'spoiled'), pandas.options.display.max_rows, matplotlib.rcParams['lines.linewidth'],\n"
    "  'left' in globals(), os.environ.get('LEFT'), os.getcwd()]))"
)
SPOIL = (
    STATE.partition("\n")[0] + "\n"
    "run.spoiled = left = 1; pandas.options.display.max_rows = 7; matplotlib.rcParams['lines.linewidth'] = 9\n"
    "os.environ['LEFT'] = '1'; os.chdir('/')"
)
NUMBERS = (
    "import os, random, uuid, secrets, tempfile, numpy\n"
    "print(repr([random.random(), numpy.random.random(), numpy.random.default_rng().random(), uuid.uuid4().hex,\n"
    "  uuid.uuid1().hex, secrets.token_hex(), tempfile.mktemp(), os.getpid()]))"
)


def test_nothing_that_a_notebook_changes_reaches_the_next(printed, run_cells, tmp_path):
    before = printed(STATE)
    run_cells(SPOIL)
    assert printed(STATE) == before
    assert ast.literal_eval(before) == [False, 60, 1.5, False, None, str(tmp_path)]


def test_random_numbers_differ_between_siblings(printed):
    first, second = ast.literal_eval(printed(NUMBERS)), ast.literal_eval(printed(NUMBERS))
    assert [a == b for a, b in zip(first, second, strict=True)] == [False] * len(first)


def test_a_kernel_is_a_process_like_an_ordinary_one(printed):
    facts = (
        "import os, sys, threading\n"
        "print(repr(['mande.reporting.run' in sys.modules, sys.argv[0].endswith('ipykernel_launcher.py'), sys.path,\n"
        "  sys.modules['__main__'].__dict__ is globals(), os.getsid(0) == os.getpid(), 'IPKernelApp' in get_ipython().config,\n"
        "  int(os.environ['JPY_PARENT_PID']) == os.getppid(), threading.current_thread() is threading.main_thread()]))"
    )
    warm, ordinary = (ast.literal_eval(printed(facts, kernel=kernel)) for kernel in ("mande", "python3"))
    assert (warm[0], ordinary[0]) == (True, False)
    assert warm[1:] == ordinary[1:]
    assert [fact for fact in warm if fact is not True] == [warm[2]]


def test_environment_and_time_zone_are_the_managers(printed, monkeypatch):
    look = "import os, time\nprint(os.environ.get('MADE_UP'), os.environ.get('OMP_NUM_THREADS'), time.tzname[0])"
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    monkeypatch.setenv("MADE_UP", "first")
    assert printed(look) == "first None +07"
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("MADE_UP", "second")
    assert printed(look) == "second None UTC"


def test_pools_and_shells_work_inside(printed):
    code = (
        "import os, subprocess\nfrom concurrent.futures import ThreadPoolExecutor\nfrom multiprocessing import get_context\n"
        "def double(x): return 2 * x\n"
        "with get_context('fork').Pool(2) as pool: a = pool.map(double, [1, 2])\n"
        "with ThreadPoolExecutor(2) as pool: b = list(pool.map(double, [3]))\n"
        "import pandas as pd; pd.DataFrame({'a': [1]}).to_parquet('x.parquet'); c = pd.read_parquet('x.parquet').a[0]\n"
        "print(a, b, c, subprocess.run(['echo', 'd'], capture_output=True, text=True).stdout.strip())"
    )
    assert printed(code) == "[2, 4] [6] 1 d"


def test_kernels_of_one_process_have_one_parent(printed):
    look = "import os; print(os.getppid())"
    parents = {int(printed(look)) for _ in range(2)}
    assert len(parents) == 1
    assert parents != {os.getpid()}


def test_nothing_typed_is_kept_in_the_home(printed, ipython_folder):
    assert printed("print(get_ipython().history_manager.hist_file)") == ":memory:"
    assert (ipython_folder / "profile_default").is_dir()
    assert not (ipython_folder / "profile_default" / "history.sqlite").exists()
