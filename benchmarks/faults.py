"""Kill runner, kernels and warm parents at random moments; complete the run; compare with an undisturbed one.

    python benchmarks/faults.py [--kills 20] [--seed 1]

The run is the real command with small made-up notebooks for six units (see tests/end_to_end/small_site.py).  After each
kill the run is completed, by itself or with --resume; its pages must be those of the undisturbed run, and no process and
no file may be left.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the made-up site is one of the tests'

from tests.end_to_end.small_site import SmallSite, small_review, wait_until

VICTIMS = ("runner", "kernel", "warm parent")


def find_victims(process, who: str) -> list[psutil.Process]:
    """Return the processes of a kind that there are now."""
    if who == "runner":
        return [psutil.Process(process.pid)]
    found = psutil.Process(process.pid).children(recursive=True)
    parents = [one for one in found if "warm_parent" in " ".join(one.cmdline())]
    return parents if who == "warm parent" else [kernel for parent in parents for kernel in parent.children()]


def disturb(site: SmallSite, who: str, moment: float) -> tuple[int, str]:
    """Start a run, kill after so many seconds, complete it; return how many were killed and how it was completed."""
    process = site.start("--workers", 2, pause=0.2)
    time.sleep(moment)
    started, killed = [], 0
    while process.poll() is None and not killed:  # before the first page, and between two, there may be nobody to kill
        started = psutil.Process(process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            for victim in find_victims(process, who):
                victim.kill()
                killed += 1
    process.communicate(timeout=300)
    how = "by itself"
    if process.returncode:
        how = "--resume" if process.returncode == -signal.SIGKILL else f"code {process.returncode}, --changed"
        site.run("--resume" if process.returncode == -signal.SIGKILL else "--changed", "--workers", 2)
    left = not wait_until(lambda: not any(one.is_running() for one in started), 10)
    return killed, how + (", PROCESSES LEFT" if left else "")


def main() -> None:
    """Print a row for each kill and how many ended well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    chance, good = random.Random(words.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        site = SmallSite(Path(folder), small_review())
        started = time.monotonic()
        site.run("--workers", 2, pause=0.2)
        whole, undisturbed = time.monotonic() - started, site.pages()
        print(f"an undisturbed run takes {whole:.1f} s\n\n| after s | killed | completed | same pages | left |")
        print("| --- | --- | --- | --- | --- |")
        for number in range(words.kills):
            who, moment = VICTIMS[number % len(VICTIMS)], chance.uniform(0.1, 0.95) * whole
            killed, how = disturb(site, who, moment)
            same, left = site.pages() == undisturbed, len(site.leftovers())
            good += same and not left and "LEFT" not in how
            print(f"| {moment:.1f} | {killed} × {who} | {how} | {'yes' if same else 'NO'} | {left} |", flush=True)
        site.close()
    print(f"\n{good} of {words.kills} ended well")


if __name__ == "__main__":
    main()
