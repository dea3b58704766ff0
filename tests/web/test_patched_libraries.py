"""The libraries that `web/transport/` patches have the versions that it was written for."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from web.transport import PATCHED


@pytest.mark.parametrize("library", PATCHED)
def test_a_new_version_is_read_before_it_is_patched(library: str) -> None:
    """Read its changes, see that each patch still applies, and set the version in `PATCHED`."""
    assert version(library) == PATCHED[library]
