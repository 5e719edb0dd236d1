"""A Spark cluster of two executors has the answers of SQLite on Parquet: run by `make test-spark`, as it needs Java."""

import pathlib
import subprocess
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "Scripts"


def test_spark_answers_as_sqlite_does(facility, tmp_path):
    subprocess.run([sys.executable, SCRIPTS / "export_parquet.py", facility.path, tmp_path / "parquet"], check=True)
    done = subprocess.run([sys.executable, SCRIPTS / "spark_questions.py", tmp_path / "parquet", "--archive", facility.path],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    assert "7 questions, 2 executors" in done.stdout
