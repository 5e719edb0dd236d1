#!/usr/bin/env bash
# cryosparc-tools 5.0.3 calls an external job that was stopped with Ctrl-C "completed".
#
# `with job.run():` marks the job as failed where its block raises an Exception. KeyboardInterrupt and SystemExit are none in
# Python, and pass by: the job is then marked as completed, with whatever outputs it had by then, and other jobs of the project
# take them for whole. Seen in the job's own methods with a client that only notes what it is asked: no server is needed.
#
# What it means here: Scripts/cryosparc_exposures.py turns an interruption within the block into an error, so that its job is
# marked as failed, and says to clear or delete it (Tests/Peers/test_cryosparc.py).
#
# Seen on 2026-11-29 with cryosparc-tools 5.0.3 and Python 3.11. Usage: cryosparc-tools-interrupted-job.sh
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cryosparc-tools==5.0.3

cat >"$work/stop.py" <<'PY'
import signal
from unittest.mock import MagicMock

from cryosparc.controllers.job import ExternalJobController


def marked(stop):
    """What the server is told of a job whose block ends so."""
    job = ExternalJobController.__new__(ExternalJobController)
    job.cs, job.project_uid, job.uid = MagicMock(), "P1", "J1"
    try:
        with job.run():
            stop()
    except BaseException as error:
        name = type(error).__name__
    return name, [call[0] for call in job.cs.api.jobs.method_calls if call[0] != "mark_running"]


def fault():
    raise ValueError("a fault")


for stop in (fault, lambda: signal.raise_signal(signal.SIGINT), lambda: exit(1)):
    print(*marked(stop))
PY
seen=$("$work/venv/bin/python" "$work/stop.py")
expected="ValueError ['mark_failed']
KeyboardInterrupt ['mark_completed']
SystemExit ['mark_completed']"

echo "cryosparc-tools 5.0.3, an external job whose block ends with an error, with Ctrl-C, and with exit(1):"
echo "$seen"
[ "$seen" = "$expected" ] || {
    echo "This has changed: $expected was seen before." >&2
    exit 1
}
