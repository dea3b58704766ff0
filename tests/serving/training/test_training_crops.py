from __future__ import annotations

import numpy as np
import pytest

from face_utils.cropping import Square
from face_utils.detection import Detection
from serving.contract import load_contract
from serving.training.alignment import (
    crop_faces,
    crop_with_context,
    detect_squares,
    find_square,
    typical_square,
)
from serving.training.augmentation import augment, jitter_square, whole_square
from serving.training.batches import detected_crops, mixup, training_batches, whole_crops
from serving.training.faces import TRAIN, Faces, Record
from serving.training.occlusion import OCCLUSIONS
from serving.training.recipe_files import load_recipe
from serving.training.sampling import draw_rows, repeat_counts, sampling_groups
from serving.training.targets import TARGETS, folder_targets

SIDE = 32


class FixedDetector:
    name = "fixed"

    def __init__(self, *faces: Detection) -> None:
        self._faces = list(faces)

    def detect(self, image):
        assert image.shape == (SIDE, SIDE, 3)
        return self._faces


def face(x: float, side: float) -> Detection:
    eyes = np.float32([[0, 0], [1, 1], [0, 0], [0, 0]])
    return Detection(np.float32([x, 2, side, side]), 0.9, eyes)


def test_the_largest_face_gives_the_square_and_its_eyes_the_roll():
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    square = find_square(FixedDetector(face(0, 5), face(4, 20)), image)
    assert (square.x, square.y, square.side, round(square.roll)) == (14, 12, 20, 45)


def test_an_image_without_a_detection_gets_the_usual_square_of_its_data_set(records):
    squares = detect_squares("ferplus", records[:2], FixedDetector())
    expected = typical_square("ferplus", SIDE)
    np.testing.assert_allclose(squares[1], [expected.x, expected.y, expected.side, 0], rtol=1e-5)


class FindsLightFaces:
    """Finds a face of a quarter of the width in the middle of every image that is not black."""

    name = "light"

    def detect(self, image):
        height, width, _ = image.shape
        box = np.float32([width * 3 / 8, height / 2 - width / 8, width / 4, width / 4])
        return [Detection(box, 0.9)] if image.any() else []


def photos(label, count, value):
    image = np.full((100, 160), value, dtype=np.uint8)
    return [Record(image, TRAIN, f"{i}", label=label) for i in range(count)]


def test_faces_are_cut_out_of_photos_and_photos_without_one_are_left_out(capsys):
    records = [*photos("yes", 25, 200), *photos("no", 30, 100), *photos("no", 5, 0)]
    faces = crop_faces("smile", records, FindsLightFaces())
    assert len(faces) == 55
    assert faces.label.tolist() == ["yes"] * 25 + ["no"] * 30
    assert {image.shape for image in faces.images} == {(224, 224)}
    assert faces.squares[0].tolist() == [112, 112, 112, 0]
    assert "smile/no: found a face in 30 of 35 pictures" in capsys.readouterr().out


def test_a_face_is_cut_out_with_its_surroundings_in_the_middle():
    image = np.zeros((200, 300), dtype=np.uint8)
    image[60:100, 200:240] = 255
    cut, square = crop_with_context(image, Square(220, 80, 40, 12))
    assert (square.x, square.y, square.side, square.roll) == (112, 112, 112, 12)
    assert cut[58:166, 58:166].min() == 255
    assert cut[:54].max() == cut[:, 170:].max() == 0


def test_too_few_faces_of_a_label_are_refused():
    with pytest.raises(ValueError, match=r"for no\. Each label needs 20"):
        crop_faces("smile", [*photos("yes", 20, 9), *photos("no", 19, 9)], FindsLightFaces())


def test_faces_survive_their_file(tmp_path, faces):
    faces.save(tmp_path / "faces.npz")
    loaded = Faces.load(tmp_path / "faces.npz")
    assert len(loaded) == len(faces)
    assert (loaded.images[3] == faces.images[3]).all()
    assert (Faces.join([loaded, loaded]).votes[len(faces) :] == faces.votes).all()


def test_faces_that_were_aligned_before_there_were_labels_have_none(tmp_path, faces):
    faces.save(tmp_path / "new.npz")
    with np.load(tmp_path / "new.npz") as file:
        np.savez(tmp_path / "old.npz", **{n: file[n] for n in file.files if n != "label"})
    loaded = Faces.load(tmp_path / "old.npz")
    assert loaded.label.tolist() == [""] * len(faces)
    assert (loaded.votes == faces.votes).all()


def test_jitter_stays_within_the_recipe():
    geometric = load_recipe("emotion").augmentation.geometric
    rng = np.random.default_rng(1)
    squares = [jitter_square(Square(50, 50, 20), geometric, rng) for _ in range(200)]
    sides = np.array([square.side for square in squares]) / 20
    assert geometric.scale[0] <= sides.min() < 1 < sides.max() <= geometric.scale[1]
    assert max(abs(square.roll) for square in squares) <= geometric.roll


def test_augmented_images_keep_their_shape_and_type():
    photometric = load_recipe("emotion").augmentation.photometric
    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (48, 48), dtype=np.uint8)
    for _ in range(100):
        result = augment(image, photometric, rng)
        assert (result.shape, result.dtype) == (image.shape, np.uint8)


def test_the_same_epoch_gives_the_same_batches(faces):
    spec, recipe = load_contract()["emotion"], load_recipe("emotion")
    targets = TARGETS["emotion"](faces)

    def first(epoch):
        return next(training_batches(faces, targets, spec, recipe, epoch))[0]

    assert (first(1) == first(1)).all()
    assert (first(1) != first(2)).any()


def test_each_occlusion_covers_a_part_and_leaves_a_part():
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (64, 64), dtype=np.uint8)
    for occlude in OCCLUSIONS:
        changed = np.mean([(occlude(image, rng) != image).mean() for _ in range(20)])
        assert 0.02 < changed < 0.6, occlude.__name__


def test_mixup_blends_crops_and_targets_but_not_intervals(faces):
    targets = TARGETS["age"](faces)
    shades = np.arange(len(faces), dtype=np.uint8) * 5
    crops = np.ones((len(faces), 4, 4, 1), np.uint8) * shades[:, None, None, None]
    blended, mixture = mixup(crops, targets, 1.0, np.random.default_rng(0))
    narrowed = targets.interval[:, 0]
    assert (blended[narrowed] == crops[narrowed]).all()
    assert (mixture.values[narrowed] == targets.values[narrowed]).all()
    assert (blended[~narrowed] != crops[~narrowed]).any()
    np.testing.assert_allclose(mixture.values[~narrowed].sum(axis=1), 1, rtol=1e-5)


def test_faces_of_a_custom_model_are_sampled_by_label():
    records = [*photos("yes", 1, 9), *photos("no", 3, 9)]
    faces = Faces.build("smile", records, np.zeros((4, 4), np.float32))
    assert sampling_groups(faces, folder_targets(faces, ("no", "yes"))).tolist() == [1, 0, 0, 0]


def test_oversampling_shows_rare_kinds_more_often_and_every_face():
    kind = np.repeat([0, 1], [900, 100])
    times = repeat_counts(kind, 0.5)
    assert times.mean() == pytest.approx(1)
    assert times[-1] / times[0] == pytest.approx(3)
    rows = draw_rows(times, np.random.default_rng(0))
    assert len(rows) == len(kind)
    assert np.bincount(rows)[900:].min() >= 1
    assert (repeat_counts(kind, 0.0) == 1).all()


def test_crops_for_evaluation_are_not_augmented(faces):
    spec = load_contract()["age"]
    assert detected_crops(faces, spec).shape == (len(faces), spec.size, spec.size, 1)
    assert whole_square(faces.images[0]) == Square(SIDE / 2, SIDE / 2, SIDE)
    assert whole_crops(faces, spec).dtype == np.uint8
