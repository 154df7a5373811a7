"""Jacobson-Truax categories of a long CSV file with pandas, as a data analyst would write it."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
import pandas as pd


def main(path: str, reliability: float, functional_mean: float, functional_sd: float) -> None:
    """Print {category: n}; columns id, time (1 and 2) and phq9; lower is better; cut-off c."""
    long = pd.read_csv(path, usecols=["id", "time", "phq9"])
    wide = long.pivot(index="id", columns="time", values="phq9")[[1, 2]].dropna()
    pre, post = wide[1], wide[2]
    mean, sd = pre.mean(), pre.std()
    cutoff = (sd * functional_mean + functional_sd * mean) / (sd + functional_sd)
    rci = (post - pre) / (sd * math.sqrt(2) * math.sqrt(1 - reliability))
    better, worse = rci < -1.959964, rci > 1.959964
    crossed_up = (pre <= cutoff) & (post >= cutoff)
    category = np.select(
        [better & (pre > cutoff) & (post < cutoff), better, worse & crossed_up, worse],
        ["recovered", "improved", "harmed", "deteriorated"],
        "unchanged",
    )
    print(json.dumps(pd.Series(category).value_counts().to_dict()))


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
