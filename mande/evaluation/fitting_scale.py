"""The scale on which a trend is straight: logit for percentages, log for positive rates and counts, else the value itself.

A value on the edge of its scale (0 or 100 %, or no events) has no logit: it is read as lying a quarter of the published
step inside, and a target on the edge half a step inside, so that "100,0 %" meets a target of 100.
"""

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

SCALES = ("logit", "log", "identity")
DEFAULT_STEP = 0.1
"""Values of unknown rounding are read as published to one decimal, only where they stand on the edge of their scale."""


def to_scale(values: np.ndarray, scale: np.ndarray, *, top: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """Return values on their fitting scale; those nearer to an edge than `edge` are moved to that distance.

    `scale` is one of `SCALES` for each row, `top` the upper bound of a logit's values (100 for percent).
    Missing values: stay missing.

    >>> to_scale(np.array([50.0, 100.0]), np.array(["logit", "logit"]), top=100.0, edge=0.05).round(3)
    array([0. , 7.6])
    """
    inside = np.clip(values, edge, None)
    share = np.clip(values, edge, top - edge) / top
    is_logit, is_log = scale == "logit", scale == "log"
    return np.where(
        is_logit, logit(np.where(is_logit, share, 0.5)), np.where(is_log, np.log(np.where(is_log, inside, 1.0)), values)
    )


def from_scale(values: np.ndarray, scale: np.ndarray, *, top: np.ndarray) -> np.ndarray:
    """Return values of the fitting scale in the indicator's unit; missing values stay missing."""
    is_logit, is_log = scale == "logit", scale == "log"
    return np.where(
        is_logit,
        top * expit(np.where(is_logit, values, 0.0)),
        np.where(is_log, np.exp(np.clip(np.where(is_log, values, 0.0), -700, 700)), values),
    )


def variance_of_limits(lower: np.ndarray, upper: np.ndarray, confidence: float) -> np.ndarray:
    """Return the sampling variance that published limits imply, both given on the fitting scale; 0 where one is missing."""
    width = (upper - lower) / (2 * norm.ppf(0.5 + confidence / 2))
    return np.where(np.isfinite(width), width**2, 0.0)
