from __future__ import annotations

import doctest
from typing import get_args

import pytest

from face_utils import errors
from face_utils.errors import MienError


def test_the_codes_are_the_closed_list_of_the_protocol():
    codes = {error.code for error in MienError.__subclasses__()}

    assert codes == set(get_args(errors.ErrorCode))
    assert codes == {
        "bad_request",
        "bad_image",
        "image_too_large",
        "rate_limited",
        "unauthorized",
        "server_full",
        "model_unavailable",
        "session_expired",
        "internal",
    }


@pytest.mark.parametrize("error", MienError.__subclasses__())
def test_the_tree_in_the_docstring_shows_every_error_with_its_code(error):
    [line] = [line for line in errors.__doc__.splitlines() if f" {error.__name__} " in line]

    assert error.code in line.split()


def test_an_error_carries_its_sentence():
    error = errors.BadImage("The PNG is cut off.")

    assert error.message == str(error) == "The PNG is cut off."


def test_the_example_in_the_docstring_is_true():
    assert doctest.testmod(errors).failed == 0
