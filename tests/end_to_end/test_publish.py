"""What nobody may find in a published run: every hidden number is one that occurs nowhere else, and is looked for.

The same search over the internal run of the same data finds them: so it is proved that it would.
"""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import mande
from mande.__main__ import app
from mande.errors import DisclosureError, UsageError
from tests.published_files import corners_in, figures_of, found_in, marks_in, traces_of

from .sentinel_workspace import DISTRICTS, PROGRAMME, SMALL, sentinel_workspace

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("publish")]
RUN = f"{PROGRAMME}_annual_2019-12-31_district_vi"
REVIEW = ("review", PROGRAMME, "--stage", "annual", "--as-of", "2019-12-31", "--level", "district")
LARGE = 10_000
VALUES = "#0b3d75"
"""The colour in which a figure draws values, and nothing else."""
KEY = ["indicator", "place_code", "period", "dimension", "dimension_value"]


def call(folder, *words, code=0):
    result = CliRunner().invoke(app, [*map(str, words), "--workspace", str(folder)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = sentinel_workspace(tmp_path_factory.mktemp("publish"))
    mande.open_workspace(folder).take_in(received_date=date(2020, 1, 15))
    for kind in ("internal", "published"):
        call(folder, *REVIEW, "--kind", kind, "--export", "xlsx", "--export", "docx")
    return folder


@pytest.fixture(scope="module")
def internal(home):
    return home / "reports" / RUN


@pytest.fixture(scope="module")
def published(home):
    return home / "reports" / f"{RUN}_published"


@pytest.fixture(scope="module")
def hidden(internal, published):
    """The rows of the internal run whose numbers the published one does not show."""
    full, shown = (pd.read_parquet(run / "tables" / "actuals.parquet") for run in (internal, published))
    full = full[full["indicator"] == "SC_RATIO"]
    shown = shown.set_index(KEY).loc[pd.MultiIndex.from_frame(full[KEY])]
    # The public ids do not name what units sent by its hash.
    full = full.assign(observation_id=shown["observation_id"].to_numpy())
    return full[shown["value_status"].eq("suppressed").to_numpy()]


def numbers_of(rows: pd.DataFrame) -> set[float]:
    return {*rows.loc[rows["numerator"] > LARGE, "numerator"], *rows["value"]}


def test_both_kinds_stand_side_by_side_and_say_what_they_are(internal, published):
    for folder, words in ((internal, "NỘI BỘ – không công bố"), (published, "Bản công bố. &lt;5* = số không công bố")):
        pages = list(folder.rglob("*.html"))
        assert len(pages) == 7 + 3
        assert all(words in page.read_text(encoding="utf-8") for page in pages)
    kinds = [json.loads((run / "run.json").read_text())["kind"] for run in (internal, published)]
    assert kinds == ["internal", "published"]


def test_small_counts_and_what_gives_them_away_are_hidden(hidden):
    small = hidden["numerator"].between(1, 4)
    assert small.sum() == 2 * (len(SMALL) + 1)  # girls and boys of one district are few together, too
    assert (~small).sum() >= 6
    assert set(hidden["place_code"]) <= set(DISTRICTS) | {"35"}


def test_no_hidden_number_is_in_any_file_of_the_published_run(internal, published, hidden):
    """Nor rounded as on the pages, unless a number that is shown looks the same."""
    everything = pd.read_parquet(internal / "tables" / "actuals.parquet")
    shown = everything.drop(index=hidden.index)
    legitimate = {trace for number in numbers_of(shown) for trace in traces_of(number)}
    traces = {trace for number in numbers_of(hidden) for trace in traces_of(number)} - legitimate
    assert len(traces) > 30
    assert found_in(published, traces) == set()
    found = found_in(internal, traces)
    assert {Path(name).suffix for name, _ in found} >= {".csv", ".parquet", ".ipynb", ".html", ".xlsx", ".docx"}
    wanted = {str(int(number)) for number in numbers_of(hidden) if number > LARGE}
    assert {trace for _, trace in found} >= wanted


def test_figures_draw_each_shown_value_once_and_nothing_for_a_hidden_one(internal, published, hidden):
    """A mark or a corner of a line would tell the number by its place."""
    drawn = {}
    for kind, folder in (("internal", internal), ("published", published)):
        table = pd.read_parquet(folder / "tables" / "actuals.parquet")
        total = table[(table["indicator"] == "SC_RATIO") & (table["dimension"] == "_T")]
        for code, rows in total.groupby("place_code"):
            (figure,) = figures_of((folder / "units" / f"{code}.html").read_text(encoding="utf-8"))
            n = int(rows["value"].notna().sum())
            assert marks_in(figure, VALUES) == n, (kind, code)
            assert corners_in(figure, VALUES) <= (n if n > 1 else 0), (kind, code)
            drawn[kind, code] = marks_in(figure, VALUES)
    lost = {code for kind, code in drawn if kind == "internal" and drawn[kind, code] > drawn["published", code]}
    assert lost == set(hidden.loc[hidden["dimension"] == "_T", "place_code"]) and lost


def test_no_hash_of_what_units_sent_is_in_any_file_of_the_published_run(home, published):
    """A reader who knows all else could try out numbers until the hash of the file fits."""
    received = [path.stem for path in (home / "data" / "received").rglob("*.csv")]
    assert len(received) == 14
    assert found_in(published, {digest[:12] for digest in received}) == set()
    paths = {entry["path"] for entry in json.loads((published / "manifest.json").read_text())["inputs"]}
    assert not [path for path in paths if "received" in path] and len(paths) > 20


def test_hidden_is_neither_zero_nor_blank_nor_a_gap(published, hidden):
    copy = pd.read_csv(published / "tables" / "actuals.csv", dtype=str, encoding="utf-8-sig").set_index(
        "observation_id"
    )
    assert set(copy.loc[hidden["observation_id"], "value"]) == {"suppressed"}
    newest = hidden[(hidden["period"] == "2019") & (hidden["dimension"] == "_T")]["place_code"]
    assert len(newest) > 1
    progress = pd.read_parquet(published / "tables" / "progress.parquet").set_index("place_code")
    for code in newest:
        rows = progress.loc[[code]]
        rows = rows[rows["actual_value_status"] == "suppressed"]
        assert len(rows) and set(rows["verdict"]) == {"not_assessable"} and set(rows["reason"]) == {"suppressed"}
        assert "&lt;5* (2019)" in (published / "units" / f"{code}.html").read_text(encoding="utf-8")


def test_what_protection_costs_is_told(published):
    assert "không công bố thì không được vẽ (" in (published / "committee.html").read_text(encoding="utf-8")
    cost = pd.read_parquet(published / "tables" / "disclosure.parquet")
    assert set(cost["what"]) <= {"values", "verdicts"} and (cost["n_hidden"] <= cost["n"]).all()
    assert cost.loc[cost["what"] == "values", "id"].tolist()[0] == "SC_RATIO"
    assert "SC_RATIO" not in pd.read_parquet(published / "tables" / "to_mend.parquet").to_csv()


def test_an_internal_run_is_not_handed_out(home, internal, tmp_path):
    with pytest.raises(DisclosureError, match="internal run") as error:
        call(home, "publish", internal, "--to", tmp_path / "out")
    assert error.value.exit_code == 13 and not (tmp_path / "out").exists()


def test_a_changed_file_is_not_handed_out(home, published, tmp_path):
    page = published / "units" / "347.html"
    content = page.read_bytes()
    page.write_bytes(content + b" ")
    try:
        with pytest.raises(DisclosureError, match=r"units/347.html: it is not the file"):
            call(home, "publish", published, "--to", tmp_path / "out")
    finally:
        page.write_bytes(content)
    assert not (tmp_path / "out").exists()


def test_a_published_run_is_handed_out_whole_and_without_its_ledger(home, published, tmp_path):
    assert "nothing can be computed" in call(home, "publish", published.name, "--audit")
    call(home, "publish", published.name, "--to", tmp_path / "out")
    copied = {
        path.relative_to(tmp_path / "out" / published.name).as_posix()
        for path in (tmp_path / "out").rglob("*.*")
        if path.is_file() and published.name in path.parts
    }
    listed = {entry["path"] for entry in json.loads((published / "manifest.json").read_text())["outputs"]}
    assert copied == listed | {"manifest.json"}
    call(home, "publish", published.name, "--to", tmp_path / "out")


def test_what_an_earlier_run_shows_counts(home, published, hidden, tmp_path):
    """A careless earlier run in the readers' folder shows a number that now protects another one."""
    out = tmp_path / "out"
    call(home, "publish", published.name, "--to", out)
    careless = out / "careless"
    (out / published.name).rename(careless)
    table = pd.read_parquet(careless / "tables" / "actuals.parquet")
    large = hidden[hidden["numerator"] > LARGE].set_index("observation_id")
    is_large = table["observation_id"].isin(large.index)
    for name in ("value", "numerator"):
        table[name] = table[name].mask(is_large, table["observation_id"].map(large[name]))
    table["value_status"] = table["value_status"].mask(is_large, "observed")
    table.to_parquet(careless / "tables" / "actuals.parquet")
    info = json.loads((careless / "run.json").read_text())
    (careless / "run.json").write_text(json.dumps({**info, "run_id": "careless"}))
    with pytest.raises(DisclosureError, match="SC_RATIO 349 2019 sex F numerator: can be computed") as error:
        call(home, "publish", published.name, "--to", out)
    assert not (out / published.name).exists()
    words = str(error.value).replace("2018", "").replace("2019", "").split()
    assert not {"3", "2", *(str(int(one)) for one in large["numerator"])} & set(words)


def test_a_folder_must_be_named(home, published):
    with pytest.raises(UsageError, match="no folder is named"):
        call(home, "publish", published.name)
