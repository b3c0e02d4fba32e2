"""Say in plain words what is wrong with a definition: what was found and how to mend it."""

import difflib
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from mande.framework.citation import DAY_OF_YEAR
from mande.framework.yaml_file import Finding, Path_, describe


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that is most like the one found, or list the known ones.

    >>> nearest("valeu", ["value", "year"])
    "did you mean 'value'?"
    """
    words = sorted(set(known))
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if not words:
        return "none is defined yet: define it first"
    return f"use one of: {', '.join(words[:12])}{', …' if len(words) > 12 else ''}"


def validate(model: type[BaseModel], value: object, path: Path_) -> tuple[Any, list[Finding]]:
    """Make the value of that model, or tell everything that is wrong with it."""
    if not isinstance(value, dict):
        return None, [Finding(path, f"{describe(value)} stands where keys are expected", f"write {_needed(model)}")]
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [_finding(model, path, detail) for detail in error.errors(include_url=False, include_context=True)]


def _finding(model: type[BaseModel], path: Path_, detail: Any) -> Finding:
    location: Path_ = tuple(part for part in detail["loc"] if part != "[key]")
    owner = _model_at(model, location[:-1])
    found, cure = _EXPLANATIONS.get(detail["type"], _explain_other)(detail, owner)
    return Finding((*path, *location), found, cure)


def _needed(model: type[BaseModel]) -> str:
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    return "the keys " + ", ".join(required)


def _model_at(model: type[BaseModel], location: Path_) -> type[BaseModel]:
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _first_model(model.model_fields[part].annotation) or model
    return model


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_first_model(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)


def _explain_number_as_key(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    """In `{value: 9,5}` the comma ends the value, and 5 becomes a key."""
    return f"{describe(detail['input'])} stands where a key is expected", "write decimals with a point (9.5, not 9,5)"


def _explain_unknown_key(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    key = str(detail["loc"][-1])
    return f"unknown key '{key}'", nearest(key, owner.model_fields)


def _explain_missing(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    key = detail["loc"][-1]
    return f"the key '{key}' is missing", f"add '{key}: …'"


def _explain_choice(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    expected = detail["ctx"]["expected"].replace(" or ", ", ")
    choices = [choice.strip().strip("'") for choice in expected.split(", ")]
    return f"{describe(detail['input'])} is not one of the allowed words", nearest(str(detail["input"]), choices)


def _explain_number(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    cure = "write a number with a point, without quotes or unit, such as 9.5"
    if detail["type"].startswith("int"):
        cure = "write a whole number without quotes, such as 2025"
    return f"{describe(detail['input'])} is not a number", cure


def _explain_text(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    value = detail["input"]
    is_plain = value is not None and not isinstance(value, dict | list)
    cure = 'put it between quotes, such as "01"' if is_plain else "write a text"
    return f"{describe(value)} is not a text", cure


def _explain_pattern(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    shown = describe(detail["input"])
    if detail["ctx"]["pattern"] == DAY_OF_YEAR:
        return f"{shown} is not a day of the year", 'write month and day as "MM-DD", such as "11-03"'
    return f"{shown} is not a code", "use letters, digits, '-', '_', '.' or '/', without spaces or accents"


def _explain_short(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    return "nothing stands here", "write at least one entry, or delete the key"


def _explain_date(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    return f"{describe(detail['input'])} is not a date", "write a date as YYYY-MM-DD, such as 2025-12-31"


def _explain_list(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    cure = "write a list: [first, second] or lines that begin with '-'"
    return f"{describe(detail['input'])} stands where a list is expected", cure


def _explain_group(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    inner = _model_at(owner, tuple(detail["loc"][-2:]))
    return f"{describe(detail['input'])} stands where keys are expected", f"write {_needed(inner)}"


def _explain_range(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    limit = detail["msg"].removeprefix("Input should be ")
    return f"{describe(detail['input'])} is outside the allowed range", f"write a number {limit}"


def _explain_switch(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    return f"{describe(detail['input'])} is neither true nor false", "write true or false"


def _explain_other(detail: Any, owner: type[BaseModel]) -> tuple[str, str]:
    return f"{describe(detail['input'])} is not allowed here", detail["msg"][:1].lower() + detail["msg"][1:]


_EXPLANATIONS = {
    "invalid_key": _explain_number_as_key,
    "extra_forbidden": _explain_unknown_key,
    "missing": _explain_missing,
    "enum": _explain_choice,
    "literal_error": _explain_choice,
    "float_type": _explain_number,
    "finite_number": _explain_number,
    "int_type": _explain_number,
    "int_from_float": _explain_number,
    "string_type": _explain_text,
    "string_pattern_mismatch": _explain_pattern,
    "string_too_short": _explain_short,
    "too_short": _explain_short,
    "date_type": _explain_date,
    "date_parsing": _explain_date,
    "date_from_datetime_parsing": _explain_date,
    "date_from_datetime_inexact": _explain_date,
    "tuple_type": _explain_list,
    "model_type": _explain_group,
    "dict_type": _explain_group,
    "greater_than": _explain_range,
    "greater_than_equal": _explain_range,
    "less_than": _explain_range,
    "less_than_equal": _explain_range,
    "bool_type": _explain_switch,
    "bool_parsing": _explain_switch,
}
