"""What the codes of a check are called, on its pages and in its workbooks: keys of the catalogue of wording."""

from mande.vocabulary import Severity

STATUS = {
    "current": "check.status_current",
    "superseded": "check.superseded",
    "duplicate": "check.duplicate",
    "refused": "check.refused",
}
EFFECTS = {"decides_verdict": "check.decides", "lowers_grade": "check.lowers", "other": "check.other"}
SEVERITIES = {str(Severity.CRITICAL): "check.is_critical", str(Severity.WARNING): "check.is_warning"}
