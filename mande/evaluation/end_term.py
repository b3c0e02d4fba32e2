"""At the end: what was said at the mid-term, and how it came out."""

import numpy as np
import pandas as pd

from mande.evaluation.cases import KEY
from mande.vocabulary import Verdict

MET = (str(Verdict.MET), str(Verdict.MET_UNCERTAIN))
COLUMNS = ("mid_term_run", "mid_term_as_of", "mid_term_verdict", "mid_term_p_met", "mid_term_outcome")


def compare_with_mid_term(progress: pd.DataFrame, earlier: pd.DataFrame | None, *, run: str = "") -> pd.DataFrame:
    """Set each verdict beside what an earlier review said of the same target and year: "we said 70 %, it came out …".

    One row per: target × population group × place, as given.
    Needs: `earlier`, the table `progress` of the earlier run (None: there is none), and the `run`'s name.
    Adds: `mid_term_run`, `mid_term_as_of`, `mid_term_verdict` (what was said then of the level judged then);
    `mid_term_p_met` (the probability, 0 to 1, given then to the level that is judged now); `mid_term_outcome`:
    as_expected (at least even odds and met, or less and not met), unexpected, or open (no verdict now).
    Missing values: blank and missing where nothing was published for the target, place and year.
    """
    if earlier is None:
        return progress.assign(**(dict.fromkeys(COLUMNS, "") | {"mid_term_p_met": np.nan}))
    said = earlier[[*KEY, "as_of", "verdict"]].rename(
        columns={"as_of": "mid_term_as_of", "verdict": "mid_term_verdict"}
    )
    said = said.assign(mid_term_run=run, **_outlooks(earlier))
    table = progress.merge(said, on=KEY, how="left", validate="one_to_one")
    first = table["_p_first"].where(table["target_year"] == table["_year_first"])
    last = table["_p_last"].where(table["target_year"] == table["_year_last"])
    chance = first.fillna(last)
    is_met, is_known = table["verdict"].isin(MET), table["verdict"].isin([*MET, str(Verdict.NOT_MET)])
    conditions = [chance.isna(), ~is_known, (chance >= 0.5) == is_met]
    table = table.assign(
        mid_term_p_met=chance, mid_term_outcome=np.select(conditions, ["", "open", "as_expected"], default="unexpected")
    )
    texts = [name for name in COLUMNS if name != "mid_term_p_met"]
    return table.drop(columns=[name for name in table if name.startswith("_")]).fillna(dict.fromkeys(texts, ""))


def _outlooks(earlier: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the probabilities given to the level judged then and to the last level; a run of old has none."""
    nothing = pd.Series(np.nan, index=earlier.index)
    return {
        "_year_first": earlier["target_year"],
        "_p_first": earlier.get("p_met", nothing),
        "_year_last": earlier["end_year"],
        "_p_last": earlier.get("end_p_met", nothing),
    }
