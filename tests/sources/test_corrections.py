"""The ledger of corrections: what it changes is named and kept; an entry that no longer fits stops the run."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import DataError, DefinitionError
from mande.sources.correction_ledger import read_ledger
from mande.sources.corrections import apply_corrections
from mande.sources.published import COLUMNS, read_files, read_observations, read_published

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
KINDERGARTEN = "kindergarten-pupils-2015-2016-in-persons"
HEADER = ",".join((*COLUMNS, "numerator", "denominator"))
ENTRY = {
    "id": "one",
    "where": {"file": "made_up.csv", "indicator": "IMR", "place_codes": ["01"], "periods": ["2015"]},
    "action": "override",
    "value": 7.0,
    "reason": {"vi": "gõ nhầm", "en": "typed wrongly"},
    "who": "made up",
    "date": "2025-01-01",
    "evidence": "made up",
    "expect": {"equals": 70.0},
}


def row(indicator="IMR", place="01", period="2015", value="70", counts=","):
    return f"{indicator},{place},{period},_T,_T,{value},60,80,=,percent,observed,made-up,,made-up,1,text,,,{counts}"


ROWS = (row(), row(place="02", value="8"))


def folder_of(tmp_path, entries, rows=ROWS):
    (tmp_path / "made_up.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    text = yaml.safe_dump({"corrections": entries}, allow_unicode=True).replace("'2025-01-01'", "2025-01-01")
    (tmp_path / "corrections.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def corrected(tmp_path, *entries, rows=ROWS):
    folder = folder_of(tmp_path, list(entries), rows)
    return apply_corrections(
        read_observations(folder / "made_up.csv"), read_ledger(folder), shown="made-up/corrections.yaml"
    )


def test_the_first_entry_of_the_project_counts_kindergarten_pupils_in_thousands():
    """The nation had 3,755 thousand pupils in 2014; the source says 3978520 and 4409580 for the two years after."""
    published = read_published(PUBLISHED)
    table = published.observations
    nation = table[table["indicator"].eq("KINDERGARTEN_PUPILS") & table["place_code"].eq("VN")].set_index("period")
    assert nation.loc[["2014", "2015", "2016"], "value"].tolist() == pytest.approx([3755, 3978.52, 4409.58])
    assert nation.loc[["2015", "2016"], "original_value"].tolist() == [3978520, 4409580]
    assert nation["correction"].eq(KINDERGARTEN).groupby(level=0).any().sum() == 2
    assert (table["correction"] != "").sum() == len(published.corrections) == 140
    assert table.loc[table["correction"] == "", "original_value"].isna().all()
    before = read_observations(PUBLISHED / "gso_province_panel.csv")
    untouched = table[(table["file"] == "gso_province_panel.csv") & (table["correction"] == "")]
    assert untouched["value"].sum() == before[before["observation_id"].isin(untouched["observation_id"])]["value"].sum()


def test_it_fails_once_the_source_is_mended(tmp_path):
    ledger = read_ledger(PUBLISHED)
    table = read_observations(PUBLISHED / "gso_province_panel.csv")
    mended = table["observation_id"] == "gso_province_panel.csv:3132"
    table.loc[mended, "value"] = 391.048
    with pytest.raises(DataError) as error:
        apply_corrections(table, ledger, shown="published/corrections.yaml")
    (problem,) = error.value.problems
    assert problem.where == f"published/corrections.yaml {KINDERGARTEN}"
    assert problem.found == "gso_province_panel.csv cell F3132 holds 391.048 (observed), not above 6000.0"
    assert "delete the entry if the source was mended" in problem.todo


def test_files_read_one_by_one_are_corrected_too():
    table = read_files([PUBLISHED / "gso_province_panel.csv"])
    assert (table["correction"] == KINDERGARTEN).sum() == 140
    assert (read_files([PUBLISHED / "national_series.csv"])["correction"] == "").all()


def test_an_override_keeps_what_the_source_says_and_drops_the_limits_of_the_old_value(tmp_path):
    done = corrected(tmp_path, ENTRY)
    first = done.observations.iloc[0]
    assert (first["value"], first["original_value"], first["correction"]) == (7.0, 70.0, "one")
    assert pd.isna(first["lower"]) and pd.isna(first["upper"])
    assert done.observations.iloc[1]["correction"] == ""
    (kept,) = done.corrections.to_dict("records")
    assert (kept["original"], kept["corrected"], kept["cell"], kept["reason_vi"]) == (70.0, 7.0, "F2", "gõ nhầm")


def test_a_drop_leaves_the_row_out_and_keeps_it_in_the_list(tmp_path):
    done = corrected(tmp_path, ENTRY | {"action": "drop"})
    assert done.observations["place_code"].tolist() == ["02"]
    assert done.corrections[["original", "action"]].to_numpy().tolist() == [[70.0, "drop"]]


def test_a_flag_changes_no_number(tmp_path):
    done = corrected(tmp_path, ENTRY | {"action": "flag"})
    assert done.observations["value"].tolist() == [70.0, 8.0]
    assert done.observations["correction"].tolist() == ["one", ""]


def test_a_scale_takes_the_limits_along(tmp_path):
    done = corrected(tmp_path, ENTRY | {"action": "scale", "factor": 0.1})
    assert done.observations.loc[0, ["value", "lower", "upper"]].tolist() == pytest.approx([7, 6, 8])


def test_a_status_alone_can_take_a_value_away(tmp_path):
    entry = {key: value for key, value in ENTRY.items() if key != "value"} | {"value_status": "missing"}
    first = corrected(tmp_path, entry).observations.iloc[0]
    assert pd.isna(first["value"]) and first["value_status"] == "missing" and first["original_value"] == 70.0


def test_a_corrected_count_gives_the_value_anew(tmp_path):
    """70 of 100 typed for 7 of 100: 7 per cent."""
    entry = ENTRY | {"column": "numerator"}
    first = corrected(tmp_path, entry, rows=[row(counts="70,100")]).observations.iloc[0]
    assert (first["numerator"], first["value"], first["original_value"]) == (7.0, 7.0, 70.0)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"where": {**ENTRY["where"], "periods": ["2030"]}}, "no cell of the source matches 'where'"),
        ({"where": {**ENTRY["where"], "file": "absent.csv"}}, "no cell of the source matches 'where'"),
        ({"expect": {"equals": 70.0, "cells": 2}}, "1 cells match, 2 are expected"),
        ({"expect": {"equals": 71.0}}, "cell F2 holds 70 (observed), not equals 71.0"),
        ({"expect": {"above": 70.0}}, "not above 70.0"),
        ({"expect": {"below": 70.0}}, "not below 70.0"),
        ({"expect": {"at_least": 70.1}}, "not at_least 70.1"),
        ({"expect": {"at_most": 69.9}}, "not at_most 69.9"),
        ({"expect": {"is_missing": True}}, "not is_missing True"),
        ({"expect": {"value_status": "provisional"}}, "(observed), not value_status provisional"),
    ],
)
def test_an_entry_that_no_longer_fits_names_itself_the_cell_and_what_is_there(tmp_path, change, found):
    with pytest.raises(DataError) as error:
        read_files([folder_of(tmp_path, [ENTRY | change]) / "made_up.csv"])
    (problem,) = error.value.problems
    assert problem.where == f"{tmp_path.name}/corrections.yaml one"
    assert found in problem.found


@pytest.mark.parametrize("expect", [{"at_least": 70.0}, {"at_most": 70.0}, {"above": 69.9}, {"below": 70.1}])
def test_what_is_expected_includes_its_limit(tmp_path, expect):
    assert corrected(tmp_path, ENTRY | {"expect": expect}).observations.iloc[0]["value"] == 7.0


def test_two_entries_on_one_cell_need_an_order(tmp_path):
    second = ENTRY | {"id": "two", "action": "scale", "factor": 2.0, "expect": {"equals": 7.0}}
    with pytest.raises(DataError, match="one and two both speak of made_up.csv cell F2"):
        corrected(tmp_path, ENTRY, second)
    done = corrected(tmp_path, ENTRY, second | {"after": "one"})
    assert done.observations.iloc[0][["value", "original_value", "correction"]].tolist() == [14.0, 70.0, "one; two"]
    assert done.corrections["original"].tolist() == [70.0, 7.0]


def test_all_entries_that_fail_are_told_at_once(tmp_path):
    second = ENTRY | {"id": "two", "where": {**ENTRY["where"], "place_codes": ["02"]}}
    with pytest.raises(DataError) as error:
        corrected(tmp_path, ENTRY | {"expect": {"equals": 1.0}}, second)
    assert [problem.where.split()[-1] for problem in error.value.problems] == ["one", "two"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"action": "scale"}, "one scales without a factor"),
        ({"value": None}, "one overrides with nothing"),
        ({"expect": {"cells": 1}}, "one does not say what stands in the source"),
        ({"after": "nobody"}, "one comes after nobody, which does not stand before it"),
        ({"action": "mend"}, "'mend' is not one of the allowed words"),
        ({"reason": {"en": "only one language"}}, "the key 'vi' is missing"),
        ({"factr": 2.0}, "unknown key 'factr'"),
        ({"value": "7,0"}, "'7,0' is not a number"),
    ],
)
def test_a_ledger_written_wrongly_is_refused_with_its_line(tmp_path, change, found):
    folder = folder_of(tmp_path, [ENTRY | change])
    with pytest.raises(DefinitionError) as error:
        read_ledger(folder)
    assert any(found in problem.found for problem in error.value.problems), error.value
    assert all(f"{tmp_path.name}/corrections.yaml:" in problem.where for problem in error.value.problems)


def test_an_id_stands_once(tmp_path):
    with pytest.raises(DefinitionError, match="the id one stands twice"):
        read_ledger(folder_of(tmp_path, [ENTRY, ENTRY]))


def test_the_table_given_is_not_changed(tmp_path):
    folder = folder_of(tmp_path, [ENTRY])
    given_table = read_observations(folder / "made_up.csv")
    before = given_table.copy()
    apply_corrections(given_table, read_ledger(folder), shown="x")
    pd.testing.assert_frame_equal(given_table, before)


@given(factor=st.floats(0.001, 1000), values=st.lists(st.floats(1, 1e6), min_size=1, max_size=6))
def test_scaling_keeps_every_original(tmp_path_factory, factor, values):
    rows = [row(place=f"{number:02d}", value=repr(value)) for number, value in enumerate(values, start=1)]
    where = {"file": "made_up.csv", "indicator": "IMR"}
    entry = ENTRY | {"where": where, "action": "scale", "factor": factor, "expect": {"at_least": 1.0}}
    done = corrected(tmp_path_factory.mktemp("scale"), entry, rows=rows).observations
    assert done["original_value"].tolist() == values
    assert done["value"].tolist() == pytest.approx([value * factor for value in values])
