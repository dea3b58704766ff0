"""Pages of the project and of docs/: their links, the files they name, and their form."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = {
    "benchmark",
    "comparison",
    "configuration",
    "profile",
    "sizing",
    "tuning",
    "age",
    "emotion",
    "gender",
}
HAND_WRITTEN = [page for page in PAGES if page.stem not in GENERATED]
INDEXES = [ROOT / "docs" / "README.md", ROOT / "docs" / "experiments" / "README.md"]
PLACES = ["*.py", "*.js", "*.toml", "*.yaml", "*.yml", "*.sh", "*.cfg", "*.env", "Makefile"]
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def links(page: Path) -> list[str]:
    """The targets of a page's links, except those to other sites."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]


@cache
def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    found: set[str] = set()
    for title in titles:
        name = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        assert name not in found, f"{page.name} has the heading {title!r} twice"
        found.add(name)
    return found


def broken(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return True
    return bool(anchor) and anchor not in anchors(file)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_and_anchor_resolves(page: Path) -> None:
    assert [target for target in links(page) if broken(page, target)] == []


def test_a_link_to_a_missing_file_or_heading_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n\n[a](#one) [b](#two) [c](none.md) [d](page.md#one)\n")
    assert [target for target in links(page) if broken(page, target)] == ["#two", "none.md"]


def test_the_indexes_list_every_page() -> None:
    listed = {(page.parent / target).resolve() for page in INDEXES for target in links(page)}
    assert set(PAGES) - listed - set(ROOT.glob("*.md")) == set(INDEXES[:1])


@pytest.mark.parametrize("place", PLACES)
def test_every_page_that_the_project_names_exists(place: str) -> None:
    missing = [
        (file, path)
        for file in tracked_files(place)
        for path in re.findall(r"(?<![\w/.-])docs/[a-z\d/-]*\.md", read(file))
        if not (ROOT / path).is_file()
    ]
    assert missing == []


def tracked_files(place: str) -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", place]
    return subprocess.check_output(command, cwd=ROOT, text=True).splitlines()


def read(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8", errors="ignore") if path.is_file() else ""


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_prose_wraps_at_100_characters(page: Path) -> None:
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    prose = [line for line in text.splitlines() if not line.startswith(("|", "<!--", "!["))]
    assert [line for line in prose if len(line) > 100 and "https://" not in line] == []


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_module_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    tops = "benchmarks|deploy|face_utils|serving|telemetry|tests|web"
    files = re.findall(rf"`((?:{tops})/[\w/.-]+\.(?:py|sh|toml|yaml|yml|json|Dockerfile))`", text)
    modules = re.findall(rf"python -m ((?:{tops})(?:\.\w+)*)", text)
    paths = [ROOT / file for file in files if page.parts[-2] != "experiments"]
    paths += [ROOT / module.replace(".", "/") for module in modules]
    assert [str(path) for path in paths if not named_file_exists(path)] == []


def named_file_exists(path: Path) -> bool:
    return path.exists() or path.with_suffix(".py").exists()


@pytest.mark.parametrize(
    "page",
    [page for page in HAND_WRITTEN if page.is_relative_to(ROOT / "docs")],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_page_first_says_who_needs_it(page: Path) -> None:
    title, reader = page.read_text(encoding="utf-8").split("\n\n")[:2]
    assert title.startswith("# ")
    assert reader.startswith("For ")
