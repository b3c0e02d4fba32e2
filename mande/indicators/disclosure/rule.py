"""What counts as too small to be shown, and what a reader must not be able to narrow down."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mande.errors import DisclosureError, Problem

CELL_COLUMNS = ("value", "is_sensitive", "is_published", "cost")


@dataclass(frozen=True)
class Rule:
    """Counts from 1 to `highest_protected` are hidden; 0 is shown.

    The rule is kept when a reader who lays everything published side by side can narrow no small count down to fewer
    values than this range has: the highest possible count less the lowest is at least `width`.
    """

    highest_protected: int = 4

    def __post_init__(self) -> None:
        if self.highest_protected < 2:
            raise DisclosureError(
                Problem("highest protected count", f"{self.highest_protected}", "give 2 or more, such as 4")
            )

    @property
    def width(self) -> int:
        return self.highest_protected - 1

    @property
    def mark(self) -> str:
        """What stands in place of a hidden value, small or hidden to protect a small one: "<5"."""
        return f"<{self.highest_protected + 1}"

    def is_small(self, counts: pd.Series) -> pd.Series:
        """Tell which counts are too small; missing is not."""
        return counts.between(1, self.highest_protected)


def require_cells(cells: pd.DataFrame) -> None:
    """Refuse cells that are not whole counts: what is not counted cannot be protected by counting.

    Raises: DisclosureError, never naming a value.
    """
    wrong = cells.index[(cells["value"] < 0) | (cells["value"] != np.floor(cells["value"])) | cells["value"].isna()]
    if len(wrong):
        raise DisclosureError(
            Problem("cells", f"{len(wrong)} of {len(cells)} are not whole counts", "protect the counts behind them")
        )
