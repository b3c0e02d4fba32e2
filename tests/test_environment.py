"""environment.yml and pyproject.toml name the same packages with the same limits; the lock pins all of them."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"jupyter_client": "jupyter-client", "matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert"}


def split(requirement):
    name, limits = re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", requirement).groups()
    return CONDA_NAMES.get(name, name.lower()), limits


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def environment():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    nested = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    plain = [entry for entry in entries if isinstance(entry, str)]
    return dict(split(entry) for entry in [*plain, *nested] if entry != "pip" and not entry.startswith("--"))


def test_conda_and_pip_install_the_same():
    conda = environment()
    assert conda.pop("python") == project()["requires-python"]
    wanted = project()["dependencies"] + project()["optional-dependencies"]["lab"]
    assert conda == dict(split(requirement) for requirement in wanted)


def test_the_lock_pins_every_package_that_make_installs():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = {re.split(r"==", line)[0].lower() for line in lines if "==" in line}
    extras = [item for items in project()["optional-dependencies"].values() for item in items]
    wanted = {split(requirement)[0] for requirement in [*project()["dependencies"], *extras]}
    assert wanted <= pinned
    assert all(re.match(r"[A-Za-z0-9_.-]+(\[.*\])?==\S+", line) for line in lines if line.strip()), (
        "exact versions only"
    )
