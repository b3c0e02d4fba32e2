"""The one module that knows Great Expectations: compiles rules to a suite, runs it once, returns the failing rows.

The library is imported inside the functions, so that `import mande` stays light.
"""

import gc
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pandas as pd

from mande.contracts.contract import Contract, Rule

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.expectations.expectation import Expectation

COUNTS_MISSING = ("expect_column_values_to_not_be_null", "expect_compound_columns_to_be_unique")
"""Expectations that look at every row; all others leave a row out when a column they read is missing."""


def find_failures(table: pd.DataFrame, rules: Sequence[Rule]) -> dict[str, npt.NDArray[np.int64]]:
    """Run all rules over the whole table at once and return for each rule id the positions of the rows that fail.

    *Needs* the columns that the rules name. *Missing values* see `COUNTS_MISSING`.
    *Raises* RuntimeError if Great Expectations could not evaluate a rule: a check that did not run has not passed.
    """
    whole = _whole_table(_context())
    return {rule.id: _failing_rows(whole, table, rule) for rule in rules}


def is_checked(table: pd.DataFrame, rule: Rule) -> npt.NDArray[np.bool_]:
    """Tell for each row whether the rule looks at it."""
    if rule.expectation.type in COUNTS_MISSING:
        return np.ones(len(table), dtype=bool)
    looked_at = np.ones(len(table), dtype=bool)
    for column in rule.expectation.columns:
        looked_at &= table[column].notna().to_numpy()
    return looked_at


def write_data_docs(table: pd.DataFrame, contract: Contract, folder: Path) -> Path:
    """Write Great Expectations' own pages about one run of a contract, and return the path of the first one.

    *Needs* the derived columns of the contract (`derive_columns`). At most 20 failing values are shown per rule.
    The library's pages load styles, scripts and a logo from several hosts in the internet, each time they are opened.
    What is loaded is taken out here, and the scripts that need it: the pages are plain, and whoever opens them sends
    nothing to anybody. The first page, which a script would have filled, names the others in a list.
    """
    import great_expectations as gx

    context = _context()
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
    site: Any = {"class_name": "SiteBuilder", "show_how_to_buttons": False, "store_backend": store}
    context.add_data_docs_site("mande", site | {"site_index_builder": {"class_name": "DefaultSiteIndexBuilder"}})
    suite = context.suites.add(gx.ExpectationSuite(f"{contract.id} {contract.version}"))
    for rule in contract.rules:
        suite.add_expectation(_expectation(rule))
    definition = gx.ValidationDefinition(name=contract.id, data=_whole_table(context), suite=suite)
    context.validation_definitions.add(definition)
    run = gx.Checkpoint(name=contract.id, validation_definitions=[definition], result_format="BASIC")
    columns = sorted({name for rule in contract.rules for name in rule.expectation.columns})
    rows = table[columns].reset_index(drop=True)
    rows = rows.astype({name: str for name in rows.select_dtypes("category")})
    context.checkpoints.add(run).run({"dataframe": rows})
    context.build_data_docs()
    for page in (*folder.rglob("*.html"), *folder.rglob("*.css")):
        page.write_text(_LOADED.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    _list_pages(folder / "index.html")
    return folder / "index.html"


def _list_pages(index: Path) -> None:
    """Write links to the pages of the rules and of the run onto the first page."""
    pages = (
        path.relative_to(index.parent).as_posix() for path in sorted(index.parent.rglob("*.html")) if path != index
    )
    links = "".join(f'<li><a href="{quote(page)}">{escape(page)}</a></li>' for page in pages)
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("</body>", f"<ul>{links}</ul></body>"), encoding="utf-8")


_LOADED = re.compile(
    r"<script\b[^>]*>[\s\S]*?</script>|<link[^>]*\bhref=.https?:[^>]*>|<img[^>]*\bsrc=.https?:[^>]*>"
    r"|\burl\(.?https?:[^)]*\)",
    re.IGNORECASE,
)


def _context() -> "EphemeralDataContext":
    """Return a context that lives in memory, sends nothing and leaves no file behind."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"  # older 1.x releases sent usage events
    with _quick_import():
        import great_expectations as gx
        import tqdm  # type: ignore[import-untyped]
        from great_expectations.data_context.types.base import ProgressBarsConfig

    # Even a hidden progress bar would start a thread, and a kernel forked beside it may hang.
    tqdm.tqdm.monitor_interval = 0
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


@contextmanager
def _quick_import() -> Iterator[None]:
    """Import the library in less than half its time (1.0 instead of 2.5 s of processor time).

    Nothing that it makes while it is imported is garbage; and where JupyterLab is installed jsonschema, which it
    imports, compiles 38 grammars of web addresses, which no rule reads.
    """
    grammars, was_collecting = "rfc3987_syntax", gc.isenabled()
    is_barred = grammars not in sys.modules
    gc.disable()
    if is_barred:
        sys.modules[grammars] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_barred:
            del sys.modules[grammars]
        if was_collecting:
            gc.enable()


def _whole_table(context: "EphemeralDataContext") -> "BatchDefinition[Any]":
    """Return a place of the context for one table after the other."""
    asset = context.data_sources.add_pandas("mande").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def _failing_rows(whole: "BatchDefinition[Any]", table: pd.DataFrame, rule: Rule) -> npt.NDArray[np.int64]:
    """Run one rule over the rows and columns that it looks at.

    The library takes a fingerprint of every cell it is handed, for each rule anew: of a whole table of millions of
    rows that would take longer than the checks.
    """
    positions = np.flatnonzero(is_checked(table, rule))
    if not len(positions):
        return positions
    rows = table[list(rule.expectation.columns)].iloc[positions].reset_index(drop=True)
    if "column_A" in rule.expectation.kwargs:  # categories of two columns cannot be compared
        rows = rows.astype({name: str for name in rows.select_dtypes("category")})
    batch = whole.get_batch({"dataframe": rows})
    outcome = batch.validate(_expectation(rule), result_format={"result_format": "COMPLETE"})
    _require_evaluated(outcome, rule)
    failing = np.asarray(outcome.result.get("unexpected_index_list") or [], dtype=np.int64)
    if len(failing) != outcome.result["unexpected_count"]:
        raise RuntimeError(f"rule {rule.id}: {outcome.result['unexpected_count']} failures, {len(failing)} rows named")
    return positions[failing]


def _expectation(rule: Rule) -> "Expectation":
    import great_expectations.expectations as gxe

    name = "".join(part.capitalize() for part in rule.expectation.type.split("_"))
    options: dict[str, object] = dict(rule.expectation.kwargs)
    options["notes"] = f"{rule.id} ({rule.severity}): {rule.message.vi} / {rule.message.en}"
    if "column_A" in options:
        options.setdefault("ignore_row_if", "either_value_is_missing")
    expectation: Expectation = getattr(gxe, name)(**options)
    return expectation


def _require_evaluated(outcome: "ExpectationValidationResult", rule: Rule) -> None:
    errors = [item for item in (outcome.exception_info or {}).values() if isinstance(item, dict)]
    raised = [item.get("exception_message") for item in errors if item.get("raised_exception")]
    if raised or "unexpected_count" not in outcome.result:
        raise RuntimeError(f"rule {rule.id} could not be evaluated: {raised or outcome.result}")
