"""Read what stands beside the programmes: composite standards, and plans known only by their document."""

from pathlib import Path
from typing import Any

from mande.errors import DefinitionError
from mande.framework.citation import Model
from mande.framework.explain import nearest, validate
from mande.framework.standard import PlanDocument, Standard
from mande.framework.yaml_file import Finding, describe, read_yaml


def load_standards(folder: Path) -> dict[str, Standard]:
    """Read `standards.yaml` of a folder of programmes, by id; empty when there is none.

    *Raises* DefinitionError with all problems of the file.
    """
    return {standard.id: standard for standard in _read_list(Path(folder) / "standards.yaml", "standards", Standard)}


def load_plan_documents(folder: Path) -> tuple[PlanDocument, ...]:
    """Read `documents.yaml` of a folder of programmes: plans of which no numbers were seen.

    *Raises* DefinitionError with all problems of the file.
    """
    return tuple(_read_list(Path(folder) / "documents.yaml", "documents", PlanDocument))


def _read_list(path: Path, key: str, model: type[Model]) -> list[Any]:
    if not path.exists():
        return []
    file, problems = read_yaml(path, f"{path.parent.name}/{path.name}")
    if file is None:
        raise DefinitionError(problems)
    items, findings = (
        [],
        [Finding((name,), f"unknown key '{name}'", nearest(str(name), [key])) for name in file.value if name != key],
    )
    entries = file.value.get(key, [])
    if not isinstance(entries, list):
        findings.append(Finding((key,), f"{describe(entries)} stands where a list is expected", "write lines with '-'"))
        entries = []
    for position, entry in enumerate(entries):
        item, found = validate(model, entry, (key, position))
        findings += found
        items.append(item)
    problems += file.problems(findings)
    if problems:
        raise DefinitionError(problems)
    return items
