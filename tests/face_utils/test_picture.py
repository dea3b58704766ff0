"""Pictures that are decoded at half size, and in full only when that is needed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from face_utils.errors import BadImage
from face_utils.frame import FrameReader, LiveFrame
from face_utils.image import ImageLimits, decode, examine
from face_utils.picture import Picture
from face_utils.rotation import ROTATIONS, rotate_image
from tests.face_utils.image_files import encode
from tests.support.drawn_faces import DrawnFaceDetector

LIMITS = ImageLimits(2 * 1024 * 1024, 1920 * 1080)
SIZES = [(512, 512), (511, 300), (300, 511), (301, 302), (302, 301), (1, 1), (2, 1), (17, 400)]


def jpeg(image):
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def turned(image, orientation):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return encode(Pillow.fromarray(image[..., ::-1]), "JPEG", quality=95, exif=exif)


def read(data, **options):
    return Picture.read(examine(data, LIMITS), **options)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_jpeg_is_decoded_at_half_size_and_knows_its_full_size(face_image, width, height):
    data = jpeg(face_image[:height, :width])

    picture = read(data)
    half, scale = picture.at_least(0.5)

    assert (picture.width, picture.height) == (width, height)
    assert half.shape == ((height + 1) // 2, (width + 1) // 2, 3)
    assert scale == 0.5
    np.testing.assert_array_equal(picture.full(), decode(data, LIMITS))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("width", "height"), [(512, 300), (301, 302), (302, 301)])
def test_the_half_is_upright_like_the_whole(face_image, orientation, width, height):
    data = turned(face_image[:height, :width], orientation)
    whole = decode(data, LIMITS)

    picture = read(data)

    assert (picture.width, picture.height) == (whole.shape[1], whole.shape[0])
    half, _ = picture.at_least(0.5)
    shrunk = cv2.resize(whole, half.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(half.astype(int) - shrunk).mean() < 4


@pytest.mark.parametrize("rotate", ROTATIONS)
def test_a_rotated_camera_s_half_is_upright_too(face_image, rotate):
    data = jpeg(face_image[:300])

    picture = read(data, rotate=rotate)

    whole = rotate_image(decode(data, LIMITS), rotate)
    assert (picture.width, picture.height) == (whole.shape[1], whole.shape[0])
    np.testing.assert_array_equal(picture.full(), whole)
    half, _ = picture.at_least(0.4)
    shrunk = cv2.resize(whole, half.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(half.astype(int) - shrunk).mean() < 4


@pytest.mark.parametrize("kind", [".png", ".webp"])
def test_other_formats_are_decoded_in_full(face_image, kind):
    data = cv2.imencode(kind, face_image)[1].tobytes()

    picture = read(data)

    assert examine(data, LIMITS).decode_half() is None
    np.testing.assert_array_equal(picture.full(), decode(data, LIMITS))


@pytest.mark.parametrize(
    ("scale", "given"), [(2.0, 1), (1.0, 1), (0.51, 1), (0.5, 0.5), (0.3, 0.5), (0.25, 0.25)]
)
def test_the_smallest_sufficient_size_is_given(face_image, scale, given):
    picture = Picture.of(face_image)

    image, actual = picture.at_least(scale)

    assert actual == given
    assert image.shape[0] == 512 * given


@pytest.mark.parametrize("rotate", ROTATIONS)
def test_a_crop_at_full_size_is_cut_out_of_grey_pixels(face_image, rotate):
    picture = read(jpeg(face_image[:300]), rotate=rotate)
    whole = rotate_image(decode(jpeg(face_image[:300]), LIMITS), rotate)

    grey, scale = picture.for_crop(0.51)

    assert scale == 1
    assert grey.shape == whole.shape[:2]
    assert np.abs(grey.astype(int) - cv2.cvtColor(whole, cv2.COLOR_BGR2GRAY)).mean() < 1
    half, scale = picture.for_crop(0.5)
    assert (half.ndim, scale) == (3, 0.5)


def test_pixels_that_are_there_are_not_decoded_again_in_grey(face_image):
    picture = Picture.of(face_image)

    assert picture.for_crop(1.0)[0] is face_image


def test_a_damaged_jpeg_is_refused_as_before(face_image):
    data = jpeg(face_image)
    reader = FrameReader(lambda _: [], LIMITS, 16, DrawnFaceDetector())

    for broken in (b"not an image", data[:200]):
        with pytest.raises(BadImage) as opened:
            reader.open(broken)
        with pytest.raises(BadImage) as read:
            reader.read(broken)
        assert str(opened.value) == str(read.value)


def test_a_reader_without_a_live_detector_searches_at_once(face_image):
    data = jpeg(face_image)

    assert isinstance(
        FrameReader(lambda _: [], LIMITS, 16, DrawnFaceDetector()).open(data), LiveFrame
    )
    assert FrameReader(lambda _: [], LIMITS, 16).open(data).faces == []
