"""Scripts/cryosparc_exposures.py: exposures of CryoSPARC get the groups and verdicts that the archive has, by name alone.

The .cs files are written and read by CryoSPARC's own package; a server is replaced by what checks each call against it."""

import csv
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
from unittest import mock

import numpy
import pytest
from cryosparc.controllers.job import ExternalJobController, JobController
from cryosparc.dataset import CSDAT_FORMAT, Dataset
from cryosparc.tools import CryoSPARC

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "Scripts"
sys.path.insert(0, str(SCRIPTS))
import cryosparc_exposures  # noqa: E402

IMPORTED = 8  # the exposure group that the import gave to all


def start(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, SCRIPTS / "cryosparc_exposures.py", *map(str, arguments)], text=True,
                          capture_output=True, **options)


def sort(*arguments) -> list[str]:
    """The lines that it prints; it has to succeed."""
    done = start(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def refusal(*arguments) -> str:
    """The one sentence that it ends with."""
    done = start(*arguments)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def name(path: str) -> str:
    """The base name, found in another way than by the script."""
    return "_".join(path[path.index("FoilHole_"):].split(".")[0].split("_")[:7])


def imported(names: list[str]) -> Dataset:
    """What an import of movies of these names writes, with the fields and names that CryoSPARC gives."""
    uids = numpy.random.default_rng(1).permutation(len(names)).astype("u8") + 10 ** 18
    count = len(names)
    return Dataset({
        "uid": uids,
        "movie_blob/path": [f"J1/imported/{uid:021d}_{name}_fractions.tiff" for uid, name in zip(uids, names)],
        "movie_blob/shape": numpy.tile(numpy.array([50, 4092, 5760], "u4"), (count, 1)),
        "movie_blob/psize_A": numpy.full(count, 0.528, "f4"),
        "gain_ref_blob/path": ["J1/imported/gain.mrc"] * count,
        "mscope_params/accel_kv": numpy.full(count, 300, "f4"),
        "mscope_params/exp_group_id": numpy.full(count, IMPORTED, "u4"),
        "mscope_params/beam_shift": numpy.zeros((count, 2), "f4"),
        "micrograph_blob/path": [""] * count,
    })


def corrected(names: list[str]) -> Dataset:
    """What motion correction and CTF estimation make of it, where the movies are no longer passed through."""
    dataset = imported(names)
    dataset["micrograph_blob/path"] = [
        f"J2/motioncorrected/{uid:021d}_{name}_fractions_patch_aligned_doseweighted.mrc"
        for uid, name in zip(dataset["uid"], names)]
    dataset.add_fields([("ctf/exp_group_id", "u4"), ("ctf/df1_A", "f4")])
    dataset["ctf/exp_group_id"] = IMPORTED
    return dataset.drop_fields(["movie_blob/path", "movie_blob/shape", "movie_blob/psize_A"])


def saved(dataset: Dataset, path: pathlib.Path, **options) -> pathlib.Path:
    dataset.save(path, **options)
    return path


def outputs(folder: pathlib.Path, stem: str) -> tuple[Dataset, Dataset]:
    return Dataset.load(folder / f"{stem}_keep.cs"), Dataset.load(folder / f"{stem}_reject.cs")


def groups(*datasets: Dataset, path: str = "movie_blob/path", field: str = "mscope_params/exp_group_id") -> dict[str, int]:
    return {name(row[path]): int(row[field]) for dataset in datasets for row in dataset.rows()}


def names(dataset: Dataset, path: str = "movie_blob/path") -> set[str]:
    return {name(row[path]) for row in dataset.rows()}


def of_session(archive, session: str) -> dict[str, tuple[int, bool]]:
    """Group and whether it is to be rejected, by the archive's own views; a person's word outweighs the analysis."""
    return {name: (group, bool(rejected)) for name, group, rejected in archive.rows(f"""
        SELECT e.name, e.optics_group,
               coalesce(r.verdict = 'bad', EXISTS (SELECT 1 FROM overexposed o WHERE o.later_id = e.exposure_id))
        FROM exposures e LEFT JOIN review r USING (exposure_id) WHERE e.session = '{session}'""")}


@pytest.fixture(scope="module")
def report(facility) -> pathlib.Path:
    facility.run("epu-report", "optics", "--out", "cryosparc")
    return facility.folder / "cryosparc"


@pytest.mark.parametrize("options", [{}, {"format": CSDAT_FORMAT}])
@pytest.mark.parametrize("make, path", [(imported, "movie_blob/path"), (corrected, "micrograph_blob/path")])
def test_groups_and_verdicts_are_those_of_the_archive(facility, report, tmp_path, make, path, options):
    expected = of_session(facility, "first")
    dataset = make(sorted(expected))
    file = saved(dataset, tmp_path / "J1.cs", **options)
    before = file.read_bytes()
    lines = sort(report / "first/exposure_groups.csv", "--file", file, "--out", tmp_path / "new")
    keep, reject = outputs(tmp_path / "new", "J1")
    [(count,)] = facility.rows("SELECT count(*) FROM overexposed WHERE session = 'first'")
    # A person has kept one that the analysis calls overexposed.
    [(reviewed,)] = facility.rows(
        "SELECT e.name FROM exposures e JOIN review r USING (exposure_id) JOIN overexposed o ON o.later_id = e.exposure_id "
        "WHERE e.session = 'first' AND r.verdict = 'keep'")
    assert len(reject) == count - 1 and reviewed in names(keep, path)
    assert names(reject, path) == {name for name, (_, is_rejected) in expected.items() if is_rejected}
    assert len(keep) + len(reject) == len(dataset) == len(expected)
    for field in [field for field in dataset.fields() if field.endswith("/exp_group_id")]:
        assert groups(keep, reject, path=path, field=field) == {name: group for name, (group, _) in expected.items()}
    greatest = max(group for group, _ in expected.values())
    assert lines == [f"{len(expected)} exposures: {len(keep)} to keep, {len(reject)} to reject",
                     f"first: {len(expected)} in exposure groups 1 to {greatest}"]
    assert file.read_bytes() == before and {each.name for each in (tmp_path / "new").iterdir()} == {
        "J1_keep.cs", "J1_reject.cs"}


def test_the_documented_output_is_what_it_prints(simulated, tmp_path):
    simulated.run("epu-report", "optics", "--out", tmp_path)
    file = saved(imported([name for (name,) in simulated.rows("SELECT name FROM exposures")]), tmp_path / "J1.cs")
    printed = "\n".join(sort(tmp_path / "session/exposure_groups.csv", "--file", file))
    assert f"```\n{printed}\n```" in (SCRIPTS.parent / "Documentation/cryosparc.md").read_text()


def test_all_else_stays_as_it_was_and_in_its_order(facility, report, tmp_path):
    dataset = imported(sorted(of_session(facility, "first")))
    sort(report / "first/exposure_groups.csv", "--file", saved(dataset, tmp_path / "J1.cs"), "--out", tmp_path)
    for part in outputs(tmp_path, "J1"):
        assert part.descr() == dataset.descr() and len(part) > 0
        before = dataset.query({"uid": part["uid"]})
        for field in part.fields():
            assert (list(part[field].tolist()) == list(before[field].tolist())) == (field != "mscope_params/exp_group_id"), field


def test_groups_of_several_sessions_are_kept_apart(facility, report, tmp_path):
    sessions = ["s2", "first"]
    expected = {session: of_session(facility, session) for session in sessions}
    dataset = imported([name for session in sessions for name in sorted(expected[session])])
    sort(*(report / session / "exposure_groups.csv" for session in sessions), "--file", saved(dataset, tmp_path / "J1.cs"),
         "--out", tmp_path, "--first-group", 101)
    found = groups(*outputs(tmp_path, "J1"))
    greatest = max(group for group, _ in expected["s2"].values())
    assert found == {name: group + 100 for name, (group, _) in expected["s2"].items()} | {
        name: group + 100 + greatest for name, (group, _) in expected["first"].items()}


def test_names_with_other_case_prefix_and_suffix_are_found(facility, report, tmp_path):
    expected = of_session(facility, "s2")
    dataset = imported(sorted(expected))
    dataset["movie_blob/path"] = [
        f"/data/FoilHole_1/x_{path.rsplit('/', 1)[1].upper()}.eer" for path in dataset["movie_blob/path"]]
    lines = sort(report / "s2/exposure_groups.csv", "--file", saved(dataset, tmp_path / "J1.cs"), "--out", tmp_path)
    assert lines[1].startswith(f"s2: {len(expected)} in exposure groups 1 to ") and len(lines) == 2


@pytest.fixture
def strangers(facility, tmp_path) -> tuple[pathlib.Path, list[str]]:
    """Exposures of the session s2 without its first three, and seven that belong to no session."""
    others = [f"FoilHole_{number}_Data_2_0_20250108_101010" for number in range(6)] + ["grid1_0001"]
    dataset = imported(sorted(of_session(facility, "s2"))[3:] + others)
    return saved(dataset, tmp_path / "J1.cs"), [path.rsplit("/", 1)[1] for path in dataset["movie_blob/path"][-7:]]


def test_what_matches_no_movie_is_kept_and_named_and_never_shares_a_group(facility, report, tmp_path, strangers):
    file, others = strangers
    lines = sort(report / "s2/exposure_groups.csv", "--file", file, "--out", tmp_path, "--names", tmp_path / "names.tsv")
    expected = of_session(facility, "s2")
    assert lines[2:] == [
        f"7 match no movie: they are kept, in their old group: {', '.join(others[:5])} and 2 more (--names FILE writes all)",
        "3 movies of exposure_groups.csv are not among the exposures"]
    assert (tmp_path / "names.tsv").read_text() == "".join(f"{other}\tno movie\n" for other in others)
    keep, _ = outputs(tmp_path, "J1")
    found = {row["movie_blob/path"].rsplit("/", 1)[1]: int(row["mscope_params/exp_group_id"]) for row in keep.rows()}
    assert {found.pop(other) for other in others} == {IMPORTED}
    assert all(group == expected[name(path)][0] + IMPORTED for path, group in found.items()) and found
    assert "above 8" in refusal(report / "s2/exposure_groups.csv", "--file", file, "--out", tmp_path, "--first-group", 2)
    sort(report / "s2/exposure_groups.csv", "--file", file, "--out", tmp_path, "--first-group", 9)


def test_what_matches_two_movies_is_not_guessed(facility, report, tmp_path):
    """A session that was loaded under two names, of which one has other verdicts."""
    text = (report / "s2/exposure_groups.csv").read_text().splitlines()
    (tmp_path / "again").mkdir()
    again = tmp_path / "again/exposure_groups.csv"
    again.write_text("\n".join([text[0], *(f"{line.rsplit(',', 2)[0]},1,0" for line in text[1:3])]) + "\n")
    dataset = imported(sorted(of_session(facility, "s2")))
    file = saved(dataset, tmp_path / "J1.cs")
    lines = sort(report / "s2/exposure_groups.csv", again, "--file", file, "--out", tmp_path, "--names", tmp_path / "names.tsv")
    two = {name(line) for line in text[1:3]}
    assert lines[-1].startswith("2 match several movies: they are kept, in their old group: ")
    assert {name(line.split("\t")[0]) for line in (tmp_path / "names.tsv").read_text().splitlines()} == two
    keep, reject = outputs(tmp_path, "J1")
    assert two <= names(keep) and {groups(keep)[each] for each in two} == {IMPORTED}
    assert "several movies" in refusal(*[report / "s2/exposure_groups.csv"] * 2, "--file", file, "--out", tmp_path)


def test_what_was_imported_twice_is_named(facility, report, tmp_path):
    expected = sorted(of_session(facility, "s2"))
    dataset = imported([*expected, expected[0]])
    lines = sort(report / "s2/exposure_groups.csv", "--file", saved(dataset, tmp_path / "J1.cs"), "--out", tmp_path)
    assert lines[0].startswith("121 exposures") and lines[-1].startswith("2 are here more than once") and expected[0] in lines[-1]


def changed(archive, folder: pathlib.Path, *statements: str):
    """What optics writes of a copy of the archive after these statements."""
    shutil.copy(archive.path, folder / "changed.db")
    with sqlite3.connect(folder / "changed.db") as db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0, statement
    archive.tools("epu-report", "optics", "--db", folder / "changed.db", "--out", folder / "report")
    return folder / "report"


def test_what_was_not_judged_or_has_no_position_stays_and_is_counted(facility, tmp_path):
    of_s2 = "session_id = (SELECT session_id FROM sessions WHERE session = 's2')"
    folder = changed(
        facility, tmp_path,
        f"DELETE FROM optics_group_member WHERE exposure_id IN (SELECT exposure_id FROM exposure WHERE {of_s2} LIMIT 4)",
        "UPDATE analysis SET last_placement_id = last_placement_id - 5 WHERE analysis_id = "
        f"(SELECT analysis_id FROM latest_analysis WHERE {of_s2})")
    with open(folder / "s2/exposure_groups.csv", newline="") as text:
        rows = list(csv.DictReader(text))
    not_judged = {name(row["path"]) for row in rows if row["keep"] == ""}
    unplaced = {name(row["path"]) for row in rows if row["exposure_group"] == ""}
    assert len(not_judged) == 5 and len(unplaced) == 4
    file = saved(imported(sorted(of_session(facility, "s2"))), tmp_path / "J1.cs")
    lines = sort(folder / "s2/exposure_groups.csv", "--file", file, "--out", tmp_path)
    assert lines[2].startswith("4 at positions that are not known") and lines[3].startswith("5 not judged: they are kept")
    keep, reject = outputs(tmp_path, "J1")
    assert not_judged <= names(keep) and len(reject) == sum(row["keep"] == "0" for row in rows) > 0
    assert {name for name, group in groups(keep, reject).items() if group == IMPORTED} == unplaced


def test_a_session_without_an_analysis_gets_groups_and_rejects_nothing(facility, tmp_path):
    folder = changed(facility, tmp_path, "DELETE FROM overlap", "DELETE FROM analysis")
    file = saved(imported(sorted(of_session(facility, "s3"))), tmp_path / "J1.cs")
    lines = sort(folder / "s3/exposure_groups.csv", "--file", file, "--out", tmp_path)
    assert lines[0] == "120 exposures: 120 to keep, 0 to reject" and lines[2].startswith("120 not judged")
    keep, reject = outputs(tmp_path, "J1")
    assert len(reject) == 0 and reject.descr() == keep.descr()


EXPORTED = """created: 2025-01-09 10:00:00.000000
group:
  description: Movies that were imported
  name: imported_movies
  title: Movies
  type: exposure
results:
  mscope_params:
    metafile: '>J1_imported_movies_exported.cs'
    num_items: 120
    type: exposure.mscope_params
  movie_blob:
    metafile: '>{second}.cs'
    num_items: 120
    type: exposure.movie_blob
version: v4.7.1
"""


def test_a_group_that_was_exported_becomes_two_to_import(facility, report, tmp_path):
    saved(imported(sorted(of_session(facility, "s2"))), tmp_path / "J1_imported_movies_exported.cs")
    file = tmp_path / "J1_imported_movies_exported.csg"
    file.write_text(EXPORTED.format(second="J1_imported_movies_exported"))
    sort(report / "s2/exposure_groups.csv", "--file", file)
    for word, dataset in zip(["keep", "reject"], outputs(tmp_path, file.stem)):
        new = f"{file.stem}_{word}"
        expected = EXPORTED.format(second=file.stem).replace(f"{file.stem}.cs", f"{new}.cs").replace("120", str(len(dataset)))
        assert (tmp_path / f"{new}.csg").read_text() == expected and f"items: {len(dataset)}" in expected
    file.write_text(EXPORTED.format(second="J1_passthrough"))
    assert "names 2 .cs files" in refusal(report / "s2/exposure_groups.csv", "--file", file, "--out", tmp_path / "new")


def test_what_cannot_be_done_is_a_sentence_and_writes_nothing(facility, report, tmp_path):
    file = saved(imported(sorted(of_session(facility, "s2"))), tmp_path / "J1.cs")
    table, out = report / "s2/exposure_groups.csv", tmp_path / "new"
    said = refusal(report / "s3/exposure_groups.csv", "--file", file, "--out", out)
    assert said.startswith("None of the 120 exposures") and "give the exposure_groups.csv of the session" in said
    assert "cannot be read" in refusal(table, "--file", table, "--out", out)
    assert "cannot be read" in refusal(table, "--file", tmp_path / "none.cs", "--out", out)
    assert "has no columns path" in refusal(report / "s2/movies.star", "--file", file, "--out", out)
    assert "No such file" in refusal(tmp_path / "none.csv", "--file", file, "--out", out)
    volumes = saved(Dataset({"map/path": ["J3/map.mrc"]}), tmp_path / "J3.cs")
    assert "no exposures" in refusal(table, "--file", volumes, "--out", out)
    broken = tmp_path / "broken.csv"
    broken.write_text("path,exposure_group,keep\nFoilHole_1_Data_2_3_20250108_101010.tiff,1,yes\n")
    assert "broken.csv, line 2" in refusal(broken, "--file", file, "--out", out)
    assert not out.exists()
    out.write_text("a file")
    assert "File exists" in refusal(table, "--file", file, "--out", out)
    assert {each.name for each in tmp_path.iterdir()} == {"J1.cs", "J3.cs", "broken.csv", "new"}


def test_without_the_package_it_says_what_to_install(tmp_path):
    (tmp_path / "cryosparc.py").write_text("raise ModuleNotFoundError('no', name='cryosparc')")
    done = start(tmp_path, "--file", tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr == "This script needs cryosparc-tools, which is not installed: python3 -m pip install cryosparc-tools\n"


class Server:
    """In place of a server: the package's own classes, of which each call has to fit, with nothing behind them."""

    def __init__(self, dataset: Dataset, monkeypatch):
        self.client = mock.create_autospec(CryoSPARC, instance=True)
        source = mock.create_autospec(JobController, instance=True)
        source.load_output.return_value = dataset
        self.client.find_job.return_value = source
        # All but the start and the end of a job is replaced.
        self.job = object.__new__(ExternalJobController)
        self.job.uid, self.job.project_uid, self.job.cs = "J7", "P1", mock.MagicMock()
        self.saved = {}
        for method in ["connect", "add_output", "save_output", "log"]:
            setattr(self.job, method, mock.create_autospec(getattr(self.job, method)))
        self.job.save_output.side_effect = self.saved.__setitem__
        self.client.create_external_job.return_value = self.job
        monkeypatch.setattr(cryosparc_exposures.cryosparc.tools, "CryoSPARC", lambda: self.client)
        self.monkeypatch = monkeypatch

    def run(self, *arguments) -> str | None:
        self.monkeypatch.setattr(sys, "argv", ["cryosparc_exposures.py", *map(str, arguments)])
        return cryosparc_exposures.main()

    @property
    def end(self) -> list[str]:
        """How the job was said to have ended."""
        return [call[0] for call in self.job.cs.api.jobs.method_calls if call[0] != "mark_running"]


JOB = ["--project", "P1", "--workspace", "W2", "--job", "J1"]


@pytest.mark.parametrize("make, slots", [(imported, ["mscope_params"]), (corrected, ["ctf", "mscope_params"])])
def test_an_external_job_saves_what_has_changed_and_passes_the_rest_through(facility, report, monkeypatch, make, slots):
    expected = of_session(facility, "s2")
    dataset = make(sorted(expected))
    name_of = dict(zip(dataset["uid"].tolist(), sorted(expected)))
    server = Server(dataset, monkeypatch)
    assert server.run(report / "s2/exposure_groups.csv", *JOB, "--output", "exposures") is None
    server.client.find_job.assert_called_once_with("P1", "J1")
    server.client.find_job.return_value.load_output.assert_called_once_with("exposures")
    assert server.client.create_external_job.call_args.args == ("P1", "W2")
    server.job.connect.assert_called_once_with("exposures", "J1", "exposures", slots=slots)
    assert [(call.kwargs["name"], call.kwargs["slots"], call.kwargs["passthrough"])
            for call in server.job.add_output.call_args_list] == [
                ("keep", slots, "exposures"), ("reject", slots, "exposures")]
    assert list(server.saved) == ["keep", "reject"] and server.end == ["mark_completed"]
    for word, part in server.saved.items():
        assert sorted(part.prefixes()) == slots
        assert {name_of[uid] for uid in part["uid"].tolist()} == {
            name for name, (_, is_rejected) in expected.items() if is_rejected == (word == "reject")}
        for field in (field for field in part.fields() if field.endswith("exp_group_id")):
            assert part[field].tolist() == [expected[name_of[uid]][0] for uid in part["uid"].tolist()]
    assert "120 exposures: " in server.job.log.call_args.args[0]


def test_no_job_is_made_where_nothing_matches(facility, report, monkeypatch):
    server = Server(imported(sorted(of_session(facility, "s2"))), monkeypatch)
    assert server.run(report / "s3/exposure_groups.csv", *JOB).startswith("None of the 120 exposures")
    server.client.create_external_job.assert_not_called()


@pytest.mark.parametrize("error, said", [(ValueError("no space\nleft"), "CryoSPARC refused (no space left)"),
                                         (KeyboardInterrupt(), "Interrupted: clear or delete J7")])
def test_a_job_that_was_stopped_half_way_is_not_called_completed(facility, report, monkeypatch, error, said):
    server = Server(imported(sorted(of_session(facility, "s2"))), monkeypatch)
    server.job.save_output.side_effect = error
    assert server.run(report / "s2/exposure_groups.csv", *JOB).startswith(said)
    assert server.end == ["mark_failed"]


def test_a_server_that_cannot_be_reached_is_a_sentence(facility, report):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CRYOSPARC_")}
    for address in [{}, {"CRYOSPARC_BASE_URL": "http://127.0.0.1:9", "CRYOSPARC_EMAIL": "a@b.c", "CRYOSPARC_PASSWORD": "x"}]:
        done = start(report / "s2/exposure_groups.csv", *JOB, env=environment | address)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        said = done.stderr.splitlines()[-1]
        assert said.startswith("CryoSPARC refused (") and "says how to connect" in said
