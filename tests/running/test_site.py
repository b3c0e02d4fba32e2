"""A table that is not what its contract says is not handed on."""

import pytest

import mande
from mande.errors import DataError
from mande.running.site import require_contracts


@pytest.fixture(scope="module")
def review():
    return mande.open_workspace().review(
        "vn-children-2021-2030", stage="mid-term", as_of="2025-12-31", level="province"
    )


def test_the_tables_of_a_review_keep_their_contracts(review):
    require_contracts(mande.open_workspace(), review.tables)
    names = {path.name.split(".")[0] for path in (mande.open_workspace().contracts_folder / "outputs").glob("*.yaml")}
    assert names >= {"actuals", "progress", "check_outcomes"}
    assert names - {"observations"} <= set(review.tables)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda table: table.drop(columns="reason"), "column reason: is missing"),
        (lambda table: table.assign(verdict="good"), "column verdict: holds"),
        (lambda table: table.assign(surprise=1), "column surprise: is unknown"),
    ],
)
def test_a_spoilt_table_is_named(review, spoil, what):
    with pytest.raises(DataError, match=what):
        require_contracts(mande.open_workspace(), {"progress": spoil(review.progress)})
