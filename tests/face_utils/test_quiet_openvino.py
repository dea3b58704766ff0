"""OpenVINO is imported without the parts that Mien does not use."""

from __future__ import annotations

import subprocess
import sys

from web.settings import ROOT

CODE = """
import sys
from face_utils.quiet_openvino import openvino
openvino.Core()
print([n for n in sys.modules if n.startswith(("openvino.tools.ovc.", "openvino_telemetry."))])
"""


def test_neither_telemetry_nor_the_model_converter_is_loaded():
    result = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert result.stdout.strip() == "[]"
