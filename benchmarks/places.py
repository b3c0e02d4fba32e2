"""Measure the places: import, load, commune crosswalk, carrying 10,000 rows × 60 counts, matching 100,000 names.

Run `python benchmarks/places.py` in the project's folder. Targets: import under 0.05 s beyond pandas, crosswalk and
carrying under 1 s together, names under 2 s.
All are seconds of CPU.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]


def measure_import() -> float:
    """Seconds of CPU that the modules of places need after pandas is there, in a fresh interpreter."""
    code = (
        "import time, pandas; start = time.process_time(); "
        "import mande.places.register, mande.places.crosswalk, mande.places.carry, mande.places.names; "
        "print(time.process_time() - start)"
    )
    return min(float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT)) for _ in range(5))


def main() -> None:
    """Print one line per measurement."""
    from mande.places.carry import carry_counts
    from mande.places.crosswalk import crosswalk
    from mande.places.names import find_matches
    from mande.places.register import Register

    report("import mande.places beyond pandas", measure_import)
    register = Register.load(ROOT / "data/places")
    report("load the register", lambda: _seconds(lambda: Register.load(ROOT / "data/places")))

    codes = register.at("2025-06-30", "commune")["place_code"].head(10_000)
    counts = np.random.default_rng(4).integers(0, 1000, (len(codes), 60)).astype(float)
    table = pd.DataFrame(counts, columns=[f"indicator_{i}" for i in range(60)]).assign(place_code=list(codes))

    def whole_crosswalk() -> None:
        carry_counts(table, crosswalk(register, "commune", "2025-06-30", "2025-07-01"))

    report("crosswalk and carry 10,000 communes × 60 indicators", lambda: _seconds(whole_crosswalk))

    for level, date in (("province", "2020-12-31"), ("district", "2020-06-30")):
        written = pd.read_csv(ROOT / f"tests/places/{level}_spellings.csv", dtype=str)["written"]
        names = written.sample(100_000, replace=True, random_state=4)
        report(
            f"match 100,000 {level} names ({written.nunique()} spellings)",
            lambda names=names, date=date, level=level: _seconds(lambda: find_matches(names, register, date, level)),
        )
    official = register.at("2025-06-30", "commune")
    rows = official.sample(100_000, replace=True, random_state=4)
    report(
        "match 100,000 commune names within their districts",
        lambda: _seconds(
            lambda: find_matches(rows["name_official"], register, "2025-06-30", "commune", parent=rows["parent_code"])
        ),
    )


def report(what: str, measured: Callable[[], float]) -> None:
    print(f"{what}: {measured():.3f} s")


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of CPU: on a shared machine the clock on the wall measures the others, too."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
