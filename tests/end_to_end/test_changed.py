"""Only pages whose inputs changed are made: what a page can read is hashed, and it can read nothing else."""

import dataclasses
import json

import pandas as pd
import pytest

from mande.errors import DataError
from mande.reporting.run import open_run
from mande.running.notebook_job import Limits
from mande.running.page_inputs import RunFacts
from mande.running.plan import COMMITTEE, COMPARISONS, FRAMEWORK, plan_pages
from mande.running.reuse import places_above
from mande.running.site import write_tables
from tests.end_to_end.small_site import ROOT, RUN_ID, UNITS, small_review

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("small_site")]


def plan_of(review, folder, made_at="2025-01-01T00:00:00+00:00"):
    write_tables(review.tables, folder / "tables")
    facts = RunFacts({**review.describe("vi"), "made_at": made_at})
    return plan_pages(ROOT / "notebooks", review, folder, facts=facts, limits=Limits())


def changed_units(one, other):
    return {unit for unit, digest in one.items() if other[unit] != digest}


def change(review, table, rows, **values):
    changed = getattr(review, table).copy()
    for column, value in values.items():
        changed.loc[rows(changed), column] = value
    return dataclasses.replace(review, **{table: changed})


def test_one_cell_changes_the_inputs_of_one_unit_and_of_the_committee(tmp_path):
    review = small_review()
    before = plan_of(review, tmp_path).hashes()
    assert changed_units(before, plan_of(review, tmp_path, made_at="2030-01-01T00:00:00+00:00").hashes()) == set()
    for table, column in (("progress", "actual_value"), ("actuals", "value"), ("units", "name_en")):
        value = "Another name" if column == "name_en" else 99.5
        other = change(review, table, lambda rows: rows["place_code"] == "48", **{column: value})
        assert changed_units(before, plan_of(other, tmp_path).hashes()) == {"48", COMMITTEE}, table


def test_the_hash_of_a_whole_file_changes_no_unit(tmp_path):
    review = small_review()
    before = plan_of(review, tmp_path).hashes()
    other = change(review, "sources", lambda rows: rows.index == 0, snapshot="0" * 64)
    assert changed_units(before, plan_of(other, tmp_path).hashes()) == {COMMITTEE}


def test_what_all_pages_show_changes_all(tmp_path):
    review = small_review()
    before = plan_of(review, tmp_path).hashes()
    other = change(review, "targets", lambda rows: rows.index == 0, short_vi="Tên khác")
    assert changed_units(before, plan_of(other, tmp_path).hashes()) == {*UNITS, COMMITTEE, FRAMEWORK}


def test_a_page_finds_just_what_was_hashed(tmp_path):
    """The same rows and types as in the run, its own only; what is not hashed is not there."""
    review = small_review()
    plan = plan_of(review, tmp_path / "run")
    (tmp_path / "run" / "run.json").write_text(json.dumps(plan.facts.content))
    for name, content in plan.files_of(plan.jobs["48"]).items():
        path = tmp_path / "page" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    whole, own = open_run(tmp_path / "run"), open_run(tmp_path / "page")
    for name, table in review.tables.items():
        if name in {*review.framework, "disclosure", *COMPARISONS}:  # these are of the whole run
            with pytest.raises(DataError, match="the table is missing"):
                own.table(name)
        elif "place_code" in table:
            expected = whole.table(name, place_code="48").drop(columns="snapshot", errors="ignore")
            pd.testing.assert_frame_equal(own.table(name), expected)
            pd.testing.assert_frame_equal(own.table(name, place_code="48"), expected)
        else:
            pd.testing.assert_frame_equal(own.table(name), whole.table(name).drop(columns="snapshot", errors="ignore"))
    assert str(tmp_path) not in plan.jobs["48"].notebook + str(plan.jobs["48"].parameters)


def test_places_above():
    units = pd.DataFrame({"place_code": ["VN", "01", "001", "00001"], "parent_code": ["", "VN", "01", "001"]})
    assert places_above(["00001"], units) == {"VN", "01", "001"}
    assert places_above([], units) == set()
    district_run = pd.DataFrame({"place_code": ["VN", "001"], "parent_code": ["", "01"]})
    assert places_above(["001"], district_run) == {"VN"}


def test_only_what_changed_is_made(small_site):
    site, first = small_site, small_site.first_pages
    said = site.run("--changed")
    assert "nothing has changed: 0 pages made" in said and "tables computed" not in said
    (site.folder / "notebooks" / "README.md").write_text("made-up")  # another workspace hash, the same inputs of pages
    site.store(change(small_review(), "progress", lambda rows: rows["place_code"] == "48", actual_value=99.5))
    said = site.run("--changed", "--workers", 1)
    assert "3 pages made, 5 kept" in said
    assert {line.split()[1] for line in said.splitlines() if " done " in line} == {"48", "VN", COMMITTEE}
    kept = site.reports / "archive" / RUN_ID / "00001" / "units" / "01.html"
    assert kept.samefile(site.reports / RUN_ID / "units" / "01.html")  # a link: it takes no space
    assert set(site.pages()) == set(first) and site.pages()["units/48.html"] != first["units/48.html"]
    assert {name for name, page in site.pages().items() if page == first.get(name)} >= {
        "units/01.html",
        "units/04.html",
    }
    site.store(small_review())


def test_a_page_made_by_itself_is_taken_over(small_site):
    """What the tasks of Airflow do: each unit in a run of its own, which never stands in the place of the whole run."""
    (alone,) = (path.parent for path in (small_site.folder / "by-unit").rglob("index.html"))
    assert alone.name == f"units-01_of_{RUN_ID}"
    assert json.loads((alone / "manifest.json").read_text())["run"]["units_asked"] == ["01"]
    assert "6 pages made, 2 kept" in small_site.made_whole  # its own and the programme's
    assert {f"units/{unit}.html" for unit in UNITS} < set(small_site.first_pages)
