"""The whole loop as an analyst goes it: forms out, filled in, inbox, check, correction, review, trace."""

import shutil

import openpyxl
import pytest
from typer.testing import CliRunner

import mande
from mande.__main__ import app
from mande.form_plan import plan_forms
from mande.review import compute_review
from mande.sources.forms.form import CODE_CELL, SHEETS, cell_of

from .received_workspace import make_workspace

pytestmark = pytest.mark.end_to_end
PROGRAMME = "vn-children-2021-2030"
INDICATOR = "BIRTH_REGISTRATION_U5"


def run(home, *words):
    return CliRunner().invoke(app, [words[0], "--workspace", str(home.root), *map(str, words[1:])])


def check(home):
    return run(home, "check", "--as-of", "2024-12-31", "--lang", "en")


def asked(home):
    plan = plan_forms(home, PROGRAMME, level="province", as_of="2024-12-31", periods=["2023"], unit_codes=["01"])
    return plan.forms[0].questions


def fill_in(blank, path, questions, *, numerator):
    """Type numbers into the light yellow cells, as an office does, and save under a name of its own."""
    book = openpyxl.load_workbook(blank)
    sheet = book[SHEETS["figures"]]
    for position, question in enumerate(questions):
        for part in question.parts:
            is_lead = question.indicator == INDICATOR and question.dimension == "_T" and part == "numerator"
            sheet[cell_of(position, part)] = numerator if is_lead else None
        if question.indicator == INDICATOR and question.dimension == "_T":
            sheet[cell_of(position, "denominator")] = 1000
    book.save(path)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return mande.open_workspace(make_workspace(tmp_path_factory.mktemp("loop")))


def test_from_a_blank_form_to_a_traced_verdict(home):
    sent = run(home, "forms", PROGRAMME, "--as-of", "2024-12-31", "--period", "2023", "--unit", "01")
    assert sent.exit_code == 0 and "1 forms, 1 units" in sent.output
    (blank,) = (home.reports_folder / "forms" / PROGRAMME).glob("*.xlsx")
    questions, inbox = asked(home), home.inbox_folder
    stated = ["file,sender,received_date", "a.xlsx,Sở Y tế (mẫu),2024-01-20"]

    fill_in(blank, inbox / "a.xlsx", questions, numerator=970)
    (inbox / "received.csv").write_text("\n".join(stated), encoding="utf-8")
    first = check(home).output
    assert "1 in force, 0 superseded, 0 sent twice, 0 refused" in first and "Missing: 62 reports" in first

    shutil.copy(inbox / "a.xlsx", inbox / "the-same.xlsx")
    stated.append("the-same.xlsx,Sở Y tế (mẫu),2024-01-21")
    fill_in(blank, inbox / "b.xlsx", questions, numerator=980)
    stated.append("b.xlsx,Sở Y tế (mẫu),2024-01-25")
    wrong = openpyxl.load_workbook(inbox / "b.xlsx")
    wrong[SHEETS["figures"]][CODE_CELL] = "79"
    wrong.save(inbox / "other-unit.xlsx")
    (inbox / "received.csv").write_text("\n".join(stated), encoding="utf-8")
    second = check(home)
    assert "1 in force, 1 superseded, 1 sent twice, 1 refused" in second.output and second.exit_code == 11
    assert 'the unit was changed from "01" to "79"' in second.output
    (inbox / "other-unit.xlsx").unlink()
    assert "the unit was changed" not in check(home).output

    (home.programmes_folder / PROGRAMME / "corrections.yaml").write_text(
        f"""corrections:
- id: births-of-ha-noi-2023
  where: {{indicator: {INDICATOR}, place_codes: ["01"], periods: ["2023"], dimension: _T}}
  column: numerator
  action: override
  value: 985
  reason: {{vi: "Sở Y tế đính chính qua điện thoại.", en: "Corrected by the office on the telephone."}}
  who: an analyst
  date: 2024-02-01
  evidence: note of 1 February 2024
  expect: {{equals: 980}}
""",
        encoding="utf-8",
    )
    fresh = mande.open_workspace(home.root)
    day = {"stage": "annual", "as_of": "2024-12-31", "level": "province"}
    review = compute_review(fresh, fresh.programme(PROGRAMME), **day, unit_codes=["01"])
    value = review.actuals[(review.actuals["source"] == "unit-forms") & (review.actuals["indicator"] == INDICATOR)]
    total = value[value["dimension"] == "_T"].iloc[0]
    assert total["value"] == pytest.approx(98.5) and total["correction"] == "births-of-ha-noi-2023"
    page = review.unit("01").arithmetic.html
    assert (
        f"b.xlsx [{SHEETS['figures']}]" in page and f"{total['numerator_cell']} ÷ {total['denominator_cell']}" in page
    )
    trace = run(home, "trace", "01", INDICATOR, "2023", "--as-of", "2024-12-31", "--lang", "en").output
    for told in ("b.xlsx", SHEETS["figures"], total["numerator_cell"], "980", "Sở Y tế (mẫu)", "on the telephone"):
        assert told in trace, told
    assert "takes the place of 97 in a.xlsx" in trace and "received on 2024-01-20" in trace
