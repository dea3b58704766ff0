"""Every test has one lane."""

from __future__ import annotations

import tomllib

import pytest

from tests.support.lanes import LANES, find_lane, may_hold
from web.settings import ROOT

FILES = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_*.py")]


@pytest.mark.parametrize("path", FILES)
def test_every_test_file_has_a_lane(path: str) -> None:
    assert find_lane(path)


def test_a_file_overrides_its_folder() -> None:
    assert find_lane("tests/web/server/test_start.py") == "integration"
    assert find_lane("tests/web/settings/test_settings.py") == "unit"


def test_a_file_in_no_known_folder_is_refused() -> None:
    with pytest.raises(LookupError, match=r"tests/support/lanes\.py"):
        find_lane("tests/new/test_new.py")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests", True),
        ("tests/web", True),
        ("tests/web/settings/test_settings.py", True),
        ("tests/web/server/test_start.py", False),
        ("tests/serving/server", False),
        ("tests/new", True),
    ],
)
def test_only_what_may_hold_unit_tests_is_imported_for_them(path: str, *, expected: bool) -> None:
    assert may_hold(path, "unit") is expected


def test_every_place_with_a_lane_exists() -> None:
    assert not [place for place in LANES if not (ROOT / place).exists()]


def test_every_lane_is_a_marker_that_pytest_knows() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    markers = {line.split(":")[0] for line in options["ini_options"]["markers"]}
    assert set(LANES.values()) == markers


def test_the_lane_is_a_marker_of_the_test(request: pytest.FixtureRequest) -> None:
    names = [marker.name for marker in request.node.iter_markers()]
    assert [name for name in names if name in LANES.values()] == ["unit"]
