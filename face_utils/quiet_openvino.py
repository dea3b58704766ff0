"""Import of OpenVINO without its telemetry.

`import openvino` would load the package `openvino_telemetry`, which writes a persistent id to
`~/intel/openvino_ga_cid`, connects to Google Analytics, and fails for a user without a home folder.
Without that package OpenVINO uses its own stub. Import openvino only from here:

    from face_utils.quiet_openvino import openvino
"""

from __future__ import annotations

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # Importing it fails.

import openvino  # noqa: E402

__all__ = ["openvino"]
