"""Test lanes: the marker of each test, by its file.

`unit` runs without the app, a browser and TensorFlow: `make test-fast` runs these. `integration`
starts the app, a model server or TensorFlow. `e2e` opens the page in a browser. `deploy` checks
images, manifests, scripts and the wheel.

A marker at a test itself, such as `@pytest.mark.integration`, overrides its file's lane.
"""

from __future__ import annotations

from pathlib import PurePosixPath

LANES = {
    "tests/benchmarks": "unit",
    "tests/benchmarks/attack/test_haproxy.py": "integration",
    "tests/benchmarks/speed/test_page.py": "e2e",
    "tests/benchmarks/test_load_generator.py": "integration",
    "tests/browser": "e2e",
    "tests/deploy": "deploy",
    "tests/docs": "unit",
    "tests/docs/test_library_pages.py": "integration",
    "tests/docs/test_protocol_page.py": "integration",
    "tests/docs/test_readme.py": "integration",
    "tests/docs/test_tutorial.py": "integration",
    "tests/face_utils": "unit",
    "tests/face_utils/test_analyzer.py": "integration",
    "tests/mien": "unit",
    "tests/offline": "e2e",
    "tests/process": "unit",
    "tests/process/test_unpatched_grpc.py": "integration",
    "tests/serving": "unit",
    "tests/serving/client": "integration",
    "tests/serving/protos": "integration",
    "tests/serving/server": "integration",
    "tests/serving/test_analyzer_parts.py": "integration",
    "tests/serving/test_analyzer_tls.py": "integration",
    "tests/serving/test_embedded_process.py": "integration",
    "tests/serving/test_in_process.py": "integration",
    "tests/serving/test_tensors.py": "integration",
    "tests/serving/test_tf_serving.py": "integration",
    "tests/serving/test_tf_serving_models.py": "integration",
    "tests/serving/training": "integration",
    "tests/setup": "unit",
    "tests/setup/test_makefile.py": "integration",
    "tests/telemetry": "unit",
    "tests/web": "integration",
    "tests/web/http/test_certificate.py": "unit",
    "tests/web/http/test_forwarded.py": "unit",
    "tests/web/http/test_token_guard.py": "unit",
    "tests/web/live/live_session": "unit",
    "tests/web/protocol/test_error_acks.py": "unit",
    "tests/web/live/test_acks.py": "unit",
    "tests/web/live/test_fair_queue.py": "unit",
    "tests/web/live/test_live_namespace.py": "unit",
    "tests/web/live/test_sessions.py": "unit",
    "tests/web/live/test_validation.py": "unit",
    "tests/web/observability/test_instrumentation.py": "unit",
    "tests/web/processes/test_parts.py": "unit",
    "tests/web/settings": "unit",
    "tests/web/transport/test_admission.py": "unit",
    "tests/web/transport/test_buffers.py": "unit",
    "tests/web/transport/test_frame_turns.py": "unit",
    "tests/web/transport/test_message_reader.py": "unit",
    "tests/web/transport/test_patched_libraries.py": "unit",
    "tests/web/transport/test_socketio_limits.py": "unit",
    "tests/web/transport/test_session_ids.py": "unit",
}
"""Folder or file -> lane of the tests in it. The longest path that fits decides."""


def find_lane(path: str) -> str:
    """The lane of the tests in a file.

    Args:
        path: The file, relative to the repository's root.

    Raises:
        LookupError: No lane is given for the file or a folder above it.
    """
    file = PurePosixPath(path)
    for place in (file, *file.parents):
        if lane := LANES.get(place.as_posix()):
            return lane
    raise LookupError(
        f"{path} has no lane. Add the file or its folder to LANES in tests/support/lanes.py."
    )


def may_hold(path: str, lane: str) -> bool:
    """Whether a file has tests of a lane, or a folder has files with such tests."""
    inside = [found for place, found in LANES.items() if place.startswith(f"{path}/")]
    try:
        return lane in {find_lane(path), *inside}
    except LookupError:
        return lane in inside or not inside
