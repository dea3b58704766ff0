"""Model cards from a made-up report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from serving.contract import load_contract
from serving.training import plots
from serving.training.calibration import Calibration
from serving.training.card import write_card
from serving.training.history import Training, build_history
from serving.training.recipe import Pretraining
from serving.training.recipe_files import load_recipe

EPOCHS = [{"epoch": n, "loss": 1.0, "holdout": 0.5, "seconds": 90.0} for n in (1, 2)]
OWN = Training(96, 2, 3.0, EPOCHS)
FIGURES = {
    "faces": 20,
    "accuracy": 0.85,
    "macro_f1": 0.84,
    "recall": {"female": 0.8, "male": 0.9},
    "confusion": [[8, 2], [1, 9]],
    "reliability": [[20, 0.9, 0.85]],
    "groups": {
        "gender female": {"faces": 10, "accuracy": 0.8},
        "age 20-29": {"faces": 20, "accuracy": 0.85, "macro_f1": 0.84},
    },
}
REPORT = {
    "date": "2026-11-27",
    "data": {"utkface": {"detected": FIGURES}},
    "curves": {
        "size": {"levels": [8, 96], "utkface": [0.6, 0.85], "fairface": [0.5, 0.8]},
        "jpeg": {"levels": [5], "utkface": [0.7], "fairface": [0.6]},
    },
    "cost": {"weights": 9, "bytes": 9, "ms": 1.0, "machine": "a machine"},
}


@pytest.fixture
def card(tmp_path):
    """Writes a card and reads it."""

    def write(*before: Training) -> str:
        write_card(tmp_path, load_contract()["gender"], REPORT, [*before, OWN])
        return (tmp_path / "gender.md").read_text()

    return write


def test_the_card_says_when_its_values_were_measured(card):
    command = "python -m serving.training.evaluate gender"
    assert f"`{command}` wrote the values below on 2026-11-27.\n" in card()


def test_a_row_of_the_confusion_has_the_label_and_its_predictions(card):
    assert "| female | 8 | 2 | 80% |\n| male | 1 | 9 | 90% |\n" in card()


def test_a_metric_that_a_group_lacks_is_an_empty_cell(card):
    text = card()
    assert "| group | faces | accuracy | macro f1 |\n" in text
    assert "| gender female | 10 | 0.8 |  |\n" in text
    assert "| age 20-29 | 20 | 0.85 | 0.84 |\n" in text


def test_a_curve_has_its_levels_and_number_of_faces(card):
    text = card()
    assert "| face size, pixels | fairface | 8: 0.5, 96: 0.8 |\n" in text
    assert "at most 600 test faces per data set" in text


def test_a_card_says_what_training_took(card, tmp_path):
    assert "It took 2 epochs and 3 minutes on 96 pixels.\n" in card()
    assert (tmp_path / "plots" / "gender-training.png").is_file()


def test_earlier_stages_count_too(card):
    first = Training(64, 2, 3.0, EPOCHS)
    text = card(first, first)
    assert "4 epochs and 6 minutes on 64 pixels, then 2 epochs and 3 minutes on 96" in text


def test_epochs_of_consecutive_stages_are_numbered_continuously(card, monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "training", lambda path, log, ylabel: drawn.extend(log))
    card(Training(64, 2, 3.0, EPOCHS), Training(96, 5, 9.0, []))
    assert [entry["epoch"] for entry in drawn] == [6, 7]


def test_a_training_whose_log_was_lost_counts_and_is_not_plotted(tmp_path):
    write_card(tmp_path, load_contract()["gender"], REPORT, [replace(OWN, log=[])])
    assert "It took 2 epochs and 3 minutes on 96 pixels.\n" in (tmp_path / "gender.md").read_text()
    assert not (tmp_path / "plots" / "gender-training.png").exists()


def test_a_pretraining_stage_that_is_also_a_teacher_counts_once(make_job):
    job = make_job("age")
    recipe = replace(job.recipe, pretrain=Pretraining(16, 1, 1e-3), teachers=("age", "gender"))
    job = replace(job, spec=replace(job.spec, size=24), recipe=recipe)
    for stage in (*job.teachers(), job):
        stage.run_dir.path.mkdir(parents=True, exist_ok=True)
        stage.run_dir.append_log({"epoch": 1, "seconds": 60.0, "model": stage.run_dir.model})
    Calibration().save(job.run_dir.calibration)
    found = build_history(job).trainings
    assert [each.log[0]["model"] for each in found] == ["age/pretrain", "gender/pretrain", "age"]
    assert [each.size for each in found] == [16, load_recipe("gender").pretrain.crop_size, 24]
