"""Every indicator that a programme uses has a line in the contract, in the same unit."""

from pathlib import Path

import yaml

from mande.framework.load import load_programmes

ROOT = Path(__file__).parents[2]


def test_the_contract_knows_every_indicator_of_the_programmes():
    text = (ROOT / "data_contracts" / "sources" / "published-statistics.odcs.yaml").read_text(encoding="utf-8")
    listed = {entry["property"]: entry["value"] for entry in yaml.safe_load(text)["customProperties"]}["indicators"]
    programmes = load_programmes(ROOT / "programmes").values()
    used = {indicator.id: indicator.unit for programme in programmes for indicator in programme.indicators}
    assert {name: listed[name]["unit"] for name in used if name in listed} == used
