"""Read programmes from their YAML files; every problem of every file is reported at once.

Layout: `indicators.yaml` (the shared catalogue) and one folder per programme with `programme.yaml`,
`framework.yaml` and, where the plan has them, `tasks.yaml` and `calendar.yaml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mande.errors import DefinitionError, Problem, UsageError
from mande.framework.checks import (
    Draft,
    check_calendar,
    check_framework,
    check_header,
    check_tasks,
)
from mande.framework.explain import nearest, validate
from mande.framework.model import (
    Basis,
    Bridge,
    CarryWeight,
    Deadline,
    Header,
    Indicator,
    Model,
    Programme,
    Result,
    Target,
    Task,
)
from mande.framework.yaml_file import Finding, Path_, YamlFile, describe, read_yaml

CATALOGUE = "indicators.yaml"

SECTIONS: dict[str, dict[str, type[Model]]] = {
    "framework.yaml": {
        "results": Result,
        "bases": Basis,
        "indicators": Indicator,
        "bridges": Bridge,
        "targets": Target,
    },
    "tasks.yaml": {"tasks": Task},
    "calendar.yaml": {"calendar": Deadline},
}
"""The lists that each file of a programme holds; `programme.yaml` holds the fields of Header."""

_SHARED: dict[str, type[Model]] = {"bases": Basis, "carry_weights": CarryWeight, "indicators": Indicator}
"""The lists that the catalogue holds."""

CITED = ("targets", "tasks", "calendar", "bridges")
_CHECKS = {"framework.yaml": check_framework, "tasks.yaml": check_tasks, "calendar.yaml": check_calendar}


def load_programme(folder: Path, programme_id: str) -> Programme:
    """Read one programme of a folder of programmes.

    *Raises* UsageError when the folder has no such programme, DefinitionError with all problems of all its files.
    """
    folder = Path(folder)
    known = programme_ids(folder)
    if programme_id not in known:
        raise UsageError(Problem(str(folder), f"there is no programme '{programme_id}'", nearest(programme_id, known)))
    catalogue = _read_catalogue(folder)
    programme, problems = _read_programme(folder, programme_id, catalogue)
    if programme is None:
        raise DefinitionError([*catalogue.problems, *problems])
    return programme


def load_programmes(folder: Path) -> dict[str, Programme]:
    """Read all programmes of a folder, by id.

    *Raises* DefinitionError with all problems of all programmes.
    """
    folder = Path(folder)
    catalogue = _read_catalogue(folder)
    problems = list(catalogue.problems)
    programmes = {}
    for programme_id in programme_ids(folder):
        programme, found = _read_programme(folder, programme_id, catalogue)
        problems += found
        if programme is not None:
            programmes[programme_id] = programme
    if problems:
        raise DefinitionError(problems)
    return programmes


def load_indicators(folder: Path) -> dict[str, Indicator]:
    """Read the shared catalogue of indicators, by id; empty when the folder has none.

    *Raises* DefinitionError with all problems of the catalogue.
    """
    catalogue = _read_catalogue(Path(folder))
    if catalogue.problems:
        raise DefinitionError(catalogue.problems)
    return catalogue.indicators


def load_carry_weights(folder: Path) -> dict[str, CarryWeight]:
    """Read the weights of the shared catalogue by which rates are carried to merged places, by id.

    *Raises* DefinitionError with all problems of the catalogue.
    """
    catalogue = _read_catalogue(Path(folder))
    if catalogue.problems:
        raise DefinitionError(catalogue.problems)
    return catalogue.weights


def programme_ids(folder: Path) -> list[str]:
    """List the programmes of a folder: each subfolder is one.

    *Raises* UsageError when the folder does not exist.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(Problem(str(folder), "there is no such folder", "name the folder that holds the programmes"))
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_")))


@dataclass(frozen=True)
class _Catalogue:
    """The shared catalogue with all problems found in it."""

    indicators: dict[str, Indicator]
    bases: dict[str, Basis]
    problems: tuple[Problem, ...]
    weights: dict[str, CarryWeight] = field(default_factory=dict)


def _read_catalogue(folder: Path) -> _Catalogue:
    if not (folder / CATALOGUE).exists():
        return _Catalogue({}, {}, ())
    file, problems = read_yaml(folder / CATALOGUE, f"{folder.name}/{CATALOGUE}")
    if file is None:
        return _Catalogue({}, {}, tuple(problems))
    sections, findings, unreadable = _read_sections(file, _SHARED, {})
    draft = Draft(None, sections, unreadable=frozenset(unreadable))
    findings += check_framework(draft)
    bases = {basis.id: basis for _, basis in sections["bases"]}
    weights = {weight.id: weight for _, weight in sections["carry_weights"]}
    return _Catalogue(draft.indicators, bases, (*problems, *file.problems(findings)), weights)


def _read_programme(folder: Path, programme_id: str, catalogue: _Catalogue) -> tuple[Programme | None, list[Problem]]:
    files, problems = _read_files(folder / programme_id)
    findings: dict[str, list[Finding]] = {name: [] for name in files}
    header, citation = None, {"document": "?", "sources": [], "confidence": "text"}
    if "programme.yaml" in files:
        value = files["programme.yaml"].value
        header, findings["programme.yaml"] = _read_header(value)
        citation |= _default_citation(value)
    sections: dict[str, list[tuple[Path_, Any]]] = {}
    unreadable: set[str] = set()
    for name, models in SECTIONS.items():
        if name in files:
            read, found, bad = _read_sections(files[name], models, citation)
            sections |= read
            unreadable |= bad
            findings[name] += found
    draft = Draft(
        header,
        sections,
        catalogue.indicators,
        frozenset(catalogue.bases),
        _parent_targets(folder, header),
        frozenset(unreadable),
        frozenset(catalogue.weights),
    )
    if header is not None:
        findings["programme.yaml"] += check_header(header, programme_id, programme_ids(folder))
    for name in files.keys() & _CHECKS.keys():
        findings[name] += _CHECKS[name](draft)
    for name, file in files.items():
        problems += file.problems(findings[name])
    if problems or catalogue.problems or header is None:
        return None, problems
    return _assemble(header, draft, catalogue), problems


def _read_files(folder: Path) -> tuple[dict[str, YamlFile], list[Problem]]:
    files, problems = {}, []
    shown = f"{folder.parent.name}/{folder.name}"
    for name in ("programme.yaml", *SECTIONS):
        is_optional = name in ("tasks.yaml", "calendar.yaml")
        if is_optional and not (folder / name).exists():
            continue
        file, found = read_yaml(folder / name, f"{shown}/{name}")
        problems += found
        if file is not None:
            files[name] = file
    for entry in sorted(folder.glob("*.y*ml")):
        if entry.name not in ("programme.yaml", "corrections.yaml", *SECTIONS):
            cure = nearest(entry.name, ["programme.yaml", "corrections.yaml", *SECTIONS])
            problems.append(Problem(f"{shown}/{entry.name}", "no file of this name belongs to a programme", cure))
    return files, problems


def _read_header(value: dict[str, Any]) -> tuple[Header | None, list[Finding]]:
    misplaced = [_misplaced("programme.yaml", key) for key in value if _home_of(key)]
    rest = {key: entry for key, entry in value.items() if not _home_of(key)}
    header, findings = validate(Header, rest, ())
    return header, misplaced + findings


def _read_sections(
    file: YamlFile, models: dict[str, type[Model]], citation: dict[str, Any]
) -> tuple[dict[str, list[tuple[Path_, Any]]], list[Finding], set[str]]:
    unreadable: set[str] = set()
    sections: dict[str, list[tuple[Path_, Any]]] = {name: [] for name in models}
    findings = [_misplaced(file.shown, key, models) for key in file.value if key not in models]
    for name, model in models.items():
        entries = file.value.get(name, [])
        if not isinstance(entries, list):
            found = f"{describe(entries)} stands where a list is expected"
            findings.append(Finding((name,), found, "write lines that begin with '-', or [] for none"))
            continue
        for position, entry in enumerate(entries):
            cited = _with_citation(entry, citation) if name in CITED else entry
            item, found_here = validate(model, cited, (name, position))
            findings += found_here
            if item is not None:
                sections[name].append(((name, position), item))
            elif isinstance(entry, dict):
                unreadable.add(str(entry.get("id")))
    return sections, findings, unreadable


def _home_of(key: str) -> str | None:
    return next((name for name, models in SECTIONS.items() if key in models), None)


def _misplaced(shown: str, key: str, models: Iterable[str] = ()) -> Finding:
    home = _home_of(key) or ("programme.yaml" if key in Header.model_fields else None)
    if home and not shown.endswith(home):
        return Finding((key,), f"'{key}' does not belong into this file", f"move it to {home}")
    return Finding((key,), f"unknown key '{key}'", nearest(str(key), models))


def _default_citation(header: dict[str, Any]) -> dict[str, Any]:
    """The plan's own document serves every citation that does not name another."""
    document = header.get("document")
    if not isinstance(document, dict):
        return {}
    citation = {"document": document.get("number"), "sources": document.get("sources", [])}
    citation["confidence"] = document.get("confidence", "text")
    return {key: value for key, value in citation.items() if isinstance(value, str | list) and value}


def _with_citation(entry: Any, citation: dict[str, Any]) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("citation", {}), dict):
        return entry
    return {**entry, "citation": {**citation, **entry.get("citation", {})}}


def _parent_targets(folder: Path, header: Header | None) -> frozenset[str] | None:
    """Ids of the parent's targets; none when they cannot be read (the parent's own loading tells why)."""
    if header is None or header.parent is None or header.parent not in programme_ids(folder):
        return None
    file, _ = read_yaml(folder / header.parent / "framework.yaml", header.parent)
    targets = file.value.get("targets") if file is not None else None
    if not isinstance(targets, list):
        return None
    return frozenset(str(target.get("id")) for target in targets if isinstance(target, dict))


def _assemble(header: Header, draft: Draft, catalogue: _Catalogue) -> Programme:
    """Put the parts together with the indicators and bases that the targets use, in their order."""
    used = dict.fromkeys(target.indicator for _, target in draft.of("targets"))
    own = [indicator.id for _, indicator in draft.of("indicators")]
    indicators = tuple(draft.indicators[name] for name in dict.fromkeys([*used, *own]))
    bases = catalogue.bases | {basis.id: basis for _, basis in draft.of("bases")}
    needed = dict.fromkeys(basis for indicator in indicators for basis in indicator.bases)
    parts = {name: tuple(item for _, item in items) for name, items in draft.sections.items()}
    parts |= {"indicators": indicators, "bases": tuple(bases[name] for name in needed)}
    return Programme(**{name: getattr(header, name) for name in Header.model_fields}, **parts)
