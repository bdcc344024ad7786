"""Vectors that are refused, because nothing could be compared with them once they are stored in 32 bits."""

import math
import struct

import pytest

from weft.errors import InputError
from weft.threads.vectors import MAX_DIMENSION, check_vector

LEAST = 2.0**-149
"""The least number that is not 0 in 32 bits."""


@pytest.mark.parametrize(
    "vector",
    [(1.0,), (0.0, -1.0), (LEAST, 0.0), (0.0, -LEAST), (1e-50, 1.0), (3.4e38, 0.0), (0.5 * LEAST * 1.0001,)],
)
def test_a_vector_that_has_a_direction_in_32_bits_can_be_compared(vector: tuple[float, ...]) -> None:
    check_vector(vector, ())
    assert any(struct.unpack(f"<{len(vector)}f", struct.pack(f"<{len(vector)}f", *vector)))


@pytest.mark.parametrize("vector", [(0.0,), (0.0, -0.0), (1e-50, 0.0), (0.0, -1e-50), (0.5 * LEAST, 0.5 * LEAST)])
def test_a_vector_whose_numbers_are_all_0_in_32_bits_has_no_direction(vector: tuple[float, ...]) -> None:
    assert not any(struct.unpack(f"<{len(vector)}f", struct.pack(f"<{len(vector)}f", *vector)))
    with pytest.raises(InputError, match="no direction") as caught:
        check_vector(vector, ("input", "vector"))
    assert caught.value.path == ("input", "vector")


@pytest.mark.parametrize("vector", [(math.nan, 1.0), (math.inf,), (1.0, -math.inf), (3.5e38,), (0.0, 1e300)])
def test_a_vector_whose_numbers_are_not_finite_in_32_bits_is_refused(vector: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="finite"):
        check_vector(vector, ())


@pytest.mark.parametrize("count", [0, MAX_DIMENSION + 1])
def test_a_vector_of_no_numbers_or_too_many_is_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"1 to {MAX_DIMENSION}"):
        check_vector([1.0] * count, ())
