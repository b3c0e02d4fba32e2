"""The recipe of docs/write-a-programme.md: every kind of target it shows loads, its bridge and commands are real."""

import re
from pathlib import Path

import pytest
import yaml

from mande.commands.programmes import app
from mande.framework.load import load_programme
from mande.framework.model import Bridge, TargetKind, TargetLevel

PAGE = (Path(__file__).parents[2] / "docs" / "write-a-programme.md").read_text(encoding="utf-8")
LEVELS = re.findall(r"`(\{(?:kind|year|from_year)[^`]*\})`", PAGE)


@pytest.mark.parametrize("text", LEVELS)
def test_every_level_of_the_table_is_one(text):
    TargetLevel.model_validate(yaml.safe_load(text))


def test_every_kind_is_explained():
    kinds = {TargetLevel.model_validate(yaml.safe_load(text)).kind for text in LEVELS}
    assert kinds == set(TargetKind)


def test_the_bridge_of_the_page_is_one():
    block = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) if block.startswith("bridges"))
    Bridge.model_validate(yaml.safe_load(block)["bridges"][0])


def test_the_commands_of_the_page_exist():
    names = {command.name for command in app.registered_commands}
    used = set(re.findall(r"^mande programmes (\w+)", PAGE, re.M))
    assert used and used <= names


def test_the_mistake_of_the_page_is_told_as_it_says(my_plan):
    path = my_plan / "my-plan" / "framework.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 16}", "valeu: 16}"), encoding="utf-8")
    shown = next(line for line in PAGE.splitlines() if line.startswith("definition: "))
    with pytest.raises(Exception) as caught:
        load_programme(my_plan, "my-plan")
    told = [f"definition: {p}".replace("my-plan", "an-giang-children-2026-2030") for p in caught.value.problems]
    assert shown in told, told
