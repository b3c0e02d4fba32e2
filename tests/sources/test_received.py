"""Which received files count: any sequence of arrivals gives the state that a plain model gives. Numbers are made up."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import DataError
from mande.sources.all_sources import join_received
from mande.sources.correction_ledger import Correction
from mande.sources.forms.form_reader import read_form, read_layout
from mande.sources.inbox import take_in
from mande.sources.published import Published, read_published
from mande.sources.received import correct_received, read_received, with_corrections
from mande.sources.sent_cells import count_cells
from mande.sources.workbooks import read_sheets

from .received_files import DAY, ROOT, form_file, put, small_knowledge, tidy_file

ARRIVALS = st.lists(
    st.tuples(st.sampled_from(["a.xlsx", "b.xlsx", "c/d.xlsx"]), st.sampled_from(["01", "31"]), st.integers(40, 42)),
    min_size=1,
    max_size=7,
)


def model(arrivals):
    """Return the status of each event and the number in force for each unit, by the rules in words."""
    lying, in_force, statuses = {}, {}, []
    for file, unit, number in arrivals:
        if lying.get(file) == (unit, number):
            continue
        lying[file] = (unit, number)
        if in_force.get(unit, (None, None))[1] == number:
            statuses.append("duplicate")
            continue
        if unit in in_force:
            statuses[in_force[unit][0]] = "superseded"
        in_force[unit] = (len(statuses), number)
        statuses.append("current")
    return statuses, {unit: number for unit, (_, number) in in_force.items()}


@settings(max_examples=25)
@given(arrivals=ARRIVALS)
def test_any_sequence_of_arrivals_gives_the_state_of_the_model(tmp_path_factory, arrivals):
    home = tmp_path_factory.mktemp("sequence")
    for file, unit, number in arrivals:
        put(home, file, form_file(unit, numerator=number))
        intake = take_in(home / "inbox", home / "received", small_knowledge(), received_date=DAY)
    statuses, in_force = model(arrivals)
    assert intake.submissions["status"].tolist() == statuses
    assert dict(zip(intake.observations["place_code"], intake.observations["numerator"], strict=True)) == in_force
    counted = intake.submissions[["n_values_sent", "n_read", "n_quarantined"]].astype(int)
    assert (counted["n_values_sent"] == counted["n_read"] + counted["n_quarantined"]).all()
    again = read_received(home / "received", small_knowledge())
    pd.testing.assert_frame_equal(again.submissions, intake.submissions)
    pd.testing.assert_frame_equal(again.observations, intake.observations)


def taken(home, knowledge):
    return take_in(home / "inbox", home / "received", knowledge, received_date=DAY)


def test_what_was_sent_is_read_or_set_aside(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator="bốn mươi"))
    put(home, "b.csv", tidy_file({"01": "41", "31": "nhiều"}))
    intake = taken(home, knowledge)
    rows = intake.submissions.set_index("file")[["n_values_sent", "n_read", "n_quarantined"]]
    assert rows.loc["a.xlsx"].tolist() == [2, 1, 1]
    assert rows.loc["b.csv"].tolist() == [2, 1, 1]
    assert sorted(intake.quarantined["found"]) == ["bốn mươi", "nhiều"]
    assert set(intake.quarantined["file"]) == {"a.xlsx", "b.csv"}


def test_forms_and_tables_are_two_sources(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator=40))
    put(home, "b.csv", tidy_file({"01": 41}))
    table = taken(home, knowledge).observations
    assert dict(zip(table["source"], table["value"], strict=True)) == {"unit-forms": 40.0, "unit-files": 41.0}


def test_a_unit_cannot_speak_in_the_name_of_a_publication(home, knowledge):
    put(home, "b.csv", tidy_file({"01": 41}).replace(b"made-up", b"gso-province-panel"))
    put(home, "c.csv", tidy_file({"31": 41}).replace(b"made-up", b"simulation"))
    assert taken(home, knowledge).observations["source"].tolist() == ["unit-files", "simulation"]


def test_two_rows_on_one_value_in_one_file_both_stay_for_the_check_of_keys(home, knowledge):
    put(home, "b.csv", tidy_file({"01": 41}) + tidy_file({"01": 42}).split(b"\n", 1)[1])
    assert taken(home, knowledge).observations["value"].tolist() == [41, 42]


def test_a_table_that_comes_back_after_another_counts_again(home, knowledge):
    for name, number in (("a.csv", 40), ("b.csv", 41), ("c.csv", 40)):
        put(home, name, tidy_file({"01": number}))
        intake = taken(home, knowledge)
    assert intake.submissions["status"].tolist() == ["superseded", "superseded", "current"]
    assert intake.observations["value"].tolist() == [40]
    put(home, "d.csv", tidy_file({"01": 40}))
    assert taken(home, knowledge).submissions["status"].tolist()[-1] == "duplicate"


def test_a_blank_answer_takes_no_value_of_another_table_away(home, knowledge):
    put(home, "a.csv", tidy_file({"01": 40}))
    taken(home, knowledge)
    put(home, "b.csv", tidy_file({"01": ".."}))
    assert taken(home, knowledge).observations["value"].tolist() == [40]


def test_made_up_and_real_forms_never_replace_each_other(home, knowledge):
    put(home, "a.xlsx", form_file("01"))
    put(home, "b.xlsx", form_file("01", is_made_up=True))
    intake = taken(home, knowledge)
    assert intake.submissions["status"].tolist() == ["current", "current"]
    assert sorted(intake.observations["source"]) == ["simulation", "unit-forms"]


def test_a_cell_that_a_reader_loses_is_reported(home):
    path = put(home, "a.xlsx", form_file("01"))
    sheets = read_sheets(path)
    reading = read_form(path, sheets, indicators=small_knowledge().indicators)
    layout = read_layout(path, sheets)
    whole = count_cells(sheets, reading, pd.DataFrame(), layout=layout)
    assert (whole.sent, whole.read, whole.lost) == (2, 2, ())
    blind = replace(reading, observations=reading.observations.assign(denominator=float("nan")))
    lost = count_cells(sheets, blind, pd.DataFrame(), layout=layout)
    assert (lost.sent, lost.read, lost.lost) == (2, 1, (("Số liệu", "E8"),))
    (problem,) = lost.problems("a.xlsx")
    assert problem.found == "1 of 2 values were neither read nor set aside (Số liệu!E8)"


@pytest.fixture(scope="module")
def published():
    return read_published(ROOT / "data" / "published")


def test_an_empty_inbox_changes_nothing(home, knowledge, published):
    assert join_received(published, taken(home, knowledge)) is published


def test_submissions_stand_below_what_was_published(home, knowledge, published):
    put(home, "a.xlsx", form_file("01"))
    put(home, "c.csv", tidy_file({"31": 41}).replace(b"made-up", b"simulation"))
    joined = join_received(published, taken(home, knowledge))
    n = len(published.observations)
    pd.testing.assert_frame_equal(joined.observations.head(n), published.observations)
    assert joined.observations["file"].tolist()[n:] == ["a.xlsx", "c.csv"]
    assert joined.observations.columns.tolist() == published.observations.columns.tolist()
    new = joined.sources.iloc[len(published.sources) :].set_index("source")
    assert new["is_made_up"].to_dict() == {"unit-forms": False, "simulation": True}
    assert isinstance(joined, Published)


def entry(**change):
    said = {
        "id": "one",
        "where": {"indicator": "FIC_U1", "file": "a.xlsx", "place_codes": ["01"]},
        "action": "override",
        "column": "numerator",
        "value": 45.0,
        "reason": {"vi": "gõ nhầm", "en": "typed wrongly"},
        "who": "made up",
        "date": DAY,
        "evidence": "made up",
        "expect": {"equals": 40.0},
    }
    return Correction.model_validate(said | change)


def test_a_correction_of_a_submission_expires_when_the_unit_mends_it(home, knowledge):
    put(home, "a.xlsx", form_file("01", numerator=40))
    intake = taken(home, knowledge)
    first = correct_received(intake, {"made-up": (entry(),)}).observations.iloc[0]
    assert (first["numerator"], first["value"], first["original_value"], first["correction"]) == (45, 45, 40, "one")
    by_hash = entry(where={"indicator": "FIC_U1", "submission": intake.submissions["submission"].iloc[0]})
    assert correct_received(intake, {"made-up": (by_hash,)}).observations["value"].tolist() == [45]
    put(home, "a.xlsx", form_file("01", numerator=45))
    mended = taken(home, knowledge)
    with pytest.raises(DataError, match="made-up/corrections.yaml one: a.xlsx Số liệu cell D8 holds 45"):
        correct_received(mended, {"made-up": (entry(),)})
    told = with_corrections(mended, {"made-up": (entry(),)})
    assert len(told.problems) == 1 and told.observations["value"].tolist() == [45]
