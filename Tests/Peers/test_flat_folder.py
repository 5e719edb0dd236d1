"""A flat folder of a session's exposures, copied or linked, as people make them: no path says of which grid square a file is."""

import shutil

import pytest


def verdicts(archive):
    """The overexposed micrographs, with the distance of each from the nearest earlier exposure that counts, um."""
    return dict(archive.rows("SELECT name, distance_um FROM overexposed"))


@pytest.fixture(scope="module")
def flat(simulated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flat") / "a-flat"
    folder.mkdir()
    for file in (simulated.folder / "session").rglob("FoilHole_*_Data_*.xml"):
        shutil.copy2(file, folder)
    return folder


def fresh(simulated, folder):
    """A new archive beside the others."""
    archive = type(simulated)(folder, simulated.tools)
    archive.path.unlink(missing_ok=True)
    return archive


def test_the_squares_that_no_path_names_do_not_mix(simulated, flat, tmp_path):
    archive = fresh(simulated, tmp_path)
    archive.run("epu-ingest", flat)
    archive.run("epu-analyze")
    assert archive.rows("SELECT count(grid_square) FROM exposure") == [(0,)]
    expected = verdicts(simulated)
    assert len(expected) > 30
    found = verdicts(archive)
    assert found.keys() == expected.keys()
    # Positions rest on fewer files here: without hole images and hole maps.
    assert found == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("first", ["flat", "session"])
def test_whichever_copy_comes_first_the_one_in_a_squares_folder_counts(simulated, flat, tmp_path, first):
    archive = fresh(simulated, tmp_path)
    session = simulated.folder / "session"
    for folder in (flat, session) if first == "flat" else (session, flat):
        archive.run("epu-ingest", folder)
    archive.run("epu-analyze")
    assert archive.rows("SELECT count(*), count(grid_square) FROM exposure") == [(900, 900)]
    assert archive.rows("SELECT count(*) FROM source_file WHERE status = 'twin'") == [(900,)]
    assert verdicts(archive) == pytest.approx(verdicts(simulated), abs=1e-3)
