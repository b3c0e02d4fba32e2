"""Units beside each other: small areas read fairly, gaps between groups, and ranks without pretended precision."""

from typing import TYPE_CHECKING

import pandas as pd

from mande.equity_table import compute_equity
from mande.framework.load import load_carry_weights
from mande.framework.model import Programme
from mande.ranking_table import compute_ranking
from mande.small_area_table import compute_small_areas, find_denominators, panel_of
from mande.vocabulary import Level

if TYPE_CHECKING:
    from mande.workspace import Workspace

TABLES = ("small_areas", "equity", "ranking")


def compare_units(
    workspace: "Workspace",
    programme: Programme,
    actuals: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    units: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Return the tables that set units beside each other, by name; none of them takes part in a verdict.

    `small_areas`: see `compute_small_areas`; `equity`: `compute_equity`; `ranking`: `compute_ranking`.
    Needs: `actuals` (compute_actuals), all `observations` brought to the units of the date; the workspace's catalogue
    names what stands in for denominators.
    """
    sizes = find_denominators(observations, load_carry_weights(workspace.programmes_folder))
    panel = panel_of(actuals, units)
    areas = compute_small_areas(panel, programme, units, weights=sizes)
    provinces = panel[panel["level"] == Level.PROVINCE]
    beside = {"provinces": provinces, "observations": observations, "weights": sizes}
    return {
        "small_areas": areas,
        "equity": compute_equity(actuals, programme, **beside),
        "ranking": compute_ranking(provinces, programme, units, small_areas=areas),
    }
