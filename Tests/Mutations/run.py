#!/usr/bin/env python3
"""Breaks the lines of mutations.json, one at a time, and sees that the test that each names fails: run.py [--here] [NUMBER ...]

It works on the last commit, in a clone below .build-mutations, so that nothing of this folder changes. With --here it breaks and
mends this folder's own files, and uses its build.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SWIFT = os.environ.get("SWIFT", "swift")
# The tests are to run the tools of the build that is broken.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "EPU_TESTED_TOOLS"}


class Failure(Exception):
    pass


def swift(folder, *arguments):
    """Runs the compiler's command, and returns whether it went well, and what it said without colours."""
    run = subprocess.run([SWIFT, *arguments], cwd=folder, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    return run.returncode == 0, re.sub(r"\x1b\[[0-9;]*m", "", run.stdout)


def build(folder):
    is_well, said = swift(folder, "build", "--build-tests")
    if not is_well:
        raise Failure("it does not build:\n" + "\n".join(said.splitlines()[-20:]))


def failing(folder, tests):
    """The titles of those of the tests that fail."""
    pattern = "|".join(rf"^{re.escape(test)}\(" for test in tests)
    is_well, said = swift(folder, "test", "--disable-xctest", "--skip-build", "--filter", pattern)
    ended = re.search(r"^[✔✘] Test run with (\d+) tests? ", said, re.MULTILINE)
    if not ended or int(ended[1]) != len(tests):
        raise Failure(f"the run of {', '.join(tests)} did not come to its end:\n" + "\n".join(said.splitlines()[-20:]))
    # A test is named by its title or as a function; "Test run with 1 test" is none.
    failed = re.findall(r"^✘ Test (\".+\"|\w+\(.*\)) (?:with \d+ test cases? )?failed after ", said, re.MULTILINE)
    if is_well == bool(failed):
        raise Failure("nobody knows what failed:\n" + said)
    return failed


def attempt(folder, mutation):
    """Breaks a line, mends it again, and returns the title of the test that has failed in between; nil if none has."""
    file = folder / mutation["file"]
    whole = file.read_text()
    if whole.count(mutation["line"]) != 1:
        raise Failure(f"{mutation['file']} has this not once: {mutation['line']}")
    try:
        file.write_text(whole.replace(mutation["line"], mutation["broken"]))
        build(folder)
        return next(iter(failing(folder, [mutation["test"]])), None)
    finally:
        file.write_text(whole)


def clone():
    """Brings a clone up to date with the last commit, and returns its folder. Its build stays from one run to the next."""
    folder = ROOT / ".build-mutations" / "clone"
    if not folder.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, folder], check=True)
    subprocess.run(["git", "fetch", "--quiet", ROOT, "HEAD"], cwd=folder, check=True)
    subprocess.run(["git", "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"], cwd=folder, check=True)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="break this folder's own files")
    parser.add_argument("numbers", metavar="NUMBER", nargs="*", type=int, help="which, from 1; all where none is given")
    arguments = parser.parse_args()
    # What is broken is mended, however the run ends.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    mutations = json.loads((ROOT / "Tests/Mutations/mutations.json").read_text())
    chosen = [(number, mutation) for number, mutation in enumerate(mutations, 1)
              if number in (arguments.numbers or range(1, len(mutations) + 1))]
    folder = ROOT if arguments.here else clone()
    # A test that fails anyway would see everything.
    build(folder)
    failed = failing(folder, sorted({mutation["test"] for _, mutation in chosen}))
    if failed:
        raise Failure(f"before anything is broken there fails: {', '.join(failed)}")
    unseen = 0
    for number, mutation in chosen:
        started = time.monotonic()
        seen = attempt(folder, mutation)
        unseen += seen is None
        print(f"{number}. {mutation['what']}: {'seen by ' + seen if seen else 'NOT SEEN by ' + mutation['test']}, "
              f"{time.monotonic() - started:.0f} s", flush=True)
    if unseen:
        raise Failure(f"{unseen} of {len(chosen)} not seen")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"run.py: {failure}")
