#!/usr/bin/env bash
# MDCatch 2.5 says that the beam of a microscope with two condenser lenses is 0 um wide.
#
# Glacios, Talos and Tundra have no calibrated beam diameter: EPU writes BeamDiameter 0 into each image (seen in images of
# EPU 1.5 and 3.13). MDCatch's parseXml converts the number to micrometres and returns it as a measured one, so that
# "not known" and "no beam" are the same to whatever reads its result. An image that has no BeamDiameter at all gives the
# same text.
#
# What it means here: in the archive exposure.beam_diameter_um is NULL where EPU wrote 0; a default radius is then half the
# shorter side of the camera field, and what such beams added to a dose is "not known".
#
# Seen on 2026-11-28 with MDCatch 2.5 and Python 3.11. Usage: mdcatch-two-condensers.sh
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps MDCatch==2.5 numpy==1.26.4 mrcfile==1.5.3 tifffile==2024.8.30

# image FILE BEAM_DIAMETER_ELEMENT: the parts of an exposure's XML that the parser reads.
image() {
    cat >"$1" <<XML
<MicroscopeImage xmlns="http://schemas.datacontract.org/2004/07/Fei.SharedObjects">
  <CustomData xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"/>
  <SpatialScale><pixelSize><x><numericValue>1.2E-10</numericValue></x></pixelSize></SpatialScale>
  <microscopeData>
    <acquisition><camera>
      <Binning xmlns:a="http://schemas.datacontract.org/2004/07/System.Drawing"><a:x>1</a:x><a:y>1</a:y></Binning>
      <ExposureTime>40</ExposureTime><Name>BM-Falcon</Name>
    </camera></acquisition>
    <gun><AccelerationVoltage>200000</AccelerationVoltage></gun>
    <optics>$2<ProbeMode>NanoProbe</ProbeMode></optics>
  </microscopeData>
</MicroscopeImage>
XML
}

image "$work/two-condensers.xml" "<BeamDiameter>0</BeamDiameter>"
image "$work/not-recorded.xml" ""
image "$work/three-condensers.xml" "<BeamDiameter>9.5E-07</BeamDiameter>"

cat >"$work/read.py" <<'PY'
import sys
from mdcatch.utils import parseXml

for path in sys.argv[1:]:
    print(parseXml(path)["BeamSize"])
PY
seen=$("$work/venv/bin/python" "$work/read.py" "$work/two-condensers.xml" "$work/not-recorded.xml" "$work/three-condensers.xml")
expected=$(printf '0.0\n0.0\n0.95')

echo "MDCatch 2.5, BeamSize of BeamDiameter 0, of none, and of 9.5E-07 m:"
echo "$seen"
[ "$seen" = "$expected" ] || {
    echo "This has changed: $expected was seen before." >&2
    exit 1
}
