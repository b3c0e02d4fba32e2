"""JSON Schemas of the YAML files, so that JupyterLab and other editors complete and check while one types."""

from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from mande.framework.load import CATALOGUE, CITED, SECTIONS
from mande.framework.model import Basis, Header, Indicator

_DEFAULTED_IN_CITATION = ("document", "sources", "confidence")


def file_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each file of a programmes folder, by file name.

    >>> sorted(file_schemas())
    ['calendar.yaml', 'framework.yaml', 'indicators.yaml', 'programme.yaml', 'tasks.yaml']
    """
    schemas = {name: _of_lists(name, dict(models)) for name, models in SECTIONS.items()}
    schemas[CATALOGUE] = _of_lists(CATALOGUE, {"bases": Basis, "indicators": Indicator})
    schemas["programme.yaml"] = _titled(Header.model_json_schema(), "programme.yaml")
    return schemas


def _of_lists(name: str, models: dict[str, type[BaseModel]]) -> dict[str, Any]:
    fields: dict[str, Any] = {key: (list[model], []) for key, model in models.items()}  # type: ignore[valid-type]
    file_model = create_model("File", __config__=ConfigDict(extra="forbid"), **fields)
    return _titled(_with_inherited_citation(file_model.model_json_schema(), models), name)


def _with_inherited_citation(schema: dict[str, Any], models: dict[str, type[BaseModel]]) -> dict[str, Any]:
    """What the loader fills in from the plan's own document need not be typed."""
    definitions = schema.get("$defs", {})
    cited = {model.__name__ for key, model in models.items() if key in CITED}
    for name, definition in definitions.items():
        inherited = _DEFAULTED_IN_CITATION if name == "Citation" else ("citation",) if name in cited else ()
        if "required" in definition:
            definition["required"] = [key for key in definition["required"] if key not in inherited]
    return schema


def _titled(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}
