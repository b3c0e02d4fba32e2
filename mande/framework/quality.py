"""The quality grades of what units send, and the lowest on which a programme lets its verdicts rest."""

from typing import Literal

GRADES = ("A", "B", "C", "D")
"""From best to worst; the marks of each stand in `data_contracts/outputs/quality.odcs.yaml`."""

UNKNOWN_GRADE = "unknown"
"""The grade of what was sent where nobody can say how good it is: below every threshold."""

QualityThreshold = Literal["A", "B", "C"]


def is_below(grade: str, threshold: str) -> bool:
    """Tell whether a grade is below a threshold; a value without a grade, as of published statistics, is not.

    >>> is_below("D", "C"), is_below("C", "C"), is_below("unknown", "C"), is_below("", "C")
    (True, False, True, False)
    """
    return grade == UNKNOWN_GRADE or (grade in GRADES and GRADES.index(grade) > GRADES.index(threshold))
