"""What `mande check` says of an inbox: a small form of the measurement in benchmarks/intake.py, and hostile files."""

import shutil
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import mande
from mande.__main__ import app, main
from mande.form_plan import plan_forms
from mande.intake_check import check_intake
from mande.review import compute_review
from mande.sources.published import read_published
from mande.sources.simulate.simulated_files import write_simulation
from mande.sources.simulate.simulation import simulate

from .received_workspace import make_workspace

pytestmark = pytest.mark.end_to_end
PROGRAMME = "vn-children-2021-2030"
CELL = ["file", "sheet", "cell"]
STRUCTURAL = ("cell", "contract")


def run(home, *words):
    return CliRunner().invoke(app, ["check", "--workspace", str(home.root), "--as-of", "2022-12-31", *map(str, words)])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return mande.open_workspace(make_workspace(tmp_path_factory.mktemp("check")))


@pytest.fixture(scope="module")
def made(home):
    units = home.places.at("2021-12-31", "district")["place_code"].head(12)
    codes = {"level": "district", "as_of": "2021-12-31", "unit_codes": units.tolist()}
    plan = plan_forms(home, PROGRAMME, **codes, periods=["2020", "2021"], is_made_up=True)
    simulation = simulate(plan.programme, plan.forms, seed=7, rate=0.05)
    write_simulation(simulation, home.root / "simulated")
    shutil.copytree(home.root / "simulated" / "inbox", home.inbox_folder, dirs_exist_ok=True)
    return simulation


@pytest.fixture(scope="module")
def done(home, made):
    """One run of the command as a user types it, and the list that it wrote."""
    csv = home.root / "mend.csv"
    process = run(home, "--csv", csv)
    return process, pd.read_csv(csv, dtype=str, keep_default_na=False)


def test_the_command_ends_with_11_and_says_whose_what_and_that_it_is_made_up(done):
    process, table = done
    assert process.exit_code == 11, process.output
    assert "SỐ LIỆU MÔ PHỎNG" in process.output and set(table["is_made_up"]) == {"True"}
    assert "Cần sửa:" in process.output and "Quận Ba Đình (001)" in process.output
    assert "Chưa gửi:" in process.output and "Bị từ chối:" in process.output
    assert "skipped_by_mapping" not in set(table["check_id"])
    found = table.groupby("check_id")["found_vi"].agg(" | ".join)
    assert "tổng các nhóm − tổng số = " in found["numerators-add-up"] and "_T" not in found["numerators-add-up"]
    assert "Nữ: " in " ".join(found) and ", muộn " in found["received-in-time"]


def test_every_structural_mistake_is_found_in_its_file_sheet_and_cell(done, made):
    wrong = made.injected[made.injected["found_by"].isin(STRUCTURAL)]
    found = pd.MultiIndex.from_frame(wrong[CELL]).isin(pd.MultiIndex.from_frame(done[1][CELL]))
    assert len(wrong) > 50 and wrong[~found].empty
    refused = done[1].loc[done[1]["check_id"] == "refused", "file"]
    whole = made.injected[made.injected["kind"].isin(["wrong_unit_code", "wrong_period"])]
    assert len(whole) == 2 and set(whole["file"]) == set(refused)


def test_less_than_one_in_a_hundred_clean_cells_apart_from_mistakes_is_called_wrong(done, made):
    first = made.submissions.loc[made.submissions["copy"] == 1, ["place_code", "period", "file"]]
    cells = made.cells.merge(first, on=["place_code", "period"]).dropna(subset=["written"])
    touched = pd.MultiIndex.from_frame(made.injected[["place_code", "indicator"]])
    clean = cells[~pd.MultiIndex.from_frame(cells[["place_code", "indicator"]]).isin(touched)]
    alarms = pd.MultiIndex.from_frame(clean[["file", "cell"]]).isin(pd.MultiIndex.from_frame(done[1][["file", "cell"]]))
    assert len(clean) > 1000 and alarms.mean() < 0.01


def test_nothing_that_was_sent_is_lost_by_count_or_by_sum(home, done):
    files = home.received().submissions
    assert (files["n_values_sent"] == files["n_read"] + files["n_quarantined"]).sum() == files["n_read"].notna().sum()
    read = files.dropna(subset=["sum_sent"])
    assert read["n_quarantined"].sum() > 10 and read["sum_quarantined"].sum() != 0
    assert (read["sum_sent"] - read["sum_read"] - read["sum_quarantined"]).abs().max() < 1e-6
    assert files["status"].value_counts()[["duplicate", "superseded"]].tolist() == [1, 1]


def test_a_corrected_file_replaces_the_first_visibly_and_its_value_counts(home, done, made):
    wrong = made.injected[(made.injected["kind"] == "corrected_file") & (made.injected["cell"] != "")].iloc[0]
    sent = made.submissions[(made.submissions["kind"] == "corrected_file")].set_index("copy")["file"]
    intake = home.received()
    files = intake.submissions.set_index("file")
    first, second = files.loc[sent[1]], files.loc[sent[2]]
    assert (first["status"], first["superseded_by"], second["status"]) == (
        "superseded",
        second["submission"],
        "current",
    )
    assert sent[2] in first["reason"]
    at = intake.observations[intake.observations[f"{wrong['part']}_cell"].eq(wrong["cell"])]
    row = at[at["file"].eq(sent[2])].iloc[0]
    assert row[wrong["part"]] == float(wrong["true_value"]) != float(wrong["written_value"])
    assert not intake.observations["file"].eq(sent[1]).any()
    told = (
        CliRunner()
        .invoke(
            app,
            [
                "trace",
                "--workspace",
                str(home.root),
                row["place_code"],
                row["indicator"],
                row["period"],
                "--as-of",
                "2022-12-31",
            ],
        )
        .output
    )
    value, replaced = (next(line for line in told.split("\n") if name in line) for name in (sent[2], sent[1]))
    assert "thay cho giá trị" in replaced and "thay cho" not in value
    assert row["snapshot"] in told and first["snapshot"] in told


def test_who_was_late_is_told(home, done, made):
    published = read_published(home.published_folder).observations
    checked, _ = check_intake(home, home.received(), as_of=date(2022, 12, 31), published=published)
    late = made.submissions.loc[made.submissions["kind"] == "late_file", "file"]
    told = set(checked.files.loc[checked.files["is_late"], "file"])
    assert len(late) and set(late) <= told and len(told) < len(checked.files) / 2


def test_the_review_keeps_what_failed_out_and_shows_other_bases_as_not_comparable(home, done):
    day = {"stage": "annual", "as_of": "2022-12-31", "level": "district"}
    review = compute_review(home, home.programme(PROGRAMME), **day, unit_codes=["001", "002", "003", "004", "005"])
    sent = review.actuals[review.actuals["source"] == "simulation"]
    failed = sent[sent["unusable_reason"] == "failed_check"]
    assert len(failed) > 10 and not failed["is_usable"].any()
    assert set(review.progress["actual_observation_id"].dropna()).isdisjoint(failed["observation_id"])
    assert set(sent["quality_grade"]) <= {"A", "B", "C", "D", "unknown"} and (sent["quality_grade"] != "").all()
    infant = review.progress[(review.progress["indicator"] == "IMR") & (review.progress["place_code"] == "001")]
    assert set(infant["reason"]) <= {"other_basis", "no_value"} and "not_comparable" in set(infant["verdict"])
    assert review.to_mend["effect"].tolist() == sorted(
        review.to_mend["effect"], key=["decides_verdict", "lowers_grade", "other"].index
    )
    assert review.describe("vi")["is_made_up"]


def test_files_of_any_kind_are_only_looked_at(home, made, tmp_path):
    form = made.submissions.loc[made.submissions["kind"] == "", "file"].iloc[0]
    tidy = tmp_path / "bang.csv"
    tidy.write_text("indicator,place_code,period,value,unit\nIMR,01,2021,=1+1,per_1000_live_births\n", encoding="utf-8")
    before = sorted(path.name for path in home.received_folder.rglob("*"))
    csv = tmp_path / "m.csv"
    done = run(home, home.inbox_folder / form, tidy, "--csv", csv, "--lang", "en")
    assert "2 in force" in done.output, done.output
    assert sorted(path.name for path in home.received_folder.rglob("*")) == before
    found = pd.read_csv(csv, dtype=str, keep_default_na=False)
    own = found[found["file"] == "bang.csv"]
    assert (own["cell"] == "D2").any() and own.loc[own["cell"] == "D2", "found"].str.startswith("'=").any()


def write_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(50_000_000))


def write_list_of_persons(path):
    book = openpyxl.Workbook()
    book.active.append(["indicator", "place_code", "period", "value", "Số CCCD"])
    for number in range(8):
        book.active.append(["IMR", "01", "2021", 4, f"0012{number}5678{number}12"])
    book.save(path)


@pytest.mark.parametrize("write", [write_bomb, write_list_of_persons])
def test_a_file_that_may_not_be_kept_gets_one_clear_message(home, tmp_path, write):
    path = tmp_path / "x.xlsx"
    write(path)
    done = run(home, path)
    problems = done.exception.problems
    assert len(problems) == 1 and problems[0].where.startswith("x.xlsx")
    assert "00121567" not in str(done.exception)


def test_why_a_file_is_refused_is_said_in_vietnamese_with_english_below(home, tmp_path, monkeypatch, capsys):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"")
    words = ["mande", "check", "--workspace", str(home.root), str(path)]
    told = {}
    for lang in ("vi", "en"):
        monkeypatch.setattr("sys.argv", [*words, "--lang", lang])
        with pytest.raises(SystemExit) as ended:
            main()
        told[lang] = capsys.readouterr().err.splitlines()
        assert ended.value.code == 11
    assert told["en"] == ["data: x.xlsx: the file is empty → send it again"]
    assert told["vi"] == ["data: x.xlsx: tệp rỗng → gửi lại", "  x.xlsx: the file is empty → send it again"]


def test_an_empty_inbox_and_a_round_of_which_nothing_came(tmp_path):
    home = mande.open_workspace(make_workspace(tmp_path))
    done = run(home, "--expect", f"{PROGRAMME}:province:2021", "--lang", "en")
    assert "Missing: 63 reports" in done.output and done.exit_code == 0
    assert "is no PROGRAMME:LEVEL:PERIOD" in str(run(home, "--expect", "2021").exception)


def test_within_a_place_only_its_own_files_missing_reports_and_pages_are_told(home, done, made, tmp_path):
    """The forms were those of Hà Nội: within Hà Nam (35) all of its six units are missing."""
    csv, html = tmp_path / "m.csv", tmp_path / "out"
    told = run(home, "--within", "35", "--csv", csv, "--html", html, "--lang", "en")
    assert told.exit_code == 0 and "Files that units sent: 0 in force" in told.output, told.output
    assert "Missing: 12 reports" in told.output and "Ba Dinh" not in told.output
    assert len(list((html / "units").glob("*.html"))) == 6
    own = run(home, "--within", "001", "--csv", csv).output
    assert "Quận Ba Đình (001)" in own and "Quận Hoàn Kiếm" not in own
    codes = set(pd.read_csv(csv, dtype=str, keep_default_na=False)["place_code"])
    assert codes <= {"001", ""}


def test_warnings_about_publications_are_one_line_before_ones_own_files(home, done):
    before = done[0].output.partition("Tệp các đơn vị gửi")[0]
    assert "xem từng cảnh báo: thêm --all" in before and before.count("\n") == 2
