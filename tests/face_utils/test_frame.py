from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_utils.cropping import crop, face_square
from face_utils.detection import Detection
from face_utils.errors import BadImage, BadRequest, ImageTooLarge
from face_utils.frame import ClientFace, ClientFrame, FrameReader
from face_utils.image import ImageLimits

LIMITS = ImageLimits(2 * 1024 * 1024, 1920 * 1080)
MARGIN, SIZE = 0.05, 48


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()


def detection(*box):
    return Detection(np.array(box, np.float32), 0.9)


def read_given(width, height, faces, limits):
    """Reads a frame whose faces the client found itself."""
    reader = FrameReader(pytest.fail, limits, max_faces=16)
    return reader.read_client_faces(ClientFrame(width, height, faces))


def see(image, *boxes, max_faces=16):
    return FrameReader(lambda _: [detection(*b) for b in boxes], LIMITS, max_faces).read(png(image))


def cut_out(image, face, margin, size=None):
    """A crop as the page makes it: an upright square around the face, as a separate image."""
    square = face_square(face.box, margin)
    x, y, side = (
        round(square.x - square.side / 2),
        round(square.y - square.side / 2),
        round(square.side),
    )
    wide = cv2.copyMakeBorder(image, 200, 200, 200, 200, cv2.BORDER_REPLICATE)
    part = wide[y + 200 : y + side + 200, x + 200 : x + side + 200]
    if size:
        part = cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA)
    return ClientFace(face, np.array([x, y, side, side], np.float32), png(part))


def given(image, face, margin=0.3, size=None):
    """The face as it is seen in the client's own crop."""
    height, width = image.shape[:2]
    return read_given(width, height, [cut_out(image, face, margin, size)], LIMITS).faces[0]


def test_a_frame_is_measured_and_its_faces_found(face_jpeg, detector):
    frame = FrameReader(detector.detect, LIMITS, 16).read(face_jpeg)

    assert (frame.width, frame.height) == (512, 512)
    assert len(frame.faces) == 1
    assert set(frame.timings) == {"decode_ms", "detect_ms"}


def test_a_frame_is_given_to_the_detector_once(face_image):
    shown = []

    FrameReader(lambda image: shown.append(image) or [], LIMITS, 16).read(png(face_image))

    [image] = shown
    np.testing.assert_array_equal(image, face_image)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_camera_shows_the_upright_frame(face_image, rotate):
    stored = np.ascontiguousarray(np.rot90(face_image[:300], k=rotate // 90))
    shown = []
    reader = FrameReader(lambda image: shown.append(image) or [detection(9, 8, 90, 80)], LIMITS, 16)

    for frame in (reader.read(png(stored), rotate), reader.read_image(stored, rotate)):
        assert (frame.width, frame.height) == (512, 300)
        np.testing.assert_array_equal(shown.pop(), face_image[:300])
        np.testing.assert_array_equal(frame.faces[0].image, face_image[:300])


def test_a_face_is_cropped_as_cropping_says(face_image):
    seen = see(face_image, (173, 68, 107, 107)).faces[0]

    expected = crop(face_image, face_square(seen.detection.box, MARGIN), SIZE)
    np.testing.assert_array_equal(seen.crop(MARGIN, SIZE), expected)


def test_every_face_is_read_because_the_tracker_chooses_among_them(face_image):
    frame = see(face_image, (0, 0, 50, 50), (100, 0, 50, 50), (200, 0, 50, 50), max_faces=2)

    assert [float(face.detection.box[0]) for face in frame.faces] == [0, 100, 200]


def test_a_face_at_the_edge_stays_and_one_outside_is_left_out(face_image):
    frame = see(face_image, (-40, 10, 50, 50), (-60, 10, 50, 50), (512, 10, 50, 50))

    assert [float(face.detection.box[0]) for face in frame.faces] == [-40]


def test_a_frame_beyond_the_limits_is_not_analyzed(face_image):
    with pytest.raises(ImageTooLarge):
        FrameReader(pytest.fail, ImageLimits(10**7, 1000), 16).read(png(face_image))
    with pytest.raises(BadImage):
        FrameReader(pytest.fail, LIMITS, 16).read(b"not an image")


@pytest.mark.parametrize("box", [(173, 68, 107, 107), (-30, 20, 90, 110), (450, 440, 100, 90)])
def test_a_crop_that_the_client_cut_out_shows_the_same_as_the_frame(face_image, box):
    whole = see(face_image, box).faces[0]

    part = given(face_image, whole.detection)

    difference = np.abs(part.crop(MARGIN, SIZE).astype(int) - whole.crop(MARGIN, SIZE))
    assert difference.max() <= 1


def test_a_crop_that_the_client_also_shrank_shows_almost_the_same(face_image):
    whole = see(face_image, (173, 68, 107, 107)).faces[0]

    part = given(face_image, whole.detection, size=120)

    difference = np.abs(part.crop(MARGIN, SIZE).astype(int) - whole.crop(MARGIN, SIZE))
    assert difference.mean() < 3


def test_a_tilted_face_is_turned_upright_out_of_the_client_s_crop_too(face_image, detector):
    turn = cv2.getRotationMatrix2D((226.0, 121.0), -25, 1.0)
    turned = cv2.warpAffine(face_image, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    whole = FrameReader(detector.detect, LIMITS, 16).read(png(turned)).faces[0]
    assert whole.detection.roll > 10

    part = given(turned, whole.detection, margin=0.4)

    difference = np.abs(part.crop(MARGIN, SIZE).astype(int) - whole.crop(MARGIN, SIZE))
    assert difference.max() <= 1


def test_given_faces_keep_their_place_in_the_frame(face_image):
    face = detection(173, 68, 107, 107)

    frame = read_given(640, 480, [cut_out(face_image, face, 0.3)] * 2, LIMITS)

    assert (frame.width, frame.height) == (640, 480)
    assert [seen.detection for seen in frame.faces] == [face, face]
    assert set(frame.timings) == {"decode_ms", "detect_ms"}


def test_a_frame_without_faces_needs_no_crops():
    assert read_given(640, 480, [], LIMITS).faces == []


@pytest.mark.parametrize(
    ("shape", "crop_box"), [((100, 80), (0, 0, 100, 100)), ((100, 100), (0, 0, 100, 80))]
)
def test_a_crop_that_is_not_square_is_refused(shape, crop_box):
    data = png(np.zeros((*shape, 3), np.uint8))
    face = ClientFace(detection(10, 10, 50, 50), np.array(crop_box, np.float32), data)

    with pytest.raises(BadRequest, match="must be square"):
        read_given(640, 480, [face], LIMITS)


def test_a_crop_is_held_to_the_limits_of_a_frame():
    data = png(np.zeros((100, 100, 3), np.uint8))
    face = ClientFace(detection(10, 10, 50, 50), np.array([0, 0, 100, 100], np.float32), data)

    with pytest.raises(ImageTooLarge):
        read_given(640, 480, [face], ImageLimits(10**6, 9999))
    with pytest.raises(BadImage):
        read_given(640, 480, [ClientFace(face.detection, face.crop_box, data[:60])], LIMITS)
