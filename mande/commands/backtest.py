"""`mande backtest`: hide the last years of a file of series and see which method would have known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mande.commands.review import Lang
from mande.commands.show_table import show_table, write_file
from mande.errors import Problem, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from mande.evaluation.backtest import Backtest

EXAMPLE = "Example: mande backtest data/published/gso_province_panel.csv --hide 3 --lang en"
WORDS = {
    Lang.VI: {
        "scores": (
            "Phương pháp",
            "Chuỗi",
            "Giá trị",
            "Chỉ tiêu hỏi",
            "Brier",
            "Bao phủ",
            "Sai số TB, %",
            "Sai số tuyệt đối TB, %",
        ),
        "by_indicator": "Điểm Brier theo chỉ số (nhỏ hơn là tốt hơn)",
        "calibration": ("Từ", "Đến", "Số lần", "Đã nói", "Đã xảy ra", "Chênh, điểm %"),
        "calibration_of": "Đã nói và đã xảy ra: {method}",
        "hidden": "Che {hide} giá trị cuối của mỗi chuỗi; {series} chuỗi được thử",
        "too_few_points": "{n} chuỗi bị bỏ: còn ít hơn ba giá trị",
        "change_of_unit": "{n} chuỗi bị bỏ: giá trị nhảy hơn ba mươi lần (đổi đơn vị?)",
        "best": "Điểm Brier nhỏ nhất: {method}",
    },
    Lang.EN: {
        "scores": (
            "Method",
            "Series",
            "Values",
            "Targets asked",
            "Brier",
            "Coverage",
            "Mean error, %",
            "Mean abs. error, %",
        ),
        "by_indicator": "Brier score by indicator (smaller is better)",
        "calibration": ("From", "To", "Cases", "Stated", "Observed", "Gap, points"),
        "calibration_of": "Stated and observed: {method}",
        "hidden": "The last {hide} values of each series are hidden; {series} series tried",
        "too_few_points": "{n} series left out: fewer than three values remain",
        "change_of_unit": "{n} series left out: a value jumps more than thirtyfold (a change of unit?)",
        "best": "Smallest Brier score: {method}",
    },
}


def backtest_command(
    file: Annotated[
        Path, typer.Argument(help="CSV of yearly series: published layout, or place_code,indicator,year,value")
    ],
    hide: Annotated[int, typer.Option(min=1, help="How many of the last values of each series to hide")] = 3,
    method: Annotated[list[str] | None, typer.Option(help="Only this method; may be repeated")] = None,
    indicator: Annotated[list[str] | None, typer.Option(help="Only this indicator; may be repeated")] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the tables")] = Lang.VI,
    csv: Annotated[Path | None, typer.Option(help="Write the scores here and the calibration beside them")] = None,
) -> None:
    """Hide the last values of every series, foretell them by each method and compare."""
    from mande.evaluation.backtest import backtest
    from mande.evaluation.naive_rules import RULES
    from mande.evaluation.outlook import METHODS
    from mande.sources.series_file import read_series_file

    series = read_series_file(file)
    if indicator:
        _refuse_unknown(file, indicator, series)
        series = series[series["indicator"].isin(indicator)]
    methods = tuple(dict.fromkeys(method)) if method else (*METHODS, *RULES)
    result = backtest(series, methods, hide=hide)
    _show(result, methods, WORDS[lang], hide=hide)
    if csv is not None:
        _write(result, csv)


backtest_command.__doc__ = f"{backtest_command.__doc__}\n\n{EXAMPLE}"


def _refuse_unknown(file: Path, wanted: list[str], series: "pd.DataFrame") -> None:
    known = sorted(series["indicator"].unique())
    unknown = [name for name in wanted if name not in known]
    if unknown:
        todo = f"choose among {', '.join(known)}"
        raise UsageError([Problem(file.name, f"no indicator {name}", todo) for name in unknown])


def _show(result: "Backtest", methods: tuple[str, ...], words: dict, *, hide: int) -> None:
    overall = result.scores[result.scores["indicator"] == "_T"]
    print(words["hidden"].format(hide=hide, series=int(overall["n_series"].max())))
    for reason, n in result.left_out["reason"].value_counts().sort_index().items():
        print(words[reason].format(n=n))
    columns = ["method", "n_series", "n_values", "n_asks", "brier", "coverage", "mean_error", "mean_absolute_error"]
    _print_table(overall[columns].round(4), words["scores"])
    by_indicator = result.scores[result.scores["indicator"] != "_T"]
    if by_indicator["indicator"].nunique() > 1:
        print("\n" + words["by_indicator"])
        wide = by_indicator.pivot(index="indicator", columns="method", values="brier")[list(methods)]
        _print_table(wide.round(3).reset_index(), ("", *methods))
    best = overall.loc[overall["brier"].idxmin(), "method"]
    print("\n" + words["best"].format(method=best))
    print("\n" + words["calibration_of"].format(method=methods[0]))
    bins = result.calibration[result.calibration["method"] == methods[0]].drop(columns="method")
    _print_table(bins.round(3), words["calibration"])


def _print_table(table: "pd.DataFrame", names: tuple[str, ...]) -> None:
    named = table.set_axis(list(names), axis="columns")
    show_table(named, list(names), None)


def _write(result: "Backtest", path: Path) -> None:
    """Write the scores to the file named, the calibration and each forecast beside it."""
    tables = {
        "": result.scores,
        "-calibration": result.calibration,
        "-forecasts": result.forecasts,
        "-left-out": result.left_out,
    }
    for suffix, table in tables.items():
        target = path.with_name(path.stem + suffix + (path.suffix or ".csv"))
        write_file(target, table.to_csv(index=False).encode("utf-8"))
        print(f"{target}: {len(table)} rows")
