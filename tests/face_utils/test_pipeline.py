from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from face_utils.detection import Detection
from face_utils.errors import BadImage
from face_utils.frame import DetectedFrame, FaceRegion
from face_utils.model_spec import Smoothing
from face_utils.pipeline import Pipeline
from tests.support.model_specs import classification

EMOTION = classification("emotion", smoothing=Smoothing("half_life", 0.4))
AGE = replace(EMOTION, name="age", size=64, margin=0.2)
BOTH = {EMOTION: 0.1, AGE: 3.0}

IMAGE = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)


def source(*boxes, image=IMAGE):
    """Gives the detected frame with faces in these boxes."""
    faces = [FaceRegion(Detection(np.array(box, np.float32), 0.9), image) for box in boxes]
    return lambda: DetectedFrame(640, 480, faces, {"decode_ms": 1.0})


LEFT, RIGHT = (50, 100, 100, 100), (400, 100, 100, 100)


def test_a_frame_gives_its_size_its_faces_and_its_timings():
    analysis = Pipeline().analyze(source(LEFT, RIGHT), BOTH, 0.0)

    assert (analysis.width, analysis.height) == (640, 480)
    assert [face.id for face in analysis.faces] == [1, 2]
    assert all(face.quality.ok for face in analysis.faces)
    assert analysis.timings.decode_ms == 1.0
    assert analysis.timings.total_ms > 0


def test_new_faces_are_due_at_once_for_every_model_in_one_batch_each():
    analysis = Pipeline().analyze(source(LEFT, RIGHT), BOTH, 0.0)
    batches = analysis.batches

    assert [(b.model.name, b.tracks, b.crops.shape) for b in batches] == [
        ("emotion", [1, 2], (2, 48, 48)),
        ("age", [1, 2], (2, 64, 64)),
    ]


def test_a_batch_holds_each_face_as_its_model_wants_it():
    frame = source(LEFT, RIGHT)()

    analysis = Pipeline().analyze(lambda: frame, BOTH, 0.0)
    batches = analysis.batches

    for batch in batches:
        for crop, seen in zip(batch.crops, frame.faces, strict=True):
            np.testing.assert_array_equal(crop, seen.crop(batch.model.margin, batch.model.size))


def test_a_batch_contains_which_part_of_the_frame_each_crop_shows():
    landmarks = np.array([[80, 130], [120, 140], [100, 150], [100, 170]], np.float32)
    tilted = Detection(np.array(LEFT, np.float32), 0.9, landmarks)
    frame = DetectedFrame(640, 480, [FaceRegion(tilted, IMAGE)])

    [batch] = Pipeline().analyze(lambda: frame, {AGE: 3.0}, 0.0).batches

    [square] = batch.squares
    assert (square.x, square.y, square.side) == (100, 150, pytest.approx(140))
    assert square.roll == pytest.approx(14, abs=0.1)


def test_each_model_keeps_its_interval_for_each_track():
    pipeline, asked = Pipeline(), []

    for frame in range(41):
        boxes = [LEFT] if frame < 10 else [LEFT, RIGHT]
        batches = pipeline.analyze(source(*boxes), BOTH, frame / 10).batches
        asked += [(frame, batch.tracks) for batch in batches if batch.model is AGE]

    assert asked[0] == (0, [1])
    assert asked[1] == (10, [2])
    assert [tracks for _, tracks in asked[2:]] == [[1], [2]]
    assert [frame for frame, _ in asked[2:]] == pytest.approx([30, 40], abs=8)


def test_a_model_that_cannot_be_asked_gets_no_batch_and_misses_no_turn():
    pipeline = Pipeline()
    pipeline.analyze(source(LEFT), {EMOTION: 0.1}, 0.0)

    analysis = pipeline.analyze(source(LEFT), {AGE: 3.0}, 0.05)
    batches = analysis.batches

    assert [batch.model for batch in batches] == [AGE]


def test_a_face_that_cannot_be_assessed_is_boxed_with_its_reason_and_not_sent():
    tiny = (300, 300, 12, 12)

    analysis = Pipeline().analyze(source(LEFT, tiny), BOTH, 0.0)
    batches = analysis.batches

    assert analysis.faces[1].quality.reasons == ("too_small",)
    assert [batch.tracks for batch in batches] == [[1], [1]]


def test_a_face_is_due_as_soon_as_it_can_be_assessed():
    pipeline = Pipeline()
    dark = np.zeros_like(IMAGE)
    assert pipeline.analyze(source(LEFT, image=dark), BOTH, 0.0).batches == []

    analysis = pipeline.analyze(source(LEFT), BOTH, 0.05)
    batches = analysis.batches

    assert [batch.tracks for batch in batches] == [[1], [1]]


def test_a_frame_without_faces_asks_no_model():
    analysis = Pipeline().analyze(source(), BOTH, 0.0)
    batches = analysis.batches

    assert analysis.faces == []
    assert batches == []


def test_a_frame_that_cannot_be_read_changes_nothing():
    pipeline = Pipeline()
    pipeline.analyze(source(LEFT), BOTH, 0.0)

    def fail():
        raise BadImage("no")

    with pytest.raises(BadImage):
        pipeline.analyze(fail, BOTH, 0.1)
    analysis = pipeline.analyze(source(LEFT), BOTH, 0.1)
    batches = analysis.batches

    assert [face.id for face in analysis.faces] == [1]
    assert [batch.model for batch in batches] == [EMOTION]


def test_tracks_are_those_in_view_or_remembered():
    pipeline = Pipeline(track_memory_seconds=1.0)
    pipeline.analyze(source(LEFT, RIGHT), BOTH, 0.0)
    pipeline.analyze(source(RIGHT), BOTH, 0.5)

    assert pipeline.tracks == {1, 2}
    pipeline.analyze(source(RIGHT), BOTH, 2.4)
    assert pipeline.tracks == {2}


def test_a_face_that_is_missed_for_a_moment_keeps_its_turns():
    pipeline = Pipeline()
    pipeline.analyze(source(LEFT), {AGE: 3.0}, 0.0)
    pipeline.analyze(source(), {AGE: 3.0}, 0.5)

    assert pipeline.analyze(source(LEFT), {AGE: 3.0}, 0.9).batches == []


def test_a_face_that_returns_after_seconds_is_due_at_once_under_its_old_id():
    pipeline = Pipeline()
    pipeline.analyze(source(LEFT), {AGE: 3.0}, 0.0)
    pipeline.analyze(source(), {AGE: 3.0}, 0.5)

    [batch] = pipeline.analyze(source(LEFT), {AGE: 3.0}, 2.0).batches

    assert batch.tracks == [1]
    assert pipeline.analyze(source(LEFT), {AGE: 3.0}, 2.1).batches == []


def test_of_more_faces_than_the_limit_the_largest_are_analyzed():
    small = (300, 300, 60, 60)

    analysis = Pipeline(max_faces=2).analyze(source(LEFT, small, RIGHT), BOTH, 0.0)

    assert [(face.id, face.box[0]) for face in analysis.faces] == [(1, 50), (2, 400)]
    assert [batch.tracks for batch in analysis.batches] == [[1, 2], [1, 2]]


def test_ids_survive_a_change_of_the_resolution():
    pipeline = Pipeline()
    pipeline.analyze(source(LEFT, RIGHT), BOTH, 0.0)
    faces = source(*(2 * np.array(box) for box in (RIGHT, LEFT)))().faces

    analysis = pipeline.analyze(lambda: DetectedFrame(1280, 960, faces), BOTH, 0.1)

    assert [face.id for face in analysis.faces] == [2, 1]


def test_a_real_face_is_found_assessed_and_cropped(face_image, detector):
    def see():
        return DetectedFrame(
            512, 512, [FaceRegion(d, face_image) for d in detector.detect(face_image)]
        )

    analysis = Pipeline().analyze(see, BOTH, 0.0)
    batches = analysis.batches

    assert [face.quality.ok for face in analysis.faces] == [True]
    assert [batch.crops.shape for batch in batches] == [(1, 48, 48), (1, 64, 64)]
    assert all(batch.crops.std() > 30 for batch in batches)
