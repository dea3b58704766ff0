"""A real headless Chromium whose camera plays a film."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Root needs --no-sandbox; the rest keeps the browser from calling its maker's servers.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each version has new ones to call, so that it finds none and knows no proxy that would.
    "--no-proxy-server",
)


def find_chromium() -> str | None:
    """Returns the path of an installed Chromium or Chrome, or None to use Playwright's."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium(camera: Path | None, *flags: str) -> Iterator[Browser]:
    """Starts a browser that reaches this machine only.

    Args:
        camera: MJPEG file that plays as the camera, or None for no camera.
        flags: More command line flags.
    """
    with sync_playwright() as playwright, launched(playwright, camera, *flags) as browser:
        yield browser


@contextmanager
def launched(
    playwright: Playwright, camera: Path | None, *flags: str, names: Sequence[str] = ()
) -> Iterator[Browser]:
    """The same for those who need several browsers at once: there can be only one Playwright.

    Args:
        playwright: The one Playwright.
        camera: MJPEG file that plays as the camera, or None for no camera.
        flags: More command line flags.
        names: Host names that lead to this machine, besides `localhost`.
    """
    local = [f"MAP {name} 127.0.0.1" for name in names]
    rules = ", ".join([*local, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE localhost"])
    fake = ["--use-fake-ui-for-media-stream"]
    if camera is not None:
        fake += [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ]
    with TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as home:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*FLAGS, f"--host-resolver-rules={rules}", *fake, *flags],
            # Reports of crashes, certificates and more would go to the user's own.
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home},
        )
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Makes sure that there is a browser, since tests are not skipped without one."""
    if find_chromium() is not None:
        return
    print(
        "The tests need Chromium, which is missing. Installing Playwright's Chromium.", flush=True
    )
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    try:
        with chromium(None):  # It may be there and yet lack libraries of the system.
            pass
    except Error:
        sys.exit("The tests need Chromium. On Debian: apt-get install chromium")


if __name__ == "__main__":
    main()
