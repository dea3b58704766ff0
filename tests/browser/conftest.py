"""Browsers and apps that the tests of the page share; each test has a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from benchmarks.browser import launched
from tests.browser.camera import Camera
from tests.browser.visitor import Visitor
from tests.support.app_process import AppProcess, running_app

# Long enough for a busy machine. A test that passes does not wait for it.
expect.set_options(timeout=30_000)

# A name that resolves to this machine but that browsers do not treat as local.
FOREIGN_HOST = "mien.test"

# For tests that need only boxes: such an app starts faster.
NO_MODELS = {"MIEN_MODEL_SERVER": "127.0.0.1:9"}

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def app() -> Iterator[AppProcess]:
    with running_app(MIEN_ALLOWED_HOSTS=FOREIGN_HOST) as process:
        yield process


@pytest.fixture(scope="package")
def fragile_app() -> Iterator[AppProcess]:
    """An app whose model server a test may kill or suspend."""
    with running_app() as process:
        yield process


@pytest.fixture(scope="package")
def brief_app() -> Iterator[AppProcess]:
    """An app that ends every session after three seconds."""
    with running_app(ready=False, MIEN_SESSION_MAX_SECONDS="3", **NO_MODELS) as process:
        yield process


@pytest.fixture(scope="package")
def guarded_app() -> Iterator[AppProcess]:
    """An app as it is exposed to a network: with TLS and a token."""
    with running_app(ready=False, MIEN_HTTPS="1", MIEN_ACCESS_TOKEN="sesame") as process:
        yield process


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def webcam(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(tmp_path_factory.mktemp("camera") / "camera.mjpeg")


@pytest.fixture
def camera(webcam: Camera) -> Iterator[Camera]:
    """The camera, for tests that replace its film; the moving face is restored."""
    yield webcam
    webcam.show_moving_face()


@pytest.fixture(scope="package")
def browser(playwright: Playwright, webcam: Camera) -> Iterator[Browser]:
    """A browser that allows the camera."""
    with launched(playwright, webcam.path, names=[FOREIGN_HOST]) as browser:
        yield browser


@pytest.fixture
def denying_browser(playwright: Playwright, webcam: Camera) -> Iterator[Browser]:
    """A browser that denies the camera."""
    deny = "--use-fake-ui-for-media-stream=deny"
    with launched(playwright, webcam.path, deny) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens an address in a context of its own; keyword arguments are the context's."""
    with ExitStack() as stack:

        def open_page(url: str, **options: object) -> Visitor:
            context = stack.enter_context(browser.new_context(**options))
            return Visitor(context.new_page()).open(url)

        yield open_page


@pytest.fixture
def live(app: AppProcess, visit: Visit) -> Visitor:
    """A page of the app with its camera on."""
    return visit(app.url).start_camera()
