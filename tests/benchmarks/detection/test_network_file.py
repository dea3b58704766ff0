import numpy as np
import pytest

from benchmarks.detection.network_file import by_stride

SIZE = (480, 480)


def test_square_map_with_as_many_channels_as_cells_keeps_its_order():
    maps = [np.random.default_rng(s).random((1, 480 // s, 480 // s, 15)) for s in (8, 16, 32)]
    cells, columns, stride = by_stride(maps, SIZE)[-1]
    assert (columns, stride) == (15, 32)
    assert (cells == maps[-1].reshape(225, 15)).all()


def test_score_of_two_outputs_is_their_geometric_mean():
    outputs = [
        np.full((1, 3600 // d, c), v, np.float32)
        for d in (1, 4, 16)
        for c, v in ((1, 0.9), (1, 0.4), (4, 2), (10, 3))
    ]
    for cells, _, _ in by_stride(outputs, SIZE):
        assert cells[0] == pytest.approx([0.6, *[2] * 4, *[3] * 10])
