"""RELION and starfile read the STAR files of `epu-report optics`, and find in them what the archive has.

Debian's RELION is 3.1; files as RELION 4 and 5 write them are checked with starfile, and with RELION 3.1 where it takes
them.
"""

import csv
import itertools
import pathlib
import subprocess

import numpy
import pandas
import pytest
import scipy.cluster.hierarchy
import starfile


def relion(*arguments) -> str:
    done = subprocess.run(["relion_star_handler", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0 and "ERROR" not in done.stderr, done.stdout + done.stderr
    return done.stdout


def through_relion(star, out: pathlib.Path):
    """What RELION makes of a file when it does nothing with it."""
    relion("--i", star, "--o", out)
    return starfile.read(out)


def base(path: str) -> str:
    """`FoilHole_..._20250108_154915` of a name with whatever around it."""
    name = path.rsplit("/", 1)[-1]
    return "_".join(name[name.index("FoilHole_"):].split(".")[0].split("_")[:7])


def groups_of_archive(archive) -> dict[str, int]:
    return dict(archive.rows("SELECT name, optics_group FROM exposures"))


def overexposed(archive) -> set[str]:
    return {name for (name,) in archive.rows("SELECT name FROM overexposed JOIN latest_analysis USING (analysis_id)")}


@pytest.fixture(scope="session")
def movies(simulated) -> pathlib.Path:
    simulated.run("epu-report", "optics", "--out", "report")
    return simulated.folder / "report/session"


@pytest.mark.parametrize("name", ["movies", "movies_keep", "movies_bad"])
def test_relion_and_starfile_read_the_same_as_the_archive_has(simulated, movies, tmp_path, name):
    bad = overexposed(simulated)
    expected = {
        exposure: group for exposure, group in groups_of_archive(simulated).items()
        if name == "movies" or (exposure in bad) == (name == "movies_bad")
    }
    assert bad and expected
    for read in [starfile.read(movies / f"{name}.star"), through_relion(movies / f"{name}.star", tmp_path / "out.star")]:
        table = read["movies"]
        assert dict(zip(table.rlnMicrographMovieName.map(base), table.rlnOpticsGroup)) == expected
        assert len(table) == len(expected)
        optics = read["optics"]
        count = max(groups_of_archive(simulated).values())
        assert list(optics.rlnOpticsGroup) == list(range(1, count + 1))
        assert list(optics.rlnOpticsGroupName) == [f"session_opticsGroup{n}" for n in optics.rlnOpticsGroup]
        assert set(optics.rlnVoltage) == {300.0} and set(optics.rlnSphericalAberration) == {2.7}
        [(recorded,)] = simulated.rows(
            "SELECT DISTINCT pixel_size_a / iif(fractionation = 'Equidistant', super_resolution, 1) FROM exposure")
        assert numpy.allclose(optics.rlnMicrographOriginalPixelSize, recorded, atol=1e-6)


def test_relion_splits_and_joins_again(movies, tmp_path):
    relion("--i", movies / "movies.star", "--o", tmp_path / "part.star", "--split", "--nr_split", "4", "--random_order",
           "--random_seed", "1")
    parts = [starfile.read(tmp_path / f"part_split{n}.star") for n in range(1, 5)]
    assert sum(len(part["movies"]) for part in parts) == 900
    whole = starfile.read(movies / "movies.star")
    for part in parts:
        assert part["optics"].equals(whole["optics"])
    inputs = " ".join(str(tmp_path / f"part_split{n}.star") for n in range(1, 5))
    relion("--i", inputs, "--o", tmp_path / "all.star", "--combine", "--check_duplicates", "rlnMicrographMovieName")
    joined = starfile.read(tmp_path / "all.star")
    assert joined["optics"].equals(whole["optics"])
    key = "rlnMicrographMovieName"
    assert joined["movies"].sort_values(key, ignore_index=True).equals(
        whole["movies"].sort_values(key, ignore_index=True))


def test_relion_joins_kept_and_bad_to_all(movies, tmp_path):
    inputs = f"{movies / 'movies_keep.star'} {movies / 'movies_bad.star'}"
    relion("--i", inputs, "--o", tmp_path / "all.star", "--combine", "--check_duplicates", "rlnMicrographMovieName")
    key = "rlnMicrographMovieName"
    joined, whole = starfile.read(tmp_path / "all.star"), starfile.read(movies / "movies.star")
    assert joined["movies"].sort_values(key, ignore_index=True).equals(
        whole["movies"].sort_values(key, ignore_index=True))
    assert joined["optics"].equals(whole["optics"])


def test_relion_selects_a_group(simulated, movies, tmp_path):
    relion("--i", movies / "movies.star", "--o", tmp_path / "three.star", "--select", "rlnOpticsGroup", "--minval", "3",
           "--maxval", "3")
    names = set(starfile.read(tmp_path / "three.star")["movies"].rlnMicrographMovieName.map(base))
    assert names == {name for name, group in groups_of_archive(simulated).items() if group == 3}


@pytest.mark.parametrize("archives", [1, 2])
def test_relion_keeps_sessions_apart_that_it_joins(tools, simulated, tmp_path, archives):
    """Of one archive, and of two that have a session each."""
    for name, seed in [("first", 1), ("it's second", 2)]:
        folder = tmp_path / (f"archive{seed}" if archives == 2 else "both")
        folder.mkdir(exist_ok=True)
        archive = type(simulated)(folder, tools)
        archive.run("epu-simulate", name, "--no-images", "--exposures", 200, "--seed", seed)
        archive.run("epu-ingest", name)
        archive.run("epu-analyze")
        archive.run("epu-report", "optics", "--out", "report")
    files = sorted(tmp_path.glob("*/report/*/movies.star"))
    relion("--i", " ".join(map(str, files)), "--o", tmp_path / "all.star", "--combine")
    joined, parts = starfile.read(tmp_path / "all.star"), [starfile.read(file) for file in files]
    assert len(parts) == 2 and len(joined["movies"]) == 400
    names = dict(zip(joined["optics"].rlnOpticsGroup, joined["optics"].rlnOpticsGroupName))
    assert sorted(names.values()) == sorted(name for part in parts for name in part["optics"].rlnOpticsGroupName)
    seen = dict(zip(joined["movies"].rlnMicrographMovieName, joined["movies"].rlnOpticsGroup.map(names)))
    for part in parts:
        own = dict(zip(part["optics"].rlnOpticsGroup, part["optics"].rlnOpticsGroupName))
        for movie, group in zip(part["movies"].rlnMicrographMovieName, part["movies"].rlnOpticsGroup):
            assert seen[movie] == own[group]


@pytest.mark.parametrize("optics", [
    "loop_\n_rlnOpticsGroupName #1\n# note\n_rlnOpticsGroup #2\n_rlnMicrographOriginalPixelSize #3\n"
    "_rlnVoltage #4\n_rlnSphericalAberration #5\n_rlnAmplitudeContrast #6\nall 1 0.834 300 2.7 0.1\n\n",
    "_rlnOpticsGroupName all\n# note\n_rlnOpticsGroup 1\n_rlnMicrographOriginalPixelSize 0.834\n"
    "_rlnVoltage 300\n_rlnSphericalAberration 2.7\n_rlnAmplitudeContrast 0.1\n# version 30001\n",
    "_rlnOpticsGroupName all\n_rlnOpticsGroup 1\n_rlnMicrographOriginalPixelSize 0.834\n"
    "_rlnVoltage 300\n_rlnSphericalAberration 2.7\n_rlnAmplitudeContrast 0.1\n",
])
def test_relion_reads_what_becomes_of_tables_by_hand(simulated, tmp_path, optics):
    known = groups_of_archive(simulated)
    movies = "".join(f"Movies/{name}_fractions.tiff 1\n" for name in sorted(known))
    (tmp_path / "hand.star").write_text(
        f"# version 30001\n\ndata_optics\n\n{optics}data_movies\n\nloop_\n"
        f"_rlnMicrographMovieName #1\n_rlnOpticsGroup #2\n{movies}\n")
    relion("--i", tmp_path / "hand.star", "--o", tmp_path / "before.star")
    simulated.run("epu-report", "optics", "--star", tmp_path / "hand.star", "--out", tmp_path)
    read = through_relion(tmp_path / "hand_optics.star", tmp_path / "after.star")
    assert dict(zip(read["movies"].rlnMicrographMovieName.map(base), read["movies"].rlnOpticsGroup)) == known
    assert list(read["optics"].rlnOpticsGroup) == list(range(1, max(known.values()) + 1))
    assert set(read["optics"].rlnVoltage) == {300.0}


def test_tables_of_micrographs_are_read(simulated, tmp_path):
    simulated.run("epu-report", "optics", "--out", tmp_path, "--table", "micrographs", "--movie-folder", "./Movies")
    star = tmp_path / "session/micrographs.star"
    for read in [starfile.read(star), through_relion(star, tmp_path / "out.star")]:
        assert dict(zip(read["micrographs"].rlnMicrographName.map(base), read["micrographs"].rlnOpticsGroup)) == (
            groups_of_archive(simulated))
        assert all(name.startswith("./Movies/FoilHole_") for name in read["micrographs"].rlnMicrographName)
        assert list(read["optics"].rlnMicrographPixelSize) == list(read["optics"].rlnMicrographOriginalPixelSize)


def test_the_version_of_a_file_is_as_asked(simulated, movies, tmp_path):
    assert "# version 30001" in (movies / "movies.star").read_text()
    simulated.run("epu-report", "optics", "--out", tmp_path, "--star-version", 50001)
    star = tmp_path / "session/movies.star"
    assert star.read_text().count("# version 50001") == 2 and "30001" not in star.read_text()
    new, old = starfile.read(star), starfile.read(movies / "movies.star")
    assert new["movies"].equals(old["movies"]) and new["optics"].equals(old["optics"])


def test_names_with_blanks_are_read(simulated, tmp_path):
    simulated.run("epu-report", "optics", "--out", tmp_path, "--movie-folder", "My Movies", "--mtf", "mtf of K3.star")
    for read in [starfile.read(tmp_path / "session/movies.star"),
                 through_relion(tmp_path / "session/movies.star", tmp_path / "out.star")]:
        assert all(name.startswith("My Movies/FoilHole_") for name in read["movies"].rlnMicrographMovieName)
        assert set(read["optics"].rlnMtfFileName) == {"mtf of K3.star"}


def test_cryosparc_table_and_lists_are_those_of_the_star_file(simulated, movies):
    star = starfile.read(movies / "movies.star")["movies"]
    with open(movies / "exposure_groups.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], int(row["exposure_group"])) for row in rows] == list(
        zip(star.rlnMicrographMovieName, star.rlnOpticsGroup))
    bad = overexposed(simulated)
    assert [row["keep"] for row in rows] == ["0" if base(row["path"]) in bad else "1" for row in rows]
    listed = {}
    for file in (movies / "exposure_groups").iterdir():
        group, word = file.stem.removeprefix("exposure_group_").split("_")
        for path in file.read_text().splitlines():
            assert path not in listed
            listed[path] = (group, {"keep": "1", "bad": "0"}[word])
    assert listed == {row["path"]: (row["exposure_group"], row["keep"]) for row in rows}


def particles_of(archive, seed: int = 1) -> pandas.DataFrame:
    """Particles on micrographs as RELION names them after motion correction and extraction, in no order."""
    random = numpy.random.default_rng(seed)
    names = sorted(groups_of_archive(archive))
    chosen = random.choice(names, 5000)
    return pandas.DataFrame({
        "rlnCoordinateX": random.uniform(0, 4000, 5000).round(3),
        "rlnOpticsGroup": 1,
        "rlnImageName": [f"{n:06d}@Extract/job007/Movies/grid2_{name.lower()}_fractions.mrcs"
                         for n, name in enumerate(chosen, 1)],
        "rlnMicrographName": [f"MotionCorr/job002/Movies/grid2_{name}_Fractions.mrc" for name in chosen],
        "rlnDefocusU": random.uniform(8000, 24000, 5000).round(3),
        "rlnGroupName": [f"group {n % 7}" for n in range(5000)],
    })


def optics_of(*names: str) -> pandas.DataFrame:
    count = len(names)
    return pandas.DataFrame({
        "rlnOpticsGroupName": names,
        "rlnOpticsGroup": range(1, count + 1),
        "rlnMtfFileName": [f"mtf {n}.star" for n in range(count)],
        "rlnMicrographOriginalPixelSize": 0.834,
        "rlnVoltage": 300.0,
        "rlnSphericalAberration": [2.7 + 0.01 * n for n in range(count)],
        "rlnAmplitudeContrast": 0.1,
        "rlnImagePixelSize": 1.668,
        "rlnImageSize": 256,
        "rlnImageDimensionality": 2,
        "rlnBeamTiltX": [0.5 + n for n in range(count)],
    })


@pytest.mark.parametrize("version", ["30001", "40001", "50001"])
def test_particles_get_the_groups_and_keep_all_else(simulated, tmp_path, version):
    particles = particles_of(simulated)
    star = tmp_path / "particles.star"
    starfile.write({"general": {"rlnTomoSubTomosAre2DStacks": 1}, "optics": optics_of("all"), "particles": particles}, star)
    star.write_text(star.read_text().replace("\ndata_", f"\n# version {version}\n\ndata_"))
    [written] = simulated.json("epu-report", "optics", "--star", star, "--out", tmp_path / "out")
    bad = overexposed(simulated)
    is_bad = particles.rlnMicrographName.map(base).isin(bad)
    assert 0 < is_bad.sum() < len(particles)
    assert (written["rows"], written["matched"], written["bad"]) == (5000, 5000, is_bad.sum())

    expected = particles.assign(rlnOpticsGroup=particles.rlnMicrographName.map(base).map(groups_of_archive(simulated)))
    count = max(groups_of_archive(simulated).values())
    optics = pandas.concat([optics_of("all")] * count, ignore_index=True)
    optics["rlnOpticsGroup"] = range(1, count + 1)
    optics["rlnOpticsGroupName"] = [f"session_opticsGroup{n}" for n in range(1, count + 1)]
    for name, rows in [("optics", expected), ("keep", expected[~is_bad]), ("bad", expected[is_bad])]:
        file = tmp_path / f"out/particles_{name}.star"
        read = starfile.read(file)
        assert read["particles"].equals(rows.reset_index(drop=True))
        assert read["optics"].equals(optics)
        assert read["general"] == {"rlnTomoSubTomosAre2DStacks": 1}
        if version == "30001":
            seen = through_relion(file, tmp_path / "out.star")
            assert list(seen["particles"].rlnOpticsGroup) == list(rows.rlnOpticsGroup)
            assert list(seen["particles"].rlnMicrographName) == list(rows.rlnMicrographName)
            assert list(seen["optics"].rlnOpticsGroupName) == list(optics.rlnOpticsGroupName)
            assert set(seen["optics"].rlnMtfFileName) == {"mtf 0.star"}


def test_old_groups_are_divided(simulated, tmp_path):
    particles = particles_of(simulated)
    particles["rlnOpticsGroup"] = numpy.arange(5000) % 3 + 1
    # What another microscope took.
    particles.loc[::50, ["rlnMicrographName", "rlnImageName"]] = ["Movies/other.mrc", "1@Extract/other.mrcs"]
    star = tmp_path / "particles.star"
    starfile.write({"optics": optics_of("a", "b", "c"), "particles": particles}, star)
    [written] = simulated.json("epu-report", "optics", "--star", star, "--out", tmp_path / "out")
    assert (written["unmatched"], written["unmatched_names"]) == (100, ["Movies/other.mrc"])
    read = starfile.read(tmp_path / "out/particles_optics.star")
    optics, new = read["optics"], read["particles"].rlnOpticsGroup
    assert list(optics.rlnOpticsGroup) == list(range(1, len(optics) + 1))
    assert optics.rlnOpticsGroupName.is_unique
    known = groups_of_archive(simulated)
    keys = [
        (old, known[base(name)] if "FoilHole" in name else None)
        for old, name in zip(particles.rlnOpticsGroup, particles.rlnMicrographName)
    ]
    pairs = set(zip(keys, new))
    assert len(pairs) == len({key for key, _ in pairs}) == len({number for _, number in pairs}) == len(optics)
    row_of = optics.set_index("rlnOpticsGroup")
    for (old, group), number in pairs:
        row = row_of.loc[number]
        name = "abc"[old - 1] + ("_unmatched" if group is None else f"_session_opticsGroup{group}")
        assert row.rlnOpticsGroupName == name
        assert (row.rlnMtfFileName, row.rlnBeamTiltX) == (f"mtf {old - 1}.star", old - 0.5)
    through = through_relion(tmp_path / "out/particles_optics.star", tmp_path / "out.star")
    assert list(through["particles"].rlnOpticsGroup) == list(new)


def test_micrographs_and_particles_of_one_session_get_the_same_groups(simulated, movies, tmp_path):
    names = sorted(groups_of_archive(simulated))[::2]
    micrographs = pandas.DataFrame({
        "rlnMicrographName": [f"MotionCorr/job002/Movies/{name}_fractions.mrc" for name in names],
        "rlnMicrographMetadata": [f"MotionCorr/job002/Movies/{name}_fractions.star" for name in names],
        "rlnOpticsGroup": 1,
    })
    starfile.write({"optics": optics_of("all"), "micrographs": micrographs}, tmp_path / "micrographs.star")
    starfile.write({"optics": optics_of("all"), "particles": particles_of(simulated)}, tmp_path / "particles.star")
    simulated.run("epu-report", "optics", "--star", tmp_path / "micrographs.star", tmp_path / "particles.star", "--out",
                  tmp_path / "out")
    tables = {
        kind: starfile.read(tmp_path / f"out/{kind}_optics.star") for kind in ["micrographs", "particles"]
    }
    columns = ["rlnOpticsGroupName", "rlnOpticsGroup"]
    of_movies = starfile.read(movies / "movies.star")["optics"][columns]
    for kind, table in tables.items():
        assert table["optics"][columns].equals(of_movies)
        seen = dict(zip(table[kind].rlnMicrographName.map(base), table[kind].rlnOpticsGroup))
        assert seen.items() <= groups_of_archive(simulated).items()


def test_morado_has_21_groups_as_complete_linkage_finds_them(morado, tmp_path):
    morado.run("epu-report", "optics", "--out", tmp_path)
    read = through_relion(tmp_path / "morado/movies.star", tmp_path / "out.star")
    assert len(read["optics"]) == 21
    counts = read["movies"].rlnOpticsGroup.value_counts()
    assert list(counts.sort_index().index) == list(range(1, 22)) and set(counts) == {9}
    # As EPU_group_AFIS clusters, but of each area by itself: its constant part of the beam shift is taken off.
    rows = pandas.DataFrame(
        morado.rows("SELECT name, area, beam_shift_x, beam_shift_y FROM exposures"), columns=["name", "area", "x", "y"])
    shifts = rows[["x", "y"]] - rows.groupby("area")[["x", "y"]].transform("mean")
    tree = scipy.cluster.hierarchy.linkage(shifts, method="complete")
    clusters = dict(zip(rows.name, scipy.cluster.hierarchy.fcluster(tree, 21, criterion="maxclust")))
    groups = dict(zip(read["movies"].rlnMicrographMovieName.map(base), read["movies"].rlnOpticsGroup))
    for first, second in itertools.combinations(groups, 2):
        assert (groups[first] == groups[second]) == (clusters[first] == clusters[second])


def test_pandas_reads_exposures_as_the_documentation_says(simulated, tmp_path):
    """An aperture that is out is a word, and what is not known is not a number."""
    page = (pathlib.Path(__file__).parents[2] / "Documentation/lists.md").read_text()
    assert 'keep_default_na=False, na_values=[""]' in page
    simulated.run("epu-report", "lists", "--out", tmp_path)
    read = pandas.read_csv(tmp_path / "session/exposures.csv", keep_default_na=False, na_values=[""])
    known = {name: values for name, *values in simulated.rows(
        "SELECT e.name, e.aperture_c2, e.aperture_c3, e.dose_e_per_a2, x.optics_group FROM exposure e "
        "JOIN exposures x USING (exposure_id)")}
    assert len(read) == len(known)
    for row in read.itertuples():
        c2, c3, dose, group = known[row.name]
        assert (str(row.aperture_c2), row.aperture_c3) == (c2, c3) and c3 == "None"
        assert numpy.isclose(row.dose_e_per_a2, dose) and row.optics_group == group
