"""Counts of the rows made by DuckDB and by Spark against the rows read here: see README.md."""

import csv
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "slices", "data", "warehouse_rows.csv")
SEARCH = ["--worst", "10", "--min-support", "2%", "--redundancy", "off", "--format", "json"]


def options(path):
    """The options for a file, by its columns."""
    with open(path, newline="", encoding="utf-8") as file:
        header = next(csv.reader(file))
    if "w" in header:
        odd = header[-1]
        return [
            "--y-true", "y_true", "--y-pred", "y_pred", "--score", "score", "--weight", "w", "--by",
            f"sex,race,age_band,age,{odd}", "--intersect", "sex,race", "--edges", "age=25,45.5", "--na", "?",
        ]
    by = [name for name in ("sex", "race", "age_band", "age_cat", "region") if name in header]
    score = ["--score", "score"] if "score" in header else []
    crossed = ["--intersect", "sex,race"] if "sex" in by and "race" in by else []
    return ["--y-true", "y_true", "--y-pred", "y_pred", *score, "--by", ",".join(by), *crossed]


def probity(binary, *arguments, refused=False):
    done = subprocess.run([binary, "slices", *arguments], capture_output=True, text=True, check=False)
    if refused:
        assert done.returncode != 0, "it ought to have been refused"
        return done.stderr.strip()
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_duckdb(sql, _path, out):
    import duckdb

    duckdb.connect().execute(f"COPY ({sql.strip().rstrip(';')}) TO '{out}' (HEADER, DELIMITER ',')")


def by_spark(sql, path, out):
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.read.csv(path, header=True, escape='"').createOrReplaceTempView("predictions")
    frame = session.sql(sql.strip().rstrip(";"))
    with open(out, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows(frame.collect())


# Figures of scores, which bins decide up to the stated bound.
SCORED = {"auc", "calibration"}
# About the file itself.
ABOUT = {"file", "sha256", "bytes", "encoding", "separator", "scores", "auc_error_bound", "calibration_error_bound"}


def differ(near, far, place, bound, told):
    """Lists where two reports differ by more than they may."""
    if isinstance(near, dict):
        for key in near.keys() | far.keys():
            if place == "data" and (key in ABOUT or key == "columns" and isinstance(near.get(key), int)):
                continue
            wider = bound
            if key in SCORED:
                wider = differ.stated
            elif place.rpartition(".")[2] == "auc" and key in ("low", "high"):
                # The ends of an interval move with the figure, and with its standard error too.
                wider = 2 * bound
            if key == "findings":
                continue
            # Of weighted rows bins hold the sum of weights, here and in an engine, but not how many rows there were.
            if key == "n" and ".calibration.bins[" in place and differ.weighted:
                continue
            if key in ("bins", "reliability"):
                wider = differ.stated
            differ(near.get(key), far.get(key), f"{place}.{key}".strip("."), wider, told)
    elif isinstance(near, list):
        if len(near) != len(far):
            told.append(f"{place}: {len(near)} and {len(far)}")
        for at, (one, other) in enumerate(zip(near, far)):
            differ(one, other, f"{place}[{at}]", bound, told)
    elif isinstance(near, (int, float)) and isinstance(far, (int, float)) and not isinstance(near, bool):
        differ.compared += 1
        if abs(near - far) > bound * max(1.0, abs(near)):
            told.append(f"{place}: {near!r} and {far!r}")
    elif near != far:
        told.append(f"{place}: {near!r} and {far!r}")


def main():
    binary, files = sys.argv[1], sys.argv[2:] or [SHIPPED]
    failed = False
    for path in files:
        chosen = options(path)
        near = json.loads(probity(binary, path, *chosen, *SEARCH))
        for engine, run in (("duckdb", by_duckdb), ("spark", by_spark)):
            table = [] if engine == "duckdb" else ["--table", "predictions"]
            with tempfile.TemporaryDirectory() as folder:
                sql = probity(binary, path, *chosen, "--emit-sql", engine, *table)
                out = os.path.join(folder, "counts.csv")
                run(sql, path, out)
                far = json.loads(probity(binary, "--from-counts", out, *chosen, *SEARCH))
                told, differ.compared, differ.weighted = [], 0, "--weight" in chosen
                # What the report itself says that bins may cost; written with ten digits.
                differ.stated = 1.001 * max(far["data"].get("auc_error_bound") or 0, 1e-4)
                differ(near, far, "", 1e-12, told)
                with open(out, encoding="utf-8") as file:
                    lines = file.readlines()
                at = next(at for at, line in enumerate(lines) if line.startswith(("cell", '"cell')))
                with open(out, "w", encoding="utf-8") as file:
                    file.writelines(lines[:at] + lines[at + 1 :])
                refused = probity(binary, "--from-counts", out, *chosen, refused=True)
                assert "add up" in refused, refused
            worst = len(far["worst_slices"]["slices"])
            print(f"{os.path.basename(path)}, {engine}: {differ.compared} figures compared, {len(told)} differ; {worst} worst slices")
            for line in told[:20]:
                print("  ", line)
            failed |= bool(told)
    sys.exit(failed)


if __name__ == "__main__":
    main()
