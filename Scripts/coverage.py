#!/usr/bin/env python3
"""Runs the tests of a build with coverage, and says which files they leave out: coverage.py SCRATCH [OPTION...]

SCRATCH is the folder of the build, OPTION what `swift test` takes, as --filter. The tools that the tests run as a user would count
as well: each process adds to the counts of its own program, if it is not killed. A file of Sources of which fewer than 85 % of the
lines ran is a failure, if Tests/coverage-exceptions.txt does not say why; so is a reason that is not needed. With options, only the
tests can fail.
"""
import os
import re
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

LEAST = 85.0
ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = "Tests/coverage-exceptions.txt"
TOOLS = ["epu-ingest", "epu-analyze", "epu-report", "epu-simulate"]
SWIFT = os.environ.get("SWIFT", "swift")


def llvm(name):
    """LLVM's programs beside Swift's compiler: those of another version may not read what its programs write."""
    program = Path(shutil.which(SWIFT) or SWIFT).resolve().parent / name
    if not program.exists():
        sys.exit(f"{program} is missing. It belongs to Swift for Linux of swift.org.")
    return str(program)


def run_tests(scratch, counts, options):
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir(parents=True)
    # %m stands for the program: its processes add up in four files, so that few wait for one another.
    environment = dict(os.environ, LLVM_PROFILE_FILE=str(counts / "%4m.profraw"))
    # Without --enable-code-coverage, with which swift test would name one file for all programs.
    command = ["Scripts/run-tests.sh", str(scratch / "debug"), "--scratch-path", str(scratch), *options]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def line_counts(scratch, counts):
    """For each file of Sources, how often each of its lines ran: {path: {line: count}}. Lines without code are not among them."""
    merged = counts / "all.profdata"
    files = sorted(str(path) for path in counts.glob("*.profraw"))
    subprocess.run([llvm("llvm-profdata"), "merge", "-sparse", "-o", merged, *files], check=True)
    built = scratch / "debug"
    programs = [str(path) for path in sorted(built.glob("*.xctest"))] + [str(built / tool) for tool in TOOLS]
    objects = [argument for program in programs[1:] for argument in ("-object", program)]
    command = [llvm("llvm-cov"), "export", "-format=lcov", "-instr-profile", merged, programs[0], *objects]
    exported = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found, lines = {}, {}
    for entry in exported.splitlines():
        kind, _, value = entry.partition(":")
        if kind == "SF":
            lines = {}
            if Path(value).is_relative_to(ROOT / "Sources"):
                found[str(Path(value).relative_to(ROOT))] = lines
        elif kind == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = int(count)
    return {path: lines for path, lines in found.items() if lines}


def percent(lines):
    return 100 * sum(count > 0 for count in lines.values()) / len(lines)


def ranges(lines):
    """The lines that never ran, as 12-15, 40: each range ends at a line that ran."""
    parts = [[line for line, _ in group] for ran, group in groupby(sorted(lines.items()), lambda item: item[1] > 0) if not ran]
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def exceptions():
    """The files that may have fewer, with the reason of each."""
    lines = [line for line in (ROOT / EXCEPTIONS).read_text().splitlines() if line.strip() and not line.startswith("#")]
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines)


def main():
    scratch, options = ROOT / sys.argv[1], sys.argv[2:]
    counts = scratch / "counts"
    failed = run_tests(scratch, counts, options)
    found, reasons = line_counts(scratch, counts), exceptions()
    below = {path: lines for path, lines in found.items() if percent(lines) < LEAST}
    for path, lines in sorted(below.items(), key=lambda item: (percent(item[1]), item[0])):
        print(f"{percent(lines):5.1f} % of {len(lines):3} lines of {path}, without {ranges(lines)}")
        if path in reasons:
            print(f"      {reasons[path]}")
    every = {(path, line): count for path, lines in found.items() for line, count in lines.items()}
    print(f"{percent(every):.1f} % of the {len(every)} lines of {len(found)} files ran.")
    if options:
        sys.exit(failed)
    if not (ROOT / "../shared/data/morado").exists():
        print("The tests that read real files were left out: see CONTRIBUTING.md.")
    unknown, useless = sorted(set(below) - set(reasons)), sorted(set(reasons) - set(below))
    for path in unknown:
        print(f"{path}: fewer than {LEAST:g} % of its lines ran. Test it, or say in {EXCEPTIONS} why no test can.", file=sys.stderr)
    for path in useless:
        print(f"{path} needs no reason any more: take it out of {EXCEPTIONS}.", file=sys.stderr)
    sys.exit(1 if failed or unknown or useless else 0)


if __name__ == "__main__":
    main()
