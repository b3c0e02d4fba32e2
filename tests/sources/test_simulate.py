"""The simulator: a truth that fits together, mistakes that stand where it says, the same seed the same data."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mande.errors import DataError
from mande.framework.load import load_indicators, load_programme
from mande.sources.forms.form import Form, FormUnit
from mande.sources.forms.form_origin import SIMULATION
from mande.sources.forms.form_reader import read_form
from mande.sources.forms.questionnaire import load_form_rules, questions
from mande.sources.published import read_files
from mande.sources.simulate.errors_injected import CELL_ERRORS, INJECTED_COLUMNS
from mande.sources.simulate.populations import level_of
from mande.sources.simulate.simulated_files import write_simulation
from mande.sources.simulate.simulation import simulate
from mande.sources.simulate.submissions import FILE_ERRORS
from mande.sources.workbooks import read_sheets

PROGRAMMES = Path(__file__).parents[2] / "programmes"
PERIODS = ("2020", "2021")
UNITS = [f"{code:03}" for code in range(1, 25)]
TOTAL = ("_T", "_T")
KEYS = ["place_code", "period", "indicator", "dimension", "dimension_value"]


@pytest.fixture(scope="module")
def programme():
    return load_programme(PROGRAMMES, "vn-children-2021-2030")


@pytest.fixture(scope="module")
def known():
    return load_indicators(PROGRAMMES)


@pytest.fixture(scope="module")
def forms(programme, known):
    rules = load_form_rules(PROGRAMMES, known)
    asked = questions(programme, rules, level="district", period_end=dt.date(2021, 12, 31))
    return [
        Form(programme.id, programme.title, FormUnit(code, "district", f"Huyện {code}", f"District {code}"), period, "1", asked, is_made_up=True)
        for period in PERIODS
        for code in UNITS
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(programme, forms):
    return simulate(programme, forms, seed=7, rate=0.05)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    out = tmp_path_factory.mktemp("made")
    write_simulation(made, out)
    return out


@pytest.fixture(scope="module")
def read(folder, known):
    """All forms that came: observations, quarantine, and files that were refused."""
    observations, quarantined, refused = [], [], {}
    for path in sorted((folder / "inbox").iterdir()):
        try:
            reading = read_form(path, read_sheets(path), indicators=known)
        except DataError as error:
            refused[path.name] = str(error)
            continue
        observations.append(reading.observations)
        quarantined.append(reading.quarantined)
    return pd.concat(observations), pd.concat(quarantined), refused


# The truth


def counts(truth, part):
    return truth.pivot(index=["place_code", "period"], columns=KEYS[2:], values=part)


def test_there_is_a_truth_for_every_question(made, forms):
    assert len(made.truth) == len(forms) * len(forms[0].questions) and not made.truth.duplicated(KEYS).any()
    assert made.truth["value"].notna().mean() > 0.99


def test_counts_fit_into_each_other(made):
    numerator, denominator = counts(made.truth, "numerator"), counts(made.truth, "denominator")
    ratios = denominator.dropna(axis=1).columns
    assert (numerator[ratios] <= denominator[ratios]).all(axis=None) and (numerator[ratios] >= 0).all(axis=None)
    assert (numerator["NMR", *TOTAL] <= numerator["IMR", *TOTAL]).all()
    assert (numerator["IMR", *TOTAL] <= numerator["U5MR", *TOTAL]).all()
    assert (denominator["SC_SUPPORTED", *TOTAL] == numerator["SC_RATIO", *TOTAL]).all()
    for sex in ("M", "F"):
        assert (numerator["INJURY_DEATH_RATE", "sex", sex] <= numerator["INJURY_RATE", "sex", sex]).all()
        assert (denominator["SC_SUPPORTED", "sex", sex] == numerator["SC_RATIO", "sex", sex]).all()


def test_groups_add_up_to_their_total(made):
    for part in ("numerator", "denominator"):
        table = counts(made.truth, part)
        groups = {(name, dimension) for name, dimension, _ in table.columns if dimension != "_T"}
        assert len(groups) > 10
        for name, dimension in groups:
            assert (table[name][dimension].sum(axis=1) == table[name, *TOTAL]).all(), (name, dimension)


def test_units_start_short_of_their_target(programme, forms):
    truth = simulate(programme, forms, seed=3).truth
    first = truth[(truth["dimension"] == "_T") & (truth["period"] == "2020")]
    middle = first.groupby("indicator")["expected"].median()
    for name in ("IMR", "NMR", "BIRTH_REGISTRATION"):
        if name in middle:
            level = level_of(programme, programme.indicator(name))
            assert (middle[name] < level) == programme.indicator(name).ascending, name


def test_places_above_hold_the_sums(programme, forms):
    parents = {code: "A1" if code < "012" else "A2" for code in UNITS}
    above = [
        replace(forms[0], unit=FormUnit(code, "province", code, code), period=period)
        for code in ("A1", "A2")
        for period in PERIODS
    ]
    truth = simulate(programme, [*forms, *above], seed=7, parents=parents).truth
    below = truth[truth["place_code"].isin(UNITS)]
    summed = (
        below.assign(place_code=below["place_code"].map(parents))
        .groupby(KEYS)[["numerator", "denominator"]]
        .sum(min_count=1)
    )
    both = (
        truth[~truth["place_code"].isin(UNITS)].set_index(KEYS).join(summed.add_suffix("_sum"), validate="one_to_one")
    )
    assert len(both) == 4 * len(forms[0].questions)
    ratios = both["denominator_sum"].notna()
    assert (both.loc[ratios, "numerator"] == both.loc[ratios, "numerator_sum"]).all()
    assert (both.loc[ratios, "denominator"] == both.loc[ratios, "denominator_sum"]).all()
    percent = both[ratios & both["unit"].eq("percent") & both["denominator"].gt(0)]
    assert np.allclose(percent["value"], 100 * percent["numerator"] / percent["denominator"])
    is_count = both["unit"].eq("cases")
    assert (both.loc[is_count, "value"] > 0).all()


@pytest.mark.parametrize("kinds", [{"ratio"}, {"count"}])
def test_a_programme_may_have_ratios_only_or_counts_only(programme, forms, kinds):
    few = [replace(form, questions=tuple(q for q in form.questions if q.kind in kinds)) for form in forms[:8]]
    for layout in ("forms", "tidy"):
        made = simulate(programme, few, seed=7, rate=0.1, layout=layout)
        assert len(made.cells) == sum(len(question.parts) for form in few for question in form.questions)
        assert made.cells["true_value"].notna().all() and (made.injected["kind"] != "").all()


# Seeds


def test_the_same_seed_gives_the_same_bytes(programme, forms, made, folder, tmp_path):
    again = simulate(programme, forms, seed=7, rate=0.05)
    few = replace(again, submissions=again.submissions.iloc[:4])
    write_simulation(few, tmp_path)
    for path in sorted((tmp_path / "inbox").iterdir()):
        assert path.read_bytes() == (folder / "inbox" / path.name).read_bytes()
        assert path.stat().st_mtime == (folder / "inbox" / path.name).stat().st_mtime
    for name in ("truth.csv", "injected_errors.csv", "truth.parquet"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_seed_gives_other_data(programme, forms, made):
    other = simulate(programme, forms, seed=8, rate=0.05)
    assert not other.truth["value"].equals(made.truth["value"])
    assert not other.injected.equals(made.injected)


# Mistakes


def test_mistakes_of_every_kind_are_made(made):
    kinds = set(made.injected["kind"])
    assert kinds == {error.kind for error in CELL_ERRORS} | set(FILE_ERRORS)
    assert list(made.injected.columns) == INJECTED_COLUMNS


def test_each_mistake_stands_in_the_cell_that_is_named(made, folder):
    of_cells = made.injected[made.injected["indicator"] != ""]
    assert len(of_cells) > 200
    for name, mistakes in of_cells.groupby("file"):
        if not name:
            continue
        sheet = next(sheet for sheet in read_sheets(folder / "inbox" / name) if sheet.name == "Số liệu")
        for row in mistakes.itertuples():
            found = sheet.rows[int(row.cell[1:]) - 1][ord(row.cell[0]) - ord("A")]
            shown = "" if found is None else str(found)
            assert shown.removesuffix(".0") == row.written_value.removesuffix(".0"), row
            assert shown.removesuffix(".0") != row.true_value, row


@pytest.mark.parametrize("kind", [error.kind for error in CELL_ERRORS if error.found_by == "cell"])
def test_what_cannot_be_read_is_found_in_its_cell(made, read, kind):
    injected = made.injected[made.injected["kind"] == kind]
    cells = pd.MultiIndex.from_frame(read[1][["file", "sheet", "cell"]])
    assert len(injected) and pd.MultiIndex.from_frame(injected[["file", "sheet", "cell"]]).isin(cells).all()


def test_no_clean_cell_is_set_aside(made, read):
    injected = pd.MultiIndex.from_frame(made.injected[["file", "sheet", "cell"]])
    assert pd.MultiIndex.from_frame(read[1][["file", "sheet", "cell"]]).isin(injected).all()


def test_clean_cells_and_grouped_digits_are_read_as_the_truth(made, read):
    observed = read[0].merge(made.truth, on=KEYS, suffixes=("", "_true"), validate="many_to_one")
    mistaken = made.injected[~made.injected["found_by"].isin(("read", "file"))]
    mistaken = set(zip(mistaken["file"], mistaken["cell"], strict=True))
    corrected = made.injected[made.injected["kind"] == "corrected_file"]
    mistaken |= set(zip(corrected["file"], corrected["cell"], strict=True))
    checked = 0
    for part in ("numerator", "denominator"):
        table = observed[observed[f"{part}_cell"] != ""]
        named = zip(table["file"], table[f"{part}_cell"], strict=True)
        clean = np.array([cell not in mistaken for cell in named])
        assert (table.loc[clean, part] == table.loc[clean, f"{part}_true"]).all()
        checked += clean.sum()
    assert checked > 4000
    grouped = made.injected[made.injected["kind"] == "grouped_text"]
    assert len(grouped) and grouped["written_value"].str.contains(".", regex=False).all()


def test_files_of_a_wrong_unit_or_period_are_refused_by_name(made, read):
    wrong = made.injected[made.injected["kind"].isin(("wrong_unit_code", "wrong_period"))]
    assert set(read[2]) == set(wrong["file"])
    for row in wrong.itertuples():
        assert f'from "{row.true_value}" to "{row.written_value}"' in read[2][row.file]


def test_files_are_missing_late_doubled_and_corrected(made, folder):
    files, sent = made.submissions, folder / "inbox"
    missing = files[files["kind"] == "missing_file"]
    assert (missing["file"] == "").all() and missing["sent_date"].isna().all()
    assert {path.name for path in sent.iterdir()} == set(files["file"]) - {""}
    is_late = files["sent_date"] > files["due_date"]
    assert (is_late == files["is_late"])[files["copy"] == 1].all() and (
        files["kind"].eq("late_file") == files["is_late"]
    ).all()
    for _, pair in files[files["kind"] == "duplicated_file"].groupby(["place_code", "period"]):
        first, second = (sent / name for name in pair["file"])
        assert first.read_bytes() == second.read_bytes() and first.name != second.name
    pair = files[files["kind"] == "corrected_file"].sort_values("copy")["file"].iloc[[0]].tolist()
    assert pair[0] in set(made.injected["file"])


def test_without_a_rate_there_is_no_mistake(programme, forms):
    clean = simulate(programme, forms, seed=7)
    assert clean.injected.empty and (clean.submissions["kind"] == "").all()
    assert (clean.cells["written"] == clean.cells["true_value"]).all()


# All of it says that it is made up


def test_every_file_says_that_it_is_made_up(folder, read):
    assert set(read[0]["source"]) == {SIMULATION} and set(read[0]["edition"]) == {"made up"}
    assert yaml.safe_load((folder / "sources.yaml").read_text(encoding="utf-8"))["sources"][0]["is_made_up"] is True
    for name in ("truth.csv", "injected_errors.csv", "submissions.csv"):
        assert set(pd.read_csv(folder / name)["source"]) == {SIMULATION}
    assert "SIMULATED DATA" in (folder / "SO-LIEU-MO-PHONG.txt").read_text(encoding="utf-8")


def test_tidy_files_are_read_by_the_reader_of_published_files(programme, forms, tmp_path):
    made = simulate(programme, forms[:6], seed=2, layout="tidy")
    assert write_simulation(made, tmp_path) == 6
    table = read_files(sorted((tmp_path / "inbox").glob("*.csv")))
    assert set(table["source"]) == {SIMULATION} and table["note"].str.contains("SIMULATED DATA").all()
    both = table.merge(made.truth, on=KEYS, suffixes=("", "_true"), validate="one_to_one")
    assert len(both) == len(made.truth)
    ratio = both["numerator_true"].notna()
    assert (both.loc[ratio, "numerator"] == both.loc[ratio, "numerator_true"]).all()
    assert np.allclose(both["value"].fillna(-1), both["value_true"].fillna(-1), rtol=1e-12)


def test_mistakes_in_tidy_files_stand_in_the_cell_that_is_named(programme, forms, tmp_path):
    made = simulate(programme, forms[:12], seed=2, rate=0.05, layout="tidy")
    write_simulation(made, tmp_path)
    mistakes = made.injected[(made.injected["cell"] != "") & (made.injected["file"] != "")]
    assert {"text_in_number", "denominator_missing", "wrong_unit_code"} <= set(mistakes["kind"])
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    for row in mistakes.itertuples():
        raw = pd.read_csv(tmp_path / "inbox" / row.file, dtype=str, keep_default_na=False)
        found = raw.iat[int(row.cell[1:]) - 2, letters.index(row.cell[0])]
        assert found.removesuffix(".0") == row.written_value.removesuffix(".0"), row
