"""What all tests with other programs need: the built tools, by EPU_TOOLS, their folder."""

import os
import pathlib
import subprocess

import pytest


@pytest.fixture(scope="session")
def tools():
    """Runs a tool and returns what it prints; a status other than 0 fails the test."""
    folder = pathlib.Path(os.environ["EPU_TOOLS"])

    def run(tool, *arguments):
        done = subprocess.run([folder / tool, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
