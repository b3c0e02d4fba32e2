"""From a file in the inbox to a row of the review, in a workspace of its own. The numbers sent are made up."""

import pytest

import mande
from mande.form_plan import plan_forms
from mande.running.site import flagged_tables
from mande.sources.forms.form import SENDER_CELL, SHEETS, cell_of
from mande.sources.forms.form_writer import form_bytes

from .received_workspace import make_workspace

pytestmark = pytest.mark.end_to_end
PROGRAMME = "vn-children-2021-2030"
REVIEW = {"stage": "mid-term", "as_of": "2024-12-31", "level": "province"}
NUMBERS = {"numerator": 80, "denominator": 100, "value": 5}


def filled_form(workspace, *, is_made_up=False):
    plan = plan_forms(
        workspace,
        PROGRAMME,
        level="province",
        as_of="2024-12-31",
        periods=["2023"],
        unit_codes=["01"],
        is_made_up=is_made_up,
    )
    (form,) = plan.forms
    answers = {
        (SHEETS["figures"], cell_of(position, part)): NUMBERS[part]
        for position, question in enumerate(form.questions)
        for part in question.parts
    }
    return form_bytes(form, answers=answers | {(SHEETS["cover"], SENDER_CELL): "Sở Y tế (mẫu)"})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return mande.open_workspace(make_workspace(tmp_path_factory.mktemp("inbox")))


def test_forms_reach_the_review_with_their_lineage_and_made_up_ones_mark_it(workspace):
    assert workspace.take_in().observations.empty
    (workspace.inbox_folder / "bieu.xlsx").write_bytes(filled_form(workspace))
    (workspace.inbox_folder / "mo-phong.xlsx").write_bytes(filled_form(workspace, is_made_up=True))
    intake = workspace.take_in()
    assert intake.problems == () and intake.submissions["status"].tolist() == ["current", "current"]
    after = workspace.review(PROGRAMME, **REVIEW)
    new = after.actuals[after.actuals["source"] == "unit-forms"]
    assert set(new["place_code"]) == {"01"} and set(new["sender"]) == {"Sở Y tế (mẫu)"}
    assert set(new["file"]) == {"bieu.xlsx"} and (new["cell"] != "").all()
    assert after.describe("vi")["is_made_up"]
    real = after.sources.set_index("source")["is_made_up"]
    assert not real["unit-forms"] and real["simulation"]
    assert all("is_made_up" in table for table in flagged_tables(after).values())
    assert flagged_tables(after)["progress"]["is_made_up"].all()
