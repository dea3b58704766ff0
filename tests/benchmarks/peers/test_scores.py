"""Predictions in any system's words are scored by the same rule."""

from __future__ import annotations

import pytest

from benchmarks.peers import fer
from benchmarks.peers.scores import EMOTIONS, emotion_label, fill_missing, score_predictions
from serving.contract import load_contract
from serving.training.groups import MIN_GROUP_SIZE

FACE_API = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")


def feelings(*words):
    return [{"emotion": word} for word in words]


def test_each_label_of_mien_scores_as_itself():
    for index, label in enumerate(load_contract()["emotion"].labels):
        assert emotion_label(label) == index


@pytest.mark.parametrize("words", [fer.LABELS, FACE_API])
def test_the_peers_words_are_the_seven_labels_without_contempt(words):
    assert {EMOTIONS[emotion_label(word)] for word in words} == set(EMOTIONS) - {"contempt"}


def test_an_unknown_word_is_refused():
    with pytest.raises(ValueError, match="bored"):
        emotion_label("bored")


def test_contempt_is_wrong_for_those_without_the_label_and_left_out_of_the_seven_classes(feeling):
    faces = feeling("happiness", "anger", "contempt", "contempt")

    figures = score_predictions(faces, feelings("happy", "angry", "neutral", "neutral"))["emotion"]

    assert figures["accuracy"] == 0.5
    assert figures["common_accuracy"] == 1
    assert figures["macro_f1"] == pytest.approx(2 / 3)
    assert figures["common_macro_f1"] == 1


def test_predicting_contempt_for_another_emotion_is_wrong_among_the_seven(feeling):
    figures = score_predictions(feeling("anger", "anger"), feelings("contempt", "anger"))["emotion"]

    assert figures["common_accuracy"] == 0.5
    assert figures["common_macro_f1"] == pytest.approx(2 / 3)


def test_an_exact_age_is_scored_by_its_error(make_faces):
    faces = make_faces("utkface", [{"ages": (20, 20), "gender": 0}, {"ages": (40, 40)}])

    figures = score_predictions(faces, [{"years": 23.0}, {"years": 39.0}])

    assert figures == {"age": {"mean_error": 2.0, "plus_minus": pytest.approx(1.386, abs=1e-3)}}


def test_an_age_group_is_scored_by_the_band(make_faces):
    faces = make_faces("fairface", [{"ages": (20, 29)}] * 3)

    figures = score_predictions(faces, [{"years": 29.4}, {"years": 31.0}, {"years": 50.0}])["age"]

    assert figures["accuracy"] == pytest.approx(1 / 3)
    assert figures["within_one"] == pytest.approx(2 / 3)


def test_the_worst_group_is_one_with_enough_faces(make_faces):
    women = [{"gender": 0, "group": "large"}] * MIN_GROUP_SIZE
    men = [{"gender": 1, "group": "large"}] * MIN_GROUP_SIZE
    faces = make_faces("utkface", [*women, *men, {"gender": 0, "group": "small"}])
    predictions = [{"gender": "female"}] * MIN_GROUP_SIZE + [{"gender": "male"}] * MIN_GROUP_SIZE
    predictions[0] = predictions[-1] = {"gender": "male"}

    figures = score_predictions(faces, [*predictions, {"gender": "male"}])["gender"]

    assert figures["worst_group"] == "gender female"
    assert figures["worst_accuracy"] == round((MIN_GROUP_SIZE - 1) / (MIN_GROUP_SIZE + 1), 4)


def test_babies_are_no_worst_group(make_faces):
    babies = [{"gender": 0, "ages": (0, 2), "group": "all"}] * MIN_GROUP_SIZE
    adults = [{"gender": 0, "ages": (20, 29), "group": "all"}] * MIN_GROUP_SIZE
    predictions = [{"gender": "male"}] * MIN_GROUP_SIZE + [{"gender": "female"}] * MIN_GROUP_SIZE

    figures = score_predictions(make_faces("fairface", [*babies, *adults]), predictions)["gender"]

    assert figures["worst_group"] == "gender female"
    assert figures["worst_accuracy"] == 0.5


def test_where_a_peer_finds_no_face_its_prediction_for_the_whole_image_is_used():
    predictions = {"whole": feelings("happy", "sad"), "own": [*feelings("angry"), {}]}

    assert fill_missing(predictions)["own"] == feelings("angry", "sad")


def test_without_an_own_detector_nothing_is_filled_in():
    predictions = {"whole": feelings("happy")}

    assert fill_missing(predictions) == predictions
