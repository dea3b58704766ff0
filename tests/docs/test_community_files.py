"""The files that GitHub and contributors expect lead to places that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / ".github").glob("*.md")])
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_root_pages_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_folder_listing_for_contributors_names_places_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [listing] = re.findall(r"\| place \| contents \|\n(.*?)\n\n", text, re.DOTALL)
    rows = listing.splitlines()[1:]
    places = [place for row in rows for place in re.findall(r"`([^`]+)`", row.split(" | ")[0])]

    assert places
    for place in places:
        assert (ROOT / place).exists(), place


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_an_issue_form_has_what_github_demands(form):
    content = yaml.safe_load(form.read_text(encoding="utf-8"))

    assert content["name"]
    assert content["description"]
    fields = [part for part in content["body"] if part["type"] != "markdown"]
    identities = [field["id"] for field in fields]
    assert len(set(identities)) == len(identities) > 0
    assert all(field["attributes"]["label"] for field in fields)
