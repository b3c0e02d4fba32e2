"""The usual bands of a probability of meeting a target, apart from the models: a page that needs only these starts faster."""

USUAL_BANDS = {"very_likely": 0.9, "likely": 0.66, "even": 0.33, "unlikely": 0.1}
"""Lower bounds of the bands that hold where a programme sets none; below the last one it is very unlikely."""
