from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_native_threads_at_work_do_not_make_the_end_a_crash():
    program = """
import atexit, threading
import cv2, numpy as np
from process.immediate_exit import exit_immediately

image, at_work = np.zeros((1000, 1000, 3), np.uint8), threading.Event()

def work():
    while True:
        cv2.GaussianBlur(image, (31, 31), 5)
        at_work.set()

threading.Thread(target=work, daemon=True).start()
at_work.wait()
atexit.register(print, "clean")
exit_immediately(7)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stdout, result.stderr) == (7, "clean\n", "")
