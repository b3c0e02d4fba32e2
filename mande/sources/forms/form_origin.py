"""Whose numbers these are: what stands in the column `source` of observations from forms, and in the table of sources."""

from typing import Any

UNIT_FORMS = "unit-forms"
"""Source of observations from forms that units filled in."""

SIMULATION = "simulation"
"""Source of made-up observations, from forms and from tidy files: every page and table made from them says so."""

SIMULATION_EDITION = "made up"

_TITLES = {
    UNIT_FORMS: ("Phiếu báo cáo của các đơn vị", "Forms filled in by the units"),
    SIMULATION: ("SỐ LIỆU MÔ PHỎNG: không phải số liệu thật", "SIMULATED DATA: not real"),
}


def describe_source(source: str) -> dict[str, Any]:
    """Return the row of a source for the table of sources (columns as in `sources.published.SOURCE_COLUMNS`).

    >>> describe_source("simulation")["is_made_up"], describe_source("unit-forms")["is_made_up"]
    (True, False)
    """
    title_vi, title_en = _TITLES[source]
    return {
        "source": source,
        "title_vi": title_vi,
        "title_en": title_en,
        "publisher": "mande simulate" if source == SIMULATION else "",
        "edition": SIMULATION_EDITION if source == SIMULATION else "",
        "licence": "",
        "url": "",
        "file": "",
        "is_made_up": source == SIMULATION,
    }
