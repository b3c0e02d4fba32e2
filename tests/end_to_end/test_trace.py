"""`mande trace`: a figure of a report leads to its cells; parts and shares give the figure again."""

from datetime import date

import pytest
from typer import Typer
from typer.testing import CliRunner

import mande
from mande.commands.trace import trace_command
from mande.errors import UsageError
from mande.trace import gather_evidence, trace_value

from .received_workspace import ROOT, make_workspace

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def evidence():
    return gather_evidence(mande.open_workspace(ROOT), as_of=date(2025, 12, 31))


def test_a_published_value_is_the_text_of_its_cell(evidence):
    trace = trace_value(evidence, "04", "IMR", "2016")
    (part,) = trace.parts.to_dict("records")
    lines = (ROOT / "data" / "published" / "gso_province_panel.csv").read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if text.startswith("IMR,04,2016,_T,_T,"))
    assert (part["file"], part["cell"], part["share"]) == ("gso_province_panel.csv", f"F{line}", 1.0)
    assert part["raw"] == lines[line - 1].split(",")[5] and float(part["raw"]) == trace.figures["value"].iloc[0]


def test_a_carried_value_is_given_again_by_its_parts_and_shares(evidence):
    """Cà Mau of 2025 is made of Bạc Liêu (95) and Cà Mau (96), by births = crude birth rate × population."""
    trace = trace_value(evidence, "96", "IMR", "2012")
    own = trace.parts[trace.parts["indicator"] == "IMR"]
    assert own["place_code"].tolist() == ["95", "96"] and own["share"].sum() == pytest.approx(1)
    assert (own["share"] * own["value"]).sum() == pytest.approx(trace.figures["value"].iloc[0])
    births = 17.4 * 872.139, 14.8 * 1203.459
    assert own["share"].iloc[0] == pytest.approx(births[0] / sum(births))
    assert set(trace.parts["indicator"]) == {"IMR", "CBR", "POPULATION"}
    assert (trace.parts["raw"].astype(float) == trace.parts["value"]).all()


def test_a_corrected_value_shows_what_the_source_says(evidence):
    (part,) = trace_value(evidence, "VN", "KINDERGARTEN_PUPILS", "2015").parts.to_dict("records")
    assert (part["raw"], part["original_value"], part["value"]) == ("3.97852e+06", 3978520, pytest.approx(3978.52))
    assert part["correction"] == "kindergarten-pupils-2015-2016-in-persons" and "thousands" in part["reason_en"]


def test_where_there_is_none_the_periods_that_have_one_are_named(evidence):
    with pytest.raises(UsageError, match="no value of IMR for VN in 1850 → periods that have one: .*2019"):
        trace_value(evidence, "VN", "IMR", "1850")
    with pytest.raises(UsageError, match="nor in any other period"):
        trace_value(evidence, "VN", "NOTHING", "2016")


def test_a_submission_leads_to_sender_file_and_cells(tmp_path):
    home = make_workspace(tmp_path)
    (home / "data" / "inbox" / "huyen-mau").mkdir()
    table = "indicator,place_code,period,dimension,dimension_value,value,unit,value_status,source\n"
    row = "IMR,17,2023,_T,_T,9.5,per_1000_live_births,observed,x\n"
    (home / "data" / "inbox" / "huyen-mau" / "a.csv").write_text(table + row)
    workspace = mande.open_workspace(home)
    workspace.take_in(received_date=date(2024, 1, 31))
    app = Typer()
    app.command()(trace_command)
    words = ["17", "IMR", "2023", "--as-of", "2024-12-31", "--workspace", str(home)]
    shown = CliRunner().invoke(app, [*words, "--lang", "en"]).output
    assert "received on 2024-01-31 from huyen-mau" in shown and "huyen-mau/a.csv [" in shown
    assert "cell F2 (value): “9.5”" in shown and "source: unit-files" in shown
    assert "(IMR) · 17 Hoa Binh Province · 2023 · Total = 9.5 per 1,000 live births" in shown
    told = CliRunner().invoke(app, words).output
    assert "nhận ngày 2024-01-31, người gửi: huyen-mau\n" in told and "thay cho" not in told
    assert "Tử vong dưới 1 tuổi (IMR) · 17 Tỉnh Hòa Bình · 2023 · Tổng số = 9,5 trên 1.000 trẻ đẻ sống" in told

    (home / "data" / "inbox" / "b.csv").write_text(table + row.replace("9.5", "8.25"))
    workspace.take_in(received_date=date(2024, 2, 15))
    both = CliRunner().invoke(app, words).output
    assert "b.csv [b] ô F2 (giá trị): “8.25”" in both and "2023 · Tổng số = 8,25" in both
    assert "thay cho giá trị 9,5 trong huyen-mau/a.csv [a] ô F2, nhận ngày 2024-01-31" in both
