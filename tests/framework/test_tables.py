"""Tables of a programme, schemas for editors and the template."""

from datetime import date

import jsonschema
import pytest
import yaml

from mande.errors import UsageError
from mande.framework.load import load_programme, programme_ids
from mande.framework.schema import file_schemas
from mande.framework.tables import calendar_table, indicators_table, targets_table, tasks_table
from mande.framework.template_folder import write_template


def test_every_row_travels_with_its_citation(programmes):
    for programme in programmes.values():
        for table in (targets_table(programme), tasks_table(programme), calendar_table(programme)):
            assert len(table) == 0 or (table["document"].ne("") & table["confidence"].ne("")).all()


def test_a_level_is_a_row(decision_23):
    table = targets_table(decision_23)
    assert len(table) == sum(len(target.levels) for target in decision_23.targets) == 65
    imr = table[table["target_id"] == "QD23-03b"].set_index("year")
    assert imr.loc[2025, ["operator", "value", "unit", "bases"]].tolist() == [
        "<=",
        12.5,
        "per_1000_live_births",
        "gso-population-change-survey",
    ]
    note = table.loc[(table["target_id"] == "QD23-08a") & (table["year"] == 2030), "level_note_en"].item()
    assert "unclear whether" in note


def test_ages_are_part_of_the_definition(decision_23):
    table = indicators_table(decision_23).set_index("indicator")
    assert table.loc["CHILD_LABOUR", ["age_from_years", "age_below_years"]].tolist() == [5, 18]
    assert table.loc["SC_RATIO", ["age_from_years", "age_below_years"]].tolist() == [0, 16]
    assert table.loc["CHILD_LABOUR", "max_age_years"] == 5


def test_tasks_keep_what_the_text_names(programmes):
    table = tasks_table(programmes["kien-giang-children-2023"]).set_index("task")
    assert str(table.loc["KG35-T5", "due_date"].date()) == "2023-03-31"
    assert table.loc["KG35-T5", "due_precision"] == "month"
    assert table.loc["KG35-T2", "rhythm"] == "continuous"


def test_a_plan_without_numbers_gives_empty_tables(programmes):
    assert len(targets_table(programmes["kien-giang-children-2023"])) == 0
    assert len(tasks_table(programmes["vn-children-2021-2030"])) == 0


@pytest.mark.parametrize("name", ["programme.yaml", "framework.yaml", "tasks.yaml", "calendar.yaml"])
def test_the_schemas_accept_every_file_of_the_project(programmes_folder, name):
    validator = jsonschema.Draft202012Validator(file_schemas()[name])
    for programme_id in programme_ids(programmes_folder):
        path = programmes_folder / programme_id / name
        if path.exists():
            content = as_json(yaml.safe_load(path.read_text(encoding="utf-8")))
            errors = [error.message for error in validator.iter_errors(content)]
            assert not errors, (programme_id, errors)


def as_json(value):
    """An editor sees a date as the text that was written."""
    if isinstance(value, dict):
        return {key: as_json(child) for key, child in value.items()}
    if isinstance(value, list):
        return [as_json(child) for child in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_schemas_refuse_a_misspelt_key(my_plan):
    content = as_json(yaml.safe_load((my_plan / "my-plan" / "framework.yaml").read_text(encoding="utf-8")))
    validator = jsonschema.Draft202012Validator(file_schemas()["framework.yaml"])
    assert not list(validator.iter_errors(content))
    content["targets"][0]["resutl"] = content["targets"][0].pop("result")
    messages = " ".join(error.message for error in validator.iter_errors(content))
    assert "resutl" in messages and "'result' is a required property" in messages


def test_the_template_takes_the_name_it_is_given(tmp_path):
    write_template(tmp_path, "an-giang-2026")
    assert load_programme(tmp_path, "an-giang-2026").id == "an-giang-2026"


@pytest.mark.parametrize("name", ["../x", "a b", "", "Hà-Nội", ".hidden"])
def test_a_name_that_cannot_be_an_id_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be the id"):
        write_template(tmp_path, name)


def test_an_existing_programme_is_not_overwritten(my_plan):
    with pytest.raises(UsageError, match="exists already"):
        write_template(my_plan, "my-plan")
