"""Markdown and JSON of a study."""

from __future__ import annotations

import json

from benchmarks.tuning.study import Finding, Study, Table, findings_table, to_json, to_markdown

STUDY = Study(
    title="Size",
    method="Faces were shrink.",
    tables=[Table("By side:", [{"side": 24.0, "faces": 1200, "right %": 81.236789}])],
    findings=[
        Finding("MIN_SIDE", 24.0, 22.51234, "a tenth is lost"),
        Finding("MAX_SIDE", 99.0, None, "a tenth is lost"),
    ],
)


def test_a_study_is_a_section_with_its_tables():
    assert to_markdown(STUDY) == (
        "## Size\n\nFaces were shrink.\n\nBy side:\n\n"
        "| side | faces | right % |\n| --- | --- | --- |\n| 24 | 1200 | 81.2 |"
    )


def test_the_constants_of_all_studies_stand_in_one_table():
    rows = findings_table([STUDY, STUDY]).splitlines()

    assert rows[2:4] == [
        "| `MIN_SIDE` | 24 | 22.5 | a tenth is lost |",
        "| `MAX_SIDE` | 99 | none | a tenth is lost |",
    ]
    assert len(rows) == 6


def test_a_study_is_plain_json():
    report = json.loads(json.dumps(to_json(STUDY)))

    assert report["tables"]["By side:"] == [{"side": 24.0, "faces": 1200, "right %": 81.24}]
    assert report["findings"]["MIN_SIDE"]["measured"] == 22.51
    assert report["findings"]["MAX_SIDE"]["measured"] is None
