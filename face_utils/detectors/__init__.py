"""Face detectors: BlazeFace, YuNet and the Haar cascade of OpenCV."""

from typing import Literal

DetectorName = Literal["blazeface", "yunet", "haar"]
DetectorChoice = Literal["auto", "blazeface", "yunet", "haar"]
"""`auto` takes the best one whose file is there."""
