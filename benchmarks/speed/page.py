"""The page in a real browser whose camera delivers 30 frames per second."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.browser import chromium
from benchmarks.speed.checkout import Checkout
from benchmarks.webcams import write_camera

WARM_UP_MS = 3000
# The page notes in each frame when it took the picture. The ack has the same number as the frame.
RECORDER = r"""
window.boxesMs = [];
const takenAt = new Map();
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      const ack = typeof data === "string" && /^43(\d+)\[/.exec(data);
      if (!ack || !takenAt.has(ack[1]) || !data.includes('"analysed"')) return;
      window.boxesMs.push(performance.timeOrigin + performance.now() - takenAt.get(ack[1]));
    });
  }
  send(data) {
    const text = typeof data === "string" ? data : "";
    const frame = /^451-(\d+)\["frame",.*"captured_at":(\d+)/.exec(text);
    if (frame) takenAt.set(frame[1], Number(frame[2]));
    super.send(data);
  }
};
"""


def measure_page(checkout: Checkout, seconds: float) -> tuple[list[float], float]:
    """Returns the milliseconds from each picture to its boxes, and the frames per second."""
    with TemporaryDirectory() as temporary, checkout.running() as app:
        camera = Path(temporary) / "camera.mjpeg"
        write_camera(camera)
        with chromium(camera) as browser:
            page = browser.new_page()
            page.add_init_script(RECORDER)
            page.goto(app.url)
            page.get_by_role("button", name="Start camera").click()
            page.wait_for_timeout(WARM_UP_MS)
            page.evaluate("boxesMs.length = 0")
            page.wait_for_timeout(seconds * 1e3)
            boxes_ms: list[float] = page.evaluate("boxesMs")
    return boxes_ms, len(boxes_ms) / seconds
