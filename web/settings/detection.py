"""Settings of face detection."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from face_utils.detectors import DetectorChoice
from face_utils.detectors.files import blazeface_file
from web.settings.concern import Concern
from web.settings.values import OptionalPath, PathSetting


class DetectionSettings(Concern):
    """The face detector, its files, and its threads."""

    title: ClassVar[str] = "Detection"

    detector: DetectorChoice = Field(
        default="auto",
        description="Face detector. `auto`: YuNet if its file is given, else BlazeFace, else Haar, "
        "which needs no file.",
    )
    blazeface: PathSetting = Field(
        default=blazeface_file(),
        description="Model file of BlazeFace.",
    )
    yunet: OptionalPath = Field(
        default=None, description="Model file of YuNet, `face_detection_yunet_2023mar.onnx`."
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="Native threads that decode images and detect faces."
    )
