#!/usr/bin/env python3
"""Puts exposure groups and verdicts of `epu-report optics` into CryoSPARC's exposures, matched by the name that EPU gave.

Exposures get their exposure groups, and are sorted into those to keep and those to reject. With --file it reads a .cs file, or
a .csg file with the .cs file that it names, and writes NAME_keep and NAME_reject; no server is needed. With --job it makes an
external job in a project, which has the outputs keep and reject; Documentation/cryosparc.md says how to connect.
"""

import argparse
import contextlib
import os
import pathlib
import re
import sys

from exposure_groups import Refusal, Sessions

try:
    import cryosparc.tools
    from cryosparc.dataset import Dataset
    from cryosparc.errors import DatasetLoadError
except ModuleNotFoundError as missing:
    if missing.name != "cryosparc":
        raise
    sys.exit("This script needs cryosparc-tools, which is not installed: python3 -m pip install cryosparc-tools")
from sorted_exposures import SortedExposures

# A line of a .csg file that names the .cs file of a result, in the folder of the .csg file, and one that counts its rows.
METAFILE = re.compile(r"^(\s*metafile:\s*)'?>?([^'\n]+?)'?$", re.MULTILINE)
ITEMS = re.compile(r"^(\s*num_items:\s*)\d+$", re.MULTILINE)


def sort_file(arguments: argparse.Namespace, sessions: Sessions) -> SortedExposures:
    """Sorts the exposures of a .cs or .csg file into files of their own."""
    file, out = arguments.file, arguments.out or arguments.file.parent
    group = file.read_text(encoding="utf-8") if file.suffix == ".csg" else None
    metafiles = {name for _, name in METAFILE.findall(group or "")}
    if group and len(metafiles) != 1:
        raise Refusal(f"{file} names {len(metafiles)} .cs files: export the output in CryoSPARC, and give "
                      "the .csg file of the export.")
    data = file.parent / metafiles.pop() if group else file
    try:
        exposures = SortedExposures(Dataset.load(data), sessions, arguments.first_group)
    except DatasetLoadError as error:
        raise Refusal(f"{data} cannot be read ({error.__cause__}): give a .cs file of exposures that CryoSPARC wrote.")
    out.mkdir(parents=True, exist_ok=True)
    for word, dataset in [("keep", exposures.keep), ("reject", exposures.reject)]:
        name = f"{file.stem}_{word}"
        write(out / f"{name}.cs", dataset.save)
        if group:
            text = ITEMS.sub(rf"\g<1>{len(dataset)}", METAFILE.sub(rf"\g<1>'>{name}.cs'", group))
            write(out / f"{name}.csg", lambda partial: partial.write_text(text, encoding="utf-8"))
    return exposures


def write(path: pathlib.Path, save):
    """Writes a file that is whole whenever it is there."""
    partial = path.with_name(path.name + ".partial")
    try:
        save(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def server():
    """Says in a sentence what the server, or the package, refuses: the types of its errors differ by version."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(f"CryoSPARC refused ({' '.join(str(error).split()) or type(error).__name__}): Documentation/cryosparc.md "
                      "says how to connect, and --output names another output of the job.") from error


def sort_job(arguments: argparse.Namespace, sessions: Sessions) -> SortedExposures:
    """Sorts the exposures of a job's output into the outputs of a new external job."""
    with server():
        connection = cryosparc.tools.CryoSPARC()
        dataset = connection.find_job(arguments.project, arguments.job).load_output(arguments.output)
    exposures = SortedExposures(dataset, sessions, arguments.first_group)
    # Results that are not changed are passed through, and not written again.
    slots = sorted({field.split("/")[0] for field in exposures.fields})
    with server():
        job = connection.create_external_job(
            arguments.project, arguments.workspace, title="Exposure groups, overexposed exposures")
        print(f"external job {job.uid}", flush=True)
        job.connect("exposures", arguments.job, arguments.output, slots=slots)
        for name, title in [("keep", "Exposures to keep"), ("reject", "Exposures to reject")]:
            job.add_output("exposure", name=name, slots=slots, passthrough="exposures", title=title)
        with job.run(), failed_if_interrupted(job.uid):
            for name, dataset in [("keep", exposures.keep), ("reject", exposures.reject)]:
                job.save_output(name, dataset.filter_prefixes(slots, copy=True))
            job.log("\n".join(exposures.summary()))
    return exposures


@contextlib.contextmanager
def failed_if_interrupted(job: str):
    """Ctrl-C is no Exception, and the package would call the job completed after it."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        raise Refusal(f"Interrupted: clear or delete {job}, which has failed, and run this again.") from interruption


def group_number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{number} is none from 1 to 1000000")
    return number


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", type=pathlib.Path, nargs="+", metavar="exposure_groups.csv",
                        help="of each session, as `epu-report optics` writes it; groups of a session follow on those before it")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", type=pathlib.Path, help="the .cs or .csg file, which is only read")
    source.add_argument("--job", metavar="J1", help="the job that has the exposures; needs --project and --workspace")
    parser.add_argument("--out", type=pathlib.Path, metavar="DIR",
                        help="with --file: folder of the new files; default: that of the file")
    parser.add_argument("--project", metavar="P1", help="with --job: its project")
    parser.add_argument("--workspace", metavar="W1", help="with --job: where the external job goes")
    parser.add_argument("--output", metavar="NAME", default="imported_movies",
                        help="with --job: the output that has the exposures; default: imported_movies")
    parser.add_argument("--first-group", type=group_number, metavar="N",
                        help="number of the first exposure group; default: 1, or above those that exposures without one keep")
    parser.add_argument("--names", type=pathlib.Path, metavar="FILE",
                        help="write all names that match no movie, several, or are there more than once, with the reason")
    return parser


def main() -> str | None:
    options = parser()
    arguments = options.parse_args()
    if arguments.job and not (arguments.project and arguments.workspace):
        options.error("--job needs --project and --workspace")
    try:
        sessions = Sessions(arguments.groups)
        exposures = sort_file(arguments, sessions) if arguments.file else sort_job(arguments, sessions)
        if arguments.names:
            arguments.names.write_text("".join(f"{line}\n" for line in exposures.names()), encoding="utf-8")
        print("\n".join(exposures.summary()))
    except UnicodeDecodeError:
        return f"{arguments.file} is no text: give a .csg file that CryoSPARC wrote, or the .cs file beside it."
    except (Refusal, OSError) as refusal:
        return str(refusal)
    return None


if __name__ == "__main__":
    sys.exit(main())
