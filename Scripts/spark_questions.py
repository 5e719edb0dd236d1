#!/usr/bin/env python3
"""Asks the questions of Documentation/engines.md of Parquet files, on a Spark cluster of two executors on this machine.

Prints each answer; --archive compares them with those of SQLite.
"""

import argparse
import os
import pathlib
import sqlite3
import sys
import time

from documented_questions import portable

try:
    import pyspark
    from pyspark.sql import SparkSession
except ModuleNotFoundError:
    sys.exit("This script needs PySpark, which is not installed: python3 -m pip install pyspark==4.0.1; and Java 17.")

TABLES = ["exposures", "sessions", "calibrations", "overexposed", "incidents"]


def cluster() -> SparkSession:
    """Two executors of one core and 1024 MB, each a process; the driver listens on this machine only."""
    os.environ.setdefault("SPARK_HOME", str(pathlib.Path(pyspark.__file__).parent))
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("questions to an archive")
    for key, value in {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC", "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.shuffle.partitions": "4", "spark.executor.memory": "1024m",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def sorted_rows(rows) -> list[tuple]:
    """Rows in an order that NULL has a place in."""
    return sorted(map(tuple, rows), key=lambda row: [(value is not None, str(value)) for value in row])


def main() -> str | None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parquet", type=pathlib.Path, help="what export_parquet.py wrote")
    parser.add_argument("--archive", type=pathlib.Path, help="the archive that it was written of")
    arguments = parser.parse_args()
    start = time.monotonic()
    spark = cluster()
    spark.sparkContext.setLogLevel("ERROR")
    for table in TABLES:
        spark.read.parquet(str(arguments.parquet.absolute() / table)).createOrReplaceTempView(table)
    different = []
    for title, sql in portable().items():
        rows = sorted_rows(spark.sql(sql).collect())
        print(f"{title}\n" + "\n".join(f"  {' | '.join(map(str, row))}" for row in rows))
        if arguments.archive:
            archive = sqlite3.connect(f"{arguments.archive.absolute().as_uri()}?mode=ro", uri=True)
            if rows != sorted_rows(archive.execute(sql)):
                different.append(title)
            archive.close()
    executors = len(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1  # without the driver
    spark.stop()
    print(f"{len(portable())} questions, {executors} executors, {time.monotonic() - start:.0f} s, start included")
    return f"SQLite has another answer: {'; '.join(different)}" if different else None


if __name__ == "__main__":
    sys.exit(main())
