"""Settings of face detection."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from face_utils.detectors import DetectorChoice
from face_utils.detectors.files import blazeface_file
from web.settings.group import SettingsGroup
from web.settings.values import OptionalPath, PathSetting


class DetectionSettings(SettingsGroup):
    """The face detector, its files, and its threads."""

    title: ClassVar[str] = "Detection"

    detector: DetectorChoice = Field(
        default="auto",
        description="Face detector. `auto` uses YuNet if `MIEN_YUNET` is set, else Mien's own, "
        "`mien`. Only these two find small faces and follow faces at a fraction of the cost.",
    )
    blazeface: PathSetting = Field(
        default=blazeface_file(),
        description="Model file of the BlazeFace detector.",
    )
    yunet: OptionalPath = Field(
        default=None,
        description="Model file of the YuNet detector, `face_detection_yunet_2023mar.onnx`. It "
        "is not included.",
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="Number of threads that decode images and detect faces."
    )
