"""Contract files: valid in the open standard, read strictly, all problems at once."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

from mande.contracts.check import SOURCE_CONTRACT, TABLE_CONTRACT
from mande.contracts.contract import read_contract
from mande.errors import DefinitionError
from mande.vocabulary import Confidence, ValueStatus

FILES = sorted((Path(__file__).parents[2] / "data_contracts").rglob("*.odcs.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_contract_is_valid_in_the_open_standard(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    OpenDataContractStandard(**content)
    errors = Draft201909Validator(json.loads(OpenDataContractStandard.json_schema())).iter_errors(content)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_contract_is_read_by_us(path):
    contract = read_contract(path)
    assert contract.columns
    assert contract.file == path.name


def test_the_standard_refuses_what_it_does_not_know(contracts):
    content = yaml.safe_load((contracts / SOURCE_CONTRACT).read_text(encoding="utf-8"))
    content["schema"][0]["quality"][0]["severty"] = "critical"
    schema = json.loads(OpenDataContractStandard.json_schema())
    assert list(Draft201909Validator(schema).iter_errors(content))


def write(tmp_path, contracts, *replacements, source=TABLE_CONTRACT) -> Path:
    text = (contracts / source).read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "faulty.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_contract(path)
    return [str(problem) for problem in caught.value.problems]


def test_all_unknown_keys_are_reported_with_file_and_path(tmp_path, contracts):
    path = write(
        tmp_path,
        contracts,
        ("physicalType: table", "physicalType: table\n  owner: nobody"),
        ("required: true, primaryKey", "requird: true, primaryKey"),
        ("version: 1.0.0", "version: one"),
    )
    found = problems_of(path)
    assert len(found) == 3
    assert any("faulty.odcs.yaml: schema.0.owner" in problem and "remove or correct" in problem for problem in found)
    assert any("faulty.odcs.yaml: schema.0.properties.0.requird" in problem for problem in found)
    assert any("faulty.odcs.yaml: version" in problem for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("- property: cure", "- property: remedy", "rule known-place-code: customProperties: remedy"),
        ("column: is_known_place,", "column: is_known_plaice,", "rule known-place-code: no column 'is_known_plaice'"),
        ("type: expect_column_values_to_be_in_set", "type: expect_miracles", "implementation.type"),
        ("severity: critical", "severity: grave", "quality.0.severity"),
        ("- id: known-indicator", "- id: known-place-code", "rule known-place-code stands twice"),
        ("check: usual-change", "check: unusual-change", "no rule 'unusual-change'"),
        ("indicators: [UNDERWEIGHT_U5]", "indicators: [UNDERWEIGHT]", "no indicator UNDERWEIGHT"),
        ("    IMR: {", "    U5MR: {", "key 'U5MR' twice"),
        ("noise: 1.5}", "noise: 0}", "indicators.ABUSED_RATIO.noise"),
        ("{level: province}", "[province]", "column provinces_gap: customProperties: arguments"),
    ],
)
def test_faulty_definition_is_refused_with_its_place(old, new, found, tmp_path, contracts):
    problems = problems_of(write(tmp_path, contracts, (old, new), source=SOURCE_CONTRACT))
    assert any(found in problem for problem in problems), problems


def test_broken_yaml_names_its_line(tmp_path, contracts):
    problems = problems_of(write(tmp_path, contracts, ("kind: DataContract", "kind: [DataContract")))
    assert "faulty.odcs.yaml line" in problems[0]


def test_missing_and_foreign_files_are_refused(tmp_path):
    assert "cannot be read" in problems_of(tmp_path / "absent.odcs.yaml")[0]
    latin = tmp_path / "latin.odcs.yaml"
    latin.write_bytes("name: Trẻ em".encode("utf-16"))
    assert "cannot be read" in problems_of(latin)[0]


def test_code_lists_are_those_of_the_vocabulary(contracts):
    rules = {rule.id: rule.expectation.kwargs for rule in read_contract(contracts / SOURCE_CONTRACT).rules}
    assert rules["known-value-status"]["value_set"] == list(ValueStatus)
    assert rules["known-confidence"]["value_set"] == list(Confidence)


def test_every_published_indicator_has_its_limits(contracts):
    folder = Path(__file__).parents[2] / "data" / "published"
    published = {name for path in folder.glob("*.csv") for name in pd.read_csv(path)["indicator"]}
    assert published <= set(read_contract(contracts / SOURCE_CONTRACT).indicators)
