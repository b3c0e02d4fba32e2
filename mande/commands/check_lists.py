"""What `mande check` prints about files that units sent: counts, refused files, who is missing, what to mend by unit."""

from typing import TYPE_CHECKING, Any

from mande.vocabulary import Severity

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from mande.intake_check import IntakeCheck

SHOWN_UNITS = 15
SHOWN_CELLS = 5
SHOWN_NAMES = 10
SHOWN_PROBLEMS = 25
WORDS: dict[str, dict[str, Any]] = {
    "vi": {
        "made_up": "SỐ LIỆU MÔ PHỎNG / SIMULATED DATA",
        "files": "Tệp các đơn vị gửi: {current} đang dùng, {superseded} đã được thay thế, {duplicate} gửi trùng, "
        "{refused} bị từ chối",
        "values": "Giá trị: {sent} đã gửi = {read} đã đọc + {aside} để riêng; tổng các ô số: {sums}",
        "missing": "Chưa gửi: {n} lượt ({names})",
        "refused": "Bị từ chối:",
        "notices": "Lưu ý:",
        "mend": "Cần sửa: {critical} lỗi, {warning} điểm cần xem lại ở {units} đơn vị",
        "unit": "{name} ({code}): {critical} lỗi, {warning} điểm cần xem lại",
        "more": "… và {n} ô nữa",
        "more_units": "… và {n} đơn vị nữa",
        "all": "Toàn bộ: thêm --csv TỆP, hoặc --html THƯ-MỤC để có trang và tệp Excel cho từng đơn vị",
        "others": "… và {n} nữa",
        "mark": {True: "lỗi", False: "xem lại"},
        "blank": "(trống)",
    },
    "en": {
        "made_up": "SỐ LIỆU MÔ PHỎNG / SIMULATED DATA",
        "files": "Files that units sent: {current} in force, {superseded} superseded, {duplicate} sent twice, "
        "{refused} refused",
        "values": "Values: {sent} sent = {read} read + {aside} set aside; sum of the number cells: {sums}",
        "missing": "Missing: {n} reports ({names})",
        "refused": "Refused:",
        "notices": "Notices:",
        "mend": "To mend: {critical} errors, {warning} to be looked at, in {units} units",
        "unit": "{name} ({code}): {critical} errors, {warning} to be looked at",
        "more": "… and {n} more cells",
        "more_units": "… and {n} more units",
        "all": "All of it: add --csv FILE, or --html FOLDER for a page and an Excel file per unit",
        "others": "… and {n} more",
        "mark": {True: "error", False: "look"},
        "blank": "(blank)",
    },
}


def print_intake(checked: "IntakeCheck", console: "Console", lang: str) -> None:
    """Print a check of what units sent, shortened; nothing from a cell is taken for markup."""
    words = WORDS[lang]
    lines = [words["made_up"]] if checked.is_made_up else []
    status = checked.files["status"].value_counts()
    counts = {name: int(status.get(name, 0)) for name in ("current", "superseded", "duplicate", "refused")}
    lines += [words["files"].format(**counts), _values(checked.files, words)]
    lines += _missing(checked.missing, words, lang)
    lines += _problems(checked.refused, words["refused"], words, lang)
    lines += _problems(checked.notices, words["notices"], words, lang)
    lines += _units(checked, words, lang)
    console.print("\n".join(_visible(line) for line in lines), markup=False, highlight=False, soft_wrap=True)


def _values(files: "pd.DataFrame", words: dict[str, Any]) -> str:
    sent, read, aside = (int(files[name].fillna(0).sum()) for name in ("n_values_sent", "n_read", "n_quarantined"))
    sums = [f"{files[name].fillna(0).sum():.12g}" for name in ("sum_sent", "sum_read", "sum_quarantined")]
    return words["values"].format(sent=sent, read=read, aside=aside, sums=f"{sums[0]} = {sums[1]} + {sums[2]}")


def _missing(missing: "pd.DataFrame", words: dict[str, Any], lang: str) -> list[str]:
    if missing.empty:
        return []
    names = [f"{row[f'name_{lang}']} {row['period']}" for row in missing.head(SHOWN_NAMES).to_dict("records")]
    if len(missing) > SHOWN_NAMES:
        names.append(words["others"].format(n=len(missing) - SHOWN_NAMES))
    return [words["missing"].format(n=len(missing), names="; ".join(names))]


def _problems(table: "pd.DataFrame", heading: str, words: dict[str, Any], lang: str) -> list[str]:
    if table.empty:
        return []
    rows = table.head(SHOWN_PROBLEMS).to_dict("records")
    told = ([row[f"{name}_{lang}"] for name in ("where", "found", "todo")] for row in rows)
    lines = [heading, *(f"  {where}: {found} → {todo}" for where, found, todo in told)]
    more = len(table) - len(rows)
    return [*lines, f"  {words['others'].format(n=more)}"] if more else lines


def _units(checked: "IntakeCheck", words: dict[str, Any], lang: str) -> list[str]:
    mend = checked.to_mend.assign(is_critical=checked.to_mend["severity"] == Severity.CRITICAL)
    critical = int(mend["is_critical"].sum())
    lines = [words["mend"].format(critical=critical, warning=len(mend) - critical, units=mend["place_code"].nunique())]
    names = dict(zip(checked.units["place_code"], checked.units[f"name_{lang}"], strict=True))
    order = mend.groupby("place_code")["is_critical"].sum().sort_values(ascending=False, kind="stable").index
    cells = dict(iter(checked.mend_first.groupby("place_code", sort=False)))
    for code in order[:SHOWN_UNITS]:
        own = mend[mend["place_code"] == code]
        said = {"name": names.get(code) or code, "code": code, "critical": int(own["is_critical"].sum())}
        lines.append(words["unit"].format(**said, warning=len(own) - said["critical"]))
        lines += _cells(cells[code], words, lang)
    if len(order) > SHOWN_UNITS:
        lines.append(words["more_units"].format(n=len(order) - SHOWN_UNITS))
    return [*lines, words["all"]] if len(mend) else lines


def _cells(cells: "pd.DataFrame", words: dict[str, Any], lang: str) -> list[str]:
    lines = []
    for row in cells.head(SHOWN_CELLS).to_dict("records"):
        sheet = f" [{row['sheet']}]" if row["sheet"] else ""
        mark = words["mark"][row["severity"] == Severity.CRITICAL]
        found = row["found_vi" if lang == "vi" else "found"] or words["blank"]
        where = " ".join(part for part in (f"{row['file']}{sheet}", row["cell"]) if part)
        lines.append(f"  {mark}: {where}: {found} – {row[f'message_{lang}']} → {row[f'cure_{lang}']}")
    more = len(cells) - SHOWN_CELLS
    return [*lines, f"  {words['more'].format(n=more)}"] if more > 0 else lines


def _visible(line: str) -> str:
    """Return a line without signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in line)
