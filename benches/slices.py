"""The work of `benches/slices.rs` by the packages of others, one task a process."""

import sys

task, path = sys.argv[1:3]
GROUPS = "sex, race, age_band, region"

if task == "duckdb":
    import duckdb

    duckdb.sql(
        f"SELECT {GROUPS}, y_true, y_pred, COUNT(*) FROM read_csv('{path}', header = true) GROUP BY ALL"
    ).fetchall()
elif task == "polars":
    import polars

    keys = [*GROUPS.split(", "), "y_true", "y_pred"]
    polars.scan_csv(path).group_by(keys).len().collect(engine="streaming")
elif task.startswith("fairlearn"):
    import pandas
    from fairlearn.metrics import (
        MetricFrame,
        count,
        false_negative_rate,
        false_positive_rate,
        selection_rate,
        true_negative_rate,
        true_positive_rate,
    )
    from sklearn.metrics import accuracy_score, precision_score

    metrics = {
        "count": count,
        "selection_rate": selection_rate,
        "tpr": true_positive_rate,
        "fpr": false_positive_rate,
        "fnr": false_negative_rate,
        "tnr": true_negative_rate,
        "accuracy": accuracy_score,
        "precision": precision_score,
    }
    data = pandas.read_csv(path, nrows=20_000 if task == "fairlearn-bootstrap" else None)
    by = ["sex", "race", "age_band"] if task == "fairlearn-crossed" else ["race"]
    boot = {"n_boot": 100, "ci_quantiles": [0.025, 0.975], "random_state": 1} if task == "fairlearn-bootstrap" else {}
    frame = MetricFrame(
        metrics=metrics, y_true=data.y_true, y_pred=data.y_pred, sensitive_features=data[by], **boot
    )
    print(frame.by_group, frame.difference())
    if boot:
        print(frame.by_group_ci, frame.difference_ci())
else:
    import pandas

    data = pandas.read_csv(path, dtype=str, keep_default_na=False)
    columns = [name for name in data.columns if not name.startswith("y_")]
    wrong = (data.y_true != data.y_pred).to_numpy()
    if task == "sliceline":
        from sliceline import Slicefinder

        finder = Slicefinder(alpha=0.95, k=10, max_l=3, min_sup=326, verbose=False)
        finder.fit(data[columns], wrong.astype(float))
        print(finder.top_slices_)
    else:
        from divexplorer import DivergenceExplorer

        data["error"] = wrong.astype(float)
        found = DivergenceExplorer(data).get_pattern_divergence(
            min_support=0.01, attributes=columns, boolean_outcomes=["error"]
        )
        print(len(found))
