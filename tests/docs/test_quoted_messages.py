"""Log and error messages that the pages quote are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["how-to/runbook.md", "how-to/reverse-proxies.md", "reference/protocol.md"]
COMMAND = re.compile(r"[-{(.[]|Authorization|curl|docker|kubectl|env |python|ss |make|[A-Z_]+=")
FOREIGN = {"Queue full, dropping Span."}  # OpenTelemetry's
SOURCES = [
    "app.py",
    *(f"{folder}/**/*.py" for folder in ("face_utils", "serving", "telemetry", "web")),
]


def quoted() -> list[str]:
    """Texts of three words or more in backticks that are no command, and messages in JSON."""
    found = []
    for page in PAGES:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        found += re.findall(r'"message": "([^"]{4,})"', text)
        text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text))
        found += [span for span in spans if span.count(" ") >= 2 and not COMMAND.match(span)]
    return sorted(set(found) - FOREIGN)


@pytest.fixture(scope="module")
def source() -> str:
    """The code, with string literals of several lines joined."""
    files = [file for pattern in SOURCES for file in ROOT.glob(pattern)]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r'"\s*\n\s*f?"', "", text)


@pytest.mark.parametrize("message", quoted())
def test_a_quoted_message_is_one_of_the_code(message: str, source: str) -> None:
    parts = [part.strip(" :") for part in re.split(r"\.\.\.|\bN\b|-9", message)]
    assert [part for part in parts if part not in source] == []
