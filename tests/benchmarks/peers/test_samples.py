"""The faces that all systems predict."""

from __future__ import annotations

import numpy as np

from benchmarks.peers.file_protocol import CROP, WHOLE
from benchmarks.peers.samples import detected_share, draw, image_sets
from serving.training.alignment import typical_square


def test_a_draw_depends_on_the_seed_alone(make_faces, tmp_path):
    faces = make_faces("utkface", [{"ages": (age, age)} for age in range(50)])
    faces.save(tmp_path / "utkface.npz")

    first, again, other = (
        draw("utkface", 10, seed, tmp_path, tmp_path).ages[:, 0].tolist() for seed in (1, 1, 2)
    )

    assert first == again != other
    assert len(set(first)) == 10


def test_a_face_on_which_the_annotators_disagree_is_not_drawn(make_faces, tmp_path):
    clear, split = (9, 0, 0, 0, 0, 0, 0, 0, 0, 0), (2, 2, 2, 2, 2, 0, 0, 0, 0, 0)
    make_faces("ferplus", [{"votes": clear}, {"votes": split}]).save(tmp_path / "ferplus.npz")

    assert len(draw("ferplus", 2, 0, tmp_path, tmp_path)) == 1


def test_both_inputs_have_the_image_s_size_and_the_crop_shows_the_face_larger(make_faces):
    faces = make_faces("utkface", [{"ages": (20, 20)}])
    faces.images[0][5:15, 5:15] = 200

    parts = {part.input: part.images[0] for part in image_sets(faces)}

    assert parts[WHOLE].shape == parts[CROP].shape == faces.images[0].shape
    assert (parts[WHOLE] == faces.images[0]).all()
    assert parts[CROP].mean() > parts[WHOLE].mean()


def test_a_face_with_the_typical_square_was_not_found(make_faces):
    faces = make_faces("utkface", [{"ages": (20, 20)}] * 4)
    typical = typical_square("utkface", len(faces.images[0]))
    faces.squares[3] = np.float32([typical.x, typical.y, typical.side, 0])

    assert detected_share(faces) == 0.75
