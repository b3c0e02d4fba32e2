"""Whom a check speaks of: a place and those below it, and the unit that a file tells."""

from datetime import date

import pandas as pd
import pytest

import mande
from mande.check_scope import places_within, tell_units
from mande.errors import UsageError

from .received_workspace import ROOT

DAY = date(2025, 12, 31)
ROW = {"submission": "a" * 12, "snapshot": "a" * 64, "place_code": "", "period": "", "sender": "", "status": "current"}
ROW |= {"superseded_by": "", "reason": "", "file": "x.xlsx"}


def file(letter, **own):
    return ROW | {"submission": letter * 12, "snapshot": letter * 64} | own


def told(*files, rows=()):
    observations = pd.DataFrame(rows, columns=["snapshot", "place_code", "period"], dtype=str)
    table = tell_units(pd.DataFrame(files), observations, expected={"373", "376"})
    return list(table[["place_code", "period"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def places():
    return mande.open_workspace(ROOT).places


def test_within_a_province_are_its_districts_of_the_past_and_its_communes_of_today(places):
    """Ninh Bình took in Hà Nam (35) and Nam Định (36) on 1 July 2025; their reports of before are not its own."""
    before, after = (places_within(places, "37", as_of=day) for day in (date(2025, 6, 30), DAY))
    assert {"37", "369", "374"} <= before and "13285" not in before
    assert {"37", "369", "13285"} <= after and not {"35", "36", "VN", "01"} & after
    assert places_within(places, "373", as_of=DAY) >= {"373"} and len(places_within(places, "373", as_of=DAY)) < 60
    assert "37" in places_within(places, "R1", as_of=DAY) and {"01", "37"} <= places_within(places, "VN", as_of=DAY)


def test_a_code_that_no_place_has_is_refused(places):
    with pytest.raises(UsageError, match="is no place code"):
        places_within(places, "0000", as_of=DAY)


def test_a_table_is_about_the_only_unit_and_period_of_its_rows():
    one, two = [("a" * 64, "376", "2024")] * 2, [("b" * 64, "376", "2024"), ("b" * 64, "377", "2024")]
    assert told(file("a"), file("b"), rows=one + two) == [("376", "2024"), ("", "2024")]
    older = file("c", status="superseded", superseded_by="a" * 12)
    assert told(file("a"), older, rows=one) == [("376", "2024"), ("376", "")]


def test_a_refused_form_is_that_of_the_unit_whose_code_was_edited_or_of_its_senders_only_unit():
    edited = 'sheet Bìa cell C10: the unit was changed from "373" to "375"'
    refused = file("b", status="refused", sender="x", reason="the file is empty")
    assert told(file("b", status="refused", reason=edited)) == [("373", "")]
    assert told(file("a", place_code="376", sender="x"), refused)[1] == ("376", "")
    both = (file("a", place_code="376", sender="x"), file("c", place_code="377", sender="x"))
    assert told(*both, refused)[2] == ("", "")
    assert told(file("a", place_code="376"), refused | {"sender": ""})[1] == ("", "")
    assert told(refused | {"file": "x/373_2024.xlsx"}, refused | {"file": "375_2024.xlsx"}) == [("373", ""), ("", "")]
    assert told(file("a", file="373_2024.xlsx")) == [("", "")]
