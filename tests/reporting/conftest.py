"""A small made-up run folder: every verdict and every reason, a unit without data, a unit with old data, a long name.

All numbers and places in it are made up.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from mande.reporting.index import index_page

REASONS = {
    "meets_target": "met",
    "held": "met",
    "change_kept": "met",
    "better_than_previous": "met",
    "pace_enough": "on_track",
    "right_direction": "on_track",
    "growth_slows": "on_track",
    "pace_short": "behind",
    "change_short": "behind",
    "pace_far_short": "off_track",
    "unchanged": "off_track",
    "moved_away": "worsening",
    "lost": "worsening",
    "growth_quickens": "worsening",
    "target_missed": "not_met",
    "qualified_value": "cannot_tell",
    "interval_spans_target": "cannot_tell",
    "interval_holds_baseline": "cannot_tell",
    "other_basis": "not_comparable",
    "other_definition": "not_comparable",
    "no_value": "not_assessable",
    "stale": "not_assessable",
    "nothing_since_baseline": "not_assessable",
    "no_baseline": "not_assessable",
    "failed_check": "not_assessable",
    "low_quality": "not_assessable",
    "only_remembered": "not_assessable",
    "target_remembered": "not_assessable",
    "no_number": "not_assessable",
    "no_base_year": "not_assessable",
    "no_previous_year": "not_assessable",
    "zero_base": "not_assessable",
    "not_due": "not_assessable",
    "carried_with_loss": "not_assessable",
    "met_within_interval": "met_uncertain",
    "rate_enough": "on_track",
    "rate_short": "behind",
    "rate_far_short": "off_track",
    "no_rate": "not_assessable",
    "chart_enough": "on_track",
    "chart_short": "behind",
    "chart_far_short": "off_track",
    "within_a_point": "on_track",
    "outlook_sure": "on_track",
    "outlook_likely": "on_track",
    "outlook_open": "cannot_tell",
    "outlook_even": "behind",
    "outlook_unlikely": "behind",
    "outlook_hopeless": "off_track",
    "suppressed": "not_assessable",
}
"""Every reason code with the verdict that it goes with."""

VALUE_OF = {"stale": (15.4, "2016"), "target_missed": (13.1, "2024"), "qualified_value": (7.0, "2023")}
KINDS = {
    "change_kept": "yearly_change_between",
    "change_short": "yearly_change_between",
    "no_previous_year": "yearly_change_between",
    "zero_base": "yearly_change_between",
    "better_than_previous": "below_previous_year",
    "right_direction": "direction_only",
    "growth_slows": "growth_rate_direction",
    "growth_quickens": "growth_rate_direction",
    "no_base_year": "change_from_base",
    "no_number": "qualitative",
}
NOTE = "<script>alert('note')</script>"
LONG_NAME = "Huyện đảo Mẫu và vùng biển đảo lân cận"
FULL, EMPTY, OLD, LONG = "M01", "M02", "M03", "M04"
N_UNITS = 24


def made_up_units() -> pd.DataFrame:
    """One row per made-up province, after the nation."""
    rows = [_unit("VN", "nation", "Cả nước", "Viet Nam")]
    for number in range(1, N_UNITS + 1):
        code = f"M{number:02d}"
        name = LONG_NAME if code == LONG else f"Tỉnh Mẫu Đặng {number}"
        rows.append(_unit(code, "province", name, f"Sample Province {number}"))
    return pd.DataFrame(rows)


def _unit(code: str, level: str, name: str, name_en: str) -> dict:
    return {
        "place_code": code,
        "level": level,
        "name_official": name,
        "name_short": name.removeprefix("Tỉnh "),
        "name_en": name_en,
        "parent_code": "" if level == "nation" else "VN",
        "region_code": "",
        "region_name_vi": "" if level == "nation" else "Vùng Mẫu",
        "region_name_en": "" if level == "nation" else "Sample Region",
        "page": f"units/{code}.html",
    }


def made_up_targets() -> pd.DataFrame:
    """One row per reason, so that one unit can show them all."""
    rows = []
    for number, reason in enumerate(REASONS, start=1):
        is_rate = number % 2 == 0
        kind = KINDS.get(reason, "level")
        ascending = is_rate and kind == "level"
        low, high = (97.0, 98.0) if ascending else (12.5, 10.0)
        rows.append(
            {
                "target_id": f"T{number:02d}",
                "number": float(number),
                "part": "a" if number == 3 else "",
                "result": f"R{(number - 1) // 8 + 1}",
                "result_title_vi": f"Mục tiêu {(number - 1) // 8 + 1}: tên giả định",
                "result_title_en": f"Objective {(number - 1) // 8 + 1}: made-up name",
                "indicator": f"I{number:02d}",
                "title_vi": f"Chỉ tiêu giả định số {number} về trẻ em dưới 5 tuổi ở nông thôn và thành thị",
                "title_en": f"Made-up target number {number}",
                "short_vi": f"Chỉ tiêu {number}",
                "short_en": f"Target {number}",
                "unit": "percent" if is_rate else "per_1000_live_births",
                "measure": "percentage" if is_rate else "rate",
                "ascending": ascending,
                "dimension": "residence" if number == 4 else "_T",
                "dimension_value": "rural" if number == 4 else "_T",
                "kind": kind,
                "strength": "strive" if number % 3 == 0 else "set",
                "judged_year": 2025,
                "operator": ">=" if ascending else "<=",
                "target_value": 2.0 if kind == "yearly_change_between" else low,
                "target_value_high": 3.0 if kind == "yearly_change_between" else float("nan"),
                "target_year": 2025.0,
                "base_year": 2019.0 if kind == "change_from_base" else float("nan"),
                "has_span": False,
                "end_year": 2030.0,
                "end_operator": ">=" if ascending else "<",
                "end_value": high,
                "end_strength": "set",
                "max_age_years": 3.0,
                "age_from_years": 0.0,
                "age_below_years": 16.0 if number == 7 else float("nan"),
                "definition_title_vi": "Các nhóm giả định" if number == 6 else "",
                "definition_title_en": "Made-up groups" if number == 6 else "",
                "definition_note_vi": "",
                "definition_note_en": "",
                "bases": "survey",
                "basis_titles_vi": "Điều tra giả định",
                "basis_titles_en": "Made-up survey",
                "document": "00/QĐ-GIẢ",
                "section": "Điều 1",
                "sources": "made-up",
                "confidence": "text",
                "corroboration": "",
                "note_vi": NOTE,
                "note_en": NOTE,
                "data_source_vi": "",
                "data_source_en": "",
                "responsible_vi": "" if number == 5 else f"Sở Giả Định {number % 3 + 1}",
                "responsible_en": "" if number == 5 else f"Made-up Department {number % 3 + 1}",
            }
        )
    return pd.DataFrame(rows)


def made_up_actuals(units: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Yearly made-up values of the first six targets for all units but the empty one; the old unit's end in 2016."""
    rows = []
    for place, code in enumerate(units["place_code"]):
        if code == EMPTY:
            continue
        years = range(2010, 2017) if code == OLD else range(2010, 2025)
        for target in targets.head(6).to_dict("records"):
            for year in years:
                rows.append(_value(target, code, year, place, "survey"))
        rows += [_value(targets.iloc[0].to_dict(), code, year, place, "other-survey") for year in years]
    return pd.DataFrame(rows)


def _value(target: dict, code: str, year: int, place: int, basis: str) -> dict:
    start = 90.0 + 0.5 * (year - 2010) if target["ascending"] else 16.0 - 0.2 * (year - 2010)
    is_other = basis != "survey"
    return {
        "observation_id": f"{target['indicator']}-{code}-{year}-{basis}",
        "indicator": target["indicator"],
        "place_code": code,
        "period": str(year),
        "dimension": target["dimension"],
        "dimension_value": target["dimension_value"],
        "value": start + 0.1 * place + (3 if is_other else 0),
        "value_qualifier": "=",
        "unit": target["unit"],
        "value_status": "provisional" if year in (2016, 2024) else "observed",
        "basis": basis,
        "definition": "",
        "source": "made-up",
        "edition": "2025 " + NOTE,
        "confidence": "text",
        "file": "made_up.csv",
        "sheet": "",
        "cell": f"F{year - 2000}",
        "series": f"made-up|{basis}|",
        "is_usable": True,
        "unusable_reason": "",
        "is_comparable": not is_other,
        "year": float(year),
        "method": "as published",
    }


def made_up_progress(units: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Unit M01 and the nation have every reason; M02 has no value; M03 only old ones; the others in between."""
    rows = []
    reasons = list(REASONS)
    for place, code in enumerate(units["place_code"]):
        for order, target in enumerate(targets.to_dict("records")):
            reason = reasons[order]
            if code == EMPTY:
                reason = "no_value"
            elif code == OLD:
                reason = "stale" if order < 6 else "no_value"
            elif code not in ("VN", FULL):
                reason = ("meets_target", "pace_short", "no_value")[(order + place) % 3]
            rows.append(_progress(target, code, reason))
    return pd.DataFrame(rows)


def _progress(target: dict, code: str, reason: str) -> dict:
    nothing = float("nan")
    value, period = (
        (nothing, None) if reason in ("no_value", "no_number", "suppressed") else VALUE_OF.get(reason, (13.9, "2023"))
    )
    has_value = value == value
    has_base = has_value and reason not in ("no_baseline", "other_basis", "stale")
    is_pace = reason in ("pace_enough", "pace_short", "pace_far_short", "moved_away")
    carried = ("kind", "strength", "ascending", "unit", "judged_year", "operator", "target_value", "target_value_high")
    carried += ("target_year", "base_year", "has_span", "end_year", "end_operator", "end_value", "max_age_years")
    return {
        "programme": "made-up",
        "stage": "mid-term",
        "as_of": "2024-12-31",
        "place_code": code,
        **{name: target[name] for name in ("target_id", "indicator", "dimension", "dimension_value", *carried)},
        "promised_change_pct": -20.0 if target["kind"] == "change_from_base" else nothing,
        "judged_change": -2.5 if target["kind"] != "level" else nothing,
        "baseline_value": 15.0 if has_base else nothing,
        "baseline_period": "2020" if has_base else None,
        "baseline_year": 2020.0 if has_base else nothing,
        "baseline_observation_id": f"{target['indicator']}-{code}-2020-survey",
        "actual_value": value,
        "actual_period": period,
        "actual_year": float(period) if period else nothing,
        "actual_lower": 11.0 if "interval" in reason else nothing,
        "actual_upper": 15.5 if "interval" in reason else nothing,
        "actual_qualifier": "<5" if reason == "suppressed" else "~" if reason == "qualified_value" else "=",
        "actual_value_status": "provisional" if period == "2024" else "observed" if has_value else None,
        "actual_basis": "other-survey" if reason == "other_basis" else "survey",
        "actual_definition": "",
        "actual_source": "made-up",
        "actual_edition": "2025",
        "actual_confidence": "text",
        "actual_observation_id": f"{target['indicator']}-{code}-{period}-survey",
        "series": "made-up|survey|",
        "n_points": 3,
        "expected_value": 13.8 if is_pace else nothing,
        "share": 0.44 if is_pace else nothing,
        "share_end": 0.22 if is_pace else nothing,
        "observed_yearly_change": -0.3667 if has_base else nothing,
        "planned_yearly_change": -0.5 if is_pace else nothing,
        "required_yearly_change": -0.7 if is_pace else nothing,
        "pace": 0.7333 if is_pace else nothing,
        "observed_rate": -0.0251 if has_base else nothing,
        "required_rate": -0.0358 if has_base else nothing,
        "rate_ratio": 0.7011 if has_base else nothing,
        "chart_value": 13.2 if has_base else nothing,
        "chart_share": 0.72 if has_base else nothing,
        "outlook_value": 13.1 if has_base else nothing,
        "outlook_lower": 12.2 if has_base else nothing,
        "outlook_upper": 14.0 if has_base else nothing,
        "p_met": 0.41 if has_base else nothing,
        "verdict": REASONS[reason],
        "reason": reason,
        "caveat_vi": "",
        "caveat_en": "",
        "rule": "linear-path",
        "rule_version": "1",
        "on_track_pace": 0.95,
        "behind_pace": 0.6,
        "data_hash": "0123456789abcdef",
    }


def made_up_checks(units: pd.DataFrame) -> pd.DataFrame:
    """One passed check per unit with data, a warning that is explained, a failure in one unit."""
    rows = []
    for code in units["place_code"]:
        if code == EMPTY:
            continue
        rows.append(_check(code, "range", "critical", "passed"))
        rows.append(_check(code, "allowed-jump", "warning", "warning", annotation="Sự kiện có thật năm 2013."))
        if code == FULL:
            rows.append(_check(code, "range", "critical", "failed", message=f"Giá trị 104 vượt 100 {NOTE}"))
    return pd.DataFrame(rows)


def _check(code: str, check: str, severity: str, outcome: str, *, message: str = "", annotation: str = "") -> dict:
    return {
        "check_id": check,
        "contract": "made-up",
        "contract_version": "1.0.0",
        "file": "made_up.csv",
        "place_code": code,
        "severity": severity,
        "outcome": outcome,
        "n_checked": 15,
        "n_failed": 0 if outcome == "passed" else 1,
        "cells": "" if outcome == "passed" else "F24",
        "message_vi": message or "Giá trị giảm hơn mức cho phép so với năm trước.",
        "message_en": message or "The value fell by more than is allowed in a year.",
        "cure_vi": "Kiểm tra lại với đơn vị gửi số liệu.",
        "cure_en": "Check with the unit that sent it.",
        "annotation_vi": annotation,
        "annotation_en": "A true event of 2013." if annotation else "",
    }


def write_made_up_run(folder: Path, lang: str = "vi") -> Path:
    """Write the made-up run folder and return it."""
    units, targets = made_up_units(), made_up_targets()
    sources = pd.DataFrame(
        [
            {
                "source": "made-up",
                "title_vi": f"Nguồn giả định {NOTE}",
                "title_en": f"Made-up source {NOTE}",
                "publisher": "Made up",
                "edition": "2025",
                "licence": "CC BY 4.0",
                "url": "https://example.org/made-up",
                "file": "made_up.csv",
                "snapshot": "",
            }
        ]
    )
    tables = {
        "units": units,
        "targets": targets,
        "actuals": made_up_actuals(units, targets),
        "progress": made_up_progress(units, targets),
        "check_outcomes": made_up_checks(units),
        "sources": sources,
    }
    (folder / "tables").mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    info = {
        "programme": "vn-children-2021-2030",
        "programme_title": {"vi": "Chương trình giả định vì trẻ em", "en": "Made-up programme for children"},
        "document": "00/QĐ-GIẢ",
        "place_code": "VN",
        "stage": "mid-term",
        "as_of": "2024-12-31",
        "level": "province",
        "judged_year": 2025,
        "lang": lang,
        "is_made_up": True,
        "made_at": "2025-01-15T08:30:00+00:00",
        "mande_version": "0.1.0",
        "run_id": "made-up-run",
        "rule": {
            "name": "linear-path",
            "version": "1",
            "on_track_pace": 0.95,
            "behind_pace": 0.6,
            "max_age_years": 3.0,
        },
    }
    (folder / "run.json").write_text(json.dumps(info, ensure_ascii=False), encoding="utf-8")
    return folder


def write_made_up_outlines(path: Path) -> None:
    """Write a square per made-up province and one label point."""
    squares = [
        {
            "type": "Feature",
            "properties": {"unit_code": f"M{n:02d}", "name": f"Mẫu {n}", "kind": "province"},
            "geometry": {"type": "Polygon", "coordinates": [_square(105.0, 8.0 + 0.6 * n)]},
        }
        for n in range(1, N_UNITS + 1)
    ]
    point = {
        "type": "Feature",
        "properties": {"unit_code": "M01", "name": "Huyện Hoàng Sa", "kind": "archipelago_label_point"},
        "geometry": {"type": "Point", "coordinates": [112.14, 16.57]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [*squares, point]}), encoding="utf-8")


def _square(west: float, south: float) -> list[list[float]]:
    east, north = west + 0.6, south + 0.6
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    folder = write_made_up_run(root / "reports" / "made-up-run")
    write_made_up_outlines(folder / "outlines.geojson")
    return folder


@pytest.fixture(scope="session")
def run(run_folder):
    from mande.reporting.run import open_run

    return open_run(run_folder)


@pytest.fixture(scope="session")
def reasons() -> dict[str, str]:
    return REASONS


@pytest.fixture(scope="session")
def note() -> str:
    """Text that a careless spreadsheet might hold: it must never become a tag."""
    return NOTE


@pytest.fixture(scope="session")
def many_units(run):
    """The index of three hundred made-up communes of three provinces below the nation."""
    nation = run.units[run.units["place_code"] == "VN"]
    communes = pd.DataFrame(
        {
            "place_code": f"9{i:04d}",
            "name_official": f"Xã Mẫu Tân {i}",
            "name_short": f"Mẫu Tân {i}",
            "name_en": f"Mau Tan {i} Commune",
            "parent_name_vi": f"Tỉnh Mẫu Đặng {i % 3}",
            "parent_name_en": f"Sample Province {i % 3}",
            "region_name_vi": "Vùng mẫu",
            "region_name_en": "Sample Region",
            "page": f"units/9{i:04d}.html",
        }
        for i in range(300)
    )
    progress = pd.DataFrame({"place_code": communes["place_code"], "verdict": "not_assessable"})
    units = pd.concat([nation.assign(parent_name_vi="", parent_name_en=""), communes], ignore_index=True)
    return index_page(run.info, units, progress, "vi")
