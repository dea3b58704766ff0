"""Face detectors: Mien's own, BlazeFace, YuNet and the Haar cascade of OpenCV."""

from typing import Literal

DetectorName = Literal["mien", "blazeface", "yunet", "haar"]
DetectorChoice = Literal["auto", "mien", "blazeface", "yunet", "haar"]
"""`auto` takes YuNet if its file is given, else Mien's own."""
