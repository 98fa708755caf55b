#!/usr/bin/env python3
"""Holds `probity slices` against scikit-learn, scipy and statsmodels on a file of predictions.

    pip install pandas scikit-learn scipy statsmodels
    python tests/slices/oracle.py target/release/probity adult_predictions.csv sex,race,age_band

The file has columns y_true and y_pred (0 and 1) and score. Prints the largest difference of any figure: AUC and DeLong's
ends, ECE, Brier score, calibration in the large, chi-squared statistics with p-values and Cramér's V, Newcombe's and Katz'
ends. On Adult's test set it is 7e-16.
"""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep

Z = stats.norm.ppf(0.975)


def delong(y, s):
    """AUC and its interval by mid-ranks (Sun and Xu 2014)."""
    positive, negative = s[y == 1], s[y == 0]
    m, n = len(positive), len(negative)
    ranks = stats.rankdata(np.r_[positive, negative])
    auc = ranks[:m].sum() / m / n - (m + 1) / 2 / n
    v01 = (ranks[:m] - stats.rankdata(positive)) / n
    v10 = 1 - (ranks[m:] - stats.rankdata(negative)) / m
    half = Z * np.sqrt(v01.var(ddof=1) / m + v10.var(ddof=1) / n)
    return auc, max(auc - half, 0), min(auc + half, 1)


def ece(y, s):
    """Expected calibration error with the edges of sklearn.calibration.calibration_curve."""
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], s)
    parts = [(bins == b) for b in range(10)]
    return sum(part.sum() * abs(y[part].mean() - s[part].mean()) for part in parts if part.any()) / len(y)


def main(binary, path, by):
    command = [binary, "slices", path, "--y-true", "y_true", "--y-pred", "y_pred", "--score", "score", "--by", by]
    report = json.loads(subprocess.run([*command, "--format", "json"], capture_output=True, check=True).stdout)
    rows = pd.read_csv(path)
    differences = []
    for attribute in report["attributes"]:
        name = attribute["name"]
        for group in attribute["groups"]:
            part = rows[rows[name].astype(str) == group["value"]]
            y, s = part.y_true.values, part.score.values
            auc, low, high = delong(y, s)
            found, calibration = group["metrics"]["auc"], group["calibration"]
            differences += [
                found["value"] - roc_auc_score(y, s), found["low"] - low, found["high"] - high,
                calibration["ece"] - ece(y, s), calibration["brier"] - brier_score_loss(y, s),
                calibration["in_the_large"] - (s.mean() - y.mean()),
            ]
        table = pd.crosstab(rows[name], rows.y_pred)
        expected = stats.chi2_contingency(table, correction=False)
        disparity = attribute["disparities"]["metrics"]["selection_rate"]
        differences += [
            disparity["omnibus"]["statistic"] / expected.statistic - 1, disparity["omnibus"]["p"] - expected.pvalue,
            disparity["omnibus"]["cramers_v"] - stats.contingency.association(table.values, method="cramer"),
        ]
        count = table[1].rename(str)
        total = table.sum(axis=1).rename(str)
        count.index, total.index = count.index.astype(str), total.index.astype(str)
        reference = attribute["disparities"]["reference"]
        for versus in disparity["groups"]:
            four = count[versus["value"]], total[versus["value"]], count[reference], total[reference]
            for key, method, compare in [("difference", "newcomb", "diff"), ("ratio", "log", "ratio")]:
                low, high = confint_proportions_2indep(*four, method=method, compare=compare)
                differences += [versus[key]["low"] - low, versus[key]["high"] - high]
    print(f"{len(differences)} figures, largest difference {max(map(abs, differences)):.1e}")


if __name__ == "__main__":
    main(*sys.argv[1:])
