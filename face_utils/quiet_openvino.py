"""Import of OpenVINO without its telemetry and its model converter.

`import openvino` would load the package `openvino_telemetry`, which writes a persistent id to
`~/intel/openvino_ga_cid`, connects to Google Analytics, and fails for a user without a home folder.
Without that package OpenVINO uses its own stub. The converter, which Mien does not use, takes 0.1 s
and 13 MiB in each process, and OpenVINO does without it as well. Import openvino only from here:

    from face_utils.quiet_openvino import openvino
"""

from __future__ import annotations

import sys

# Importing these fails.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
sys.modules["openvino.tools.ovc"] = None  # type: ignore[assignment]

import openvino  # noqa: E402

__all__ = ["openvino"]
