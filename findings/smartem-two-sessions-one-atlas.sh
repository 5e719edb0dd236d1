#!/usr/bin/env bash
# smartem-decisions 0.1.3 puts the micrographs of two EPU sessions of one grid into one of them; the other has none.
#
# EPU numbers the grid squares in the atlas, not in the session: a second session on the same atlas (a screening and then the
# collection, or EPU started anew the next day) has the same GridSquare_<id>. The agent keeps what it reads of all sessions under
# a folder in one store, one "grid" for each EpuSession.dm ("May contain multiple grids", says `smartem-agent parse dir --help`).
# But it looks up a square by EPU's number alone, among the squares of all grids (find_gridsquare_by_natural_id), takes the
# first, and overwrites it. So the square, its holes and its micrographs change to the other session, no error is raised, and
# the time of the square's image is that of the other session too. Expected: each grid has its own square, hole and images.
#
# The read is the one that `smartem-agent parse dir` and the start of `smartem-agent watch` do (EpuParser.parse_epu_output_dir);
# the events of `watch` look squares up in the same way (event_processor.py), and its store sends each change to the server.
#
# What it means here: the archive has the same numbers twice, and its keys are of session and number (session_id, grid_square),
# for foil holes and areas too: schema.sql says so at its head. Who compares the archive with a smartem database compares
# by the image's uniqueID, and not by grid square.
#
# Needs Python 3.12 or later (PYTHON=...; else the first that is found). Seen on 2026-11-30 with smartem-decisions 0.1.3 and
# Python 3.12. Usage: smartem-two-sessions-one-atlas.sh
set -euo pipefail

python=""
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 "${HOME:-/root}"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || {
    echo "Python 3.12 or later is needed: PYTHON=/path/to/python3 $0" >&2
    exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m venv "$work/venv"
# Without the packages of the server, which the reader does not use.
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps smartem-decisions==0.1.3
"$work/venv/bin/pip" install --quiet --disable-pip-version-check lxml==5.4.0 pydantic==2.11.7 requests sseclient-py==1.8.0

epu='http://schemas.datacontract.org/2004/07/Applications.Epu.Persistence'
atlas='http://schemas.datacontract.org/2004/07/Applications.SciencesAppsShared.GridAtlas.Persistence'
model='http://schemas.datacontract.org/2004/07/Applications.SciencesAppsShared.GridAtlas.Datamodel'
common='http://schemas.datacontract.org/2004/07/Fei.Applications.Common.Types'
generic='http://schemas.datacontract.org/2004/07/System.Collections.Generic'
drawing='http://schemas.datacontract.org/2004/07/System.Drawing'
shared='http://schemas.datacontract.org/2004/07/Fei.SharedObjects'

# image FILE UNIQUE_ID TIME: the parts of an image's XML that the parser reads.
image() {
    cat >"$1" <<XML
<MicroscopeImage xmlns="$shared">
  <uniqueID>$2</uniqueID>
  <microscopeData><acquisition>
    <acquisitionDateTime>$3+00:00</acquisitionDateTime><camera><Name>EF-Falcon</Name></camera>
  </acquisition></microscopeData>
</MicroscopeImage>
XML
}

# session NAME DAY FOIL_HOLE: an EPU session on the atlas: square 7001, one hole, two exposures of it. Foil-hole numbers are the
# session's own.
session() {
    local folder="$work/data/$1" square="$work/data/$1/Images-Disc1/GridSquare_7001"
    mkdir -p "$folder/Metadata" "$square/FoilHoles" "$square/Data"
    cat >"$folder/EpuSession.dm" <<XML
<EpuSessionXml xmlns="$epu">
  <Name>$1</Name>
  <Samples><_items><SampleXml><AtlasId>Z:\\data\\atlas\\Sample1\\Atlas\\Atlas.dm</AtlasId></SampleXml></_items></Samples>
  <StartDateTime>2026-11-$2T08:00:00Z</StartDateTime>
  <StorageFolders><_items><StorageFolderXml><Path>Z:\\data</Path></StorageFolderXml></_items></StorageFolders>
</EpuSessionXml>
XML
    cat >"$folder/Metadata/GridSquare_7001.dm" <<XML
<GridSquareXml xmlns="$epu"><AtlasNodeId>7001</AtlasNodeId><State>Completed</State></GridSquareXml>
XML
    image "$square/GridSquare_202611$2_090000.xml" "$1-square" "2026-11-$2T09:00:00"
    image "$square/FoilHoles/FoilHole_$3_202611$2_091000.xml" "$1-hole" "2026-11-$2T09:10:00"
    image "$square/Data/FoilHole_$3_Data_9001_9003_202611$2_092001.xml" "$1-exposure-1" "2026-11-$2T09:20:01"
    image "$square/Data/FoilHole_$3_Data_9002_9004_202611$2_092009.xml" "$1-exposure-2" "2026-11-$2T09:20:09"
}

mkdir -p "$work/data/atlas/Sample1/Atlas"
cat >"$work/data/atlas/Sample1/Atlas/Atlas.dm" <<XML
<AtlasSessionXml xmlns="$atlas" xmlns:common="$common">
  <common:Id>5001</common:Id>
  <Atlas>
    <AcquisitionDateTime>2026-11-10T07:00:00Z</AcquisitionDateTime>
    <TilesEfficient><_items><TileXml>
      <common:Id>6001</common:Id>
      <Nodes><KeyValuePairs xmlns=""><g:KeyValuePairOfintNodeXml xmlns:g="$generic">
        <g:key>7001</g:key>
        <g:value xmlns:b="$atlas"><b:PositionOnTheAtlas xmlns:c="$model" xmlns:d="$drawing">
          <c:Center><d:x>500</d:x><d:y>600</d:y></c:Center><c:Size><d:width>80</d:width><d:height>80</d:height></c:Size>
        </b:PositionOnTheAtlas></g:value>
      </g:KeyValuePairOfintNodeXml></KeyValuePairs></Nodes>
    </TileXml></_items></TilesEfficient>
  </Atlas>
  <Name>Sample1</Name>
</AtlasSessionXml>
XML
session screening 10 8001
session collection 11 8101

cat >"$work/read.py" <<'PY'
import importlib.metadata
import logging
import sys

from smartem_agent.fs_parser import EpuParser
from smartem_agent.model.store import InMemoryDataStore

logging.disable(logging.INFO)  # warnings and errors would be shown: there are none
print("smartem-decisions", importlib.metadata.version("smartem-decisions") + ", sessions alone, then both of one folder:")


def read(folder):
    store = EpuParser.parse_epu_output_dir(InMemoryDataStore(folder))
    counts = {}
    for grid in store.grids.values():
        squares = {one.uuid: one for one in store.gridsquares.values() if one.grid_uuid == grid.uuid}
        holes = {one.uuid: one for one in store.foilholes.values() if one.gridsquare_uuid in squares}
        images = sorted(one.id for one in store.micrographs.values() if one.foilhole_uuid in holes)
        days = [str(one.manifest.acquisition_datetime.date()) for one in squares.values() if one.manifest]
        counts[grid.data_dir.name] = len(images)
        print(" ", grid.data_dir.name + ":", "squares", len(squares), "(imaged on", *days or ["-"], end="), ")
        print("holes", *sorted(one.id for one in holes.values()) or "-", "micrographs", *images or "-")
    return counts


for name in "screening", "collection":
    assert read(f"{sys.argv[1]}/{name}") == {name: 2}
together = read(sys.argv[1])
# Which of the two has all depends on the order in which the file system lists them.
if sorted(together.values()) != [0, 4]:
    sys.exit(f"This has changed: one of the two had none, and the other all four. Now: {together}")
PY
"$work/venv/bin/python" "$work/read.py" "$work/data" 2>&1
echo "Expected of both: one square, one hole and two micrographs for each, as of each alone."
