"""What the values of libraries become, without those libraries: histograms, arrays, tensors, odd objects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logstore.errors import RowError
from logstore.writing.values import histogram, plain_config, plain_row, scalar


class Torch:
    """What of a torch tensor is used: it lives on a device, has a graph and a precision that NumPy does not know."""

    def __init__(self, array: npt.NDArray[np.float64], where: str = "cuda graph bfloat16") -> None:
        self.array, self.where = array, where
        self.shape, self.ndim = array.shape, array.ndim

    def detach(self) -> Torch:
        return Torch(self.array, self.where.replace(" graph", ""))

    def cpu(self) -> Torch:
        return Torch(self.array, self.where.replace("cuda", ""))

    def double(self) -> Torch:
        return Torch(self.array, self.where.replace(" bfloat16", ""))

    def item(self) -> float:
        return float(self.array.item())

    def tolist(self) -> Any:
        return self.array.tolist()

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[np.float64]:
        assert not self.where.strip(), f"not convertible: {self.where}"
        return self.array


class TensorFlow:
    """What of a tensorflow tensor is used: ``numpy()``, and no ``item()``."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value)
        self.shape = self.value.shape

    def numpy(self) -> Any:
        return self.value


def test_tensors_of_any_device_become_numbers_lists_or_histograms() -> None:
    large = np.linspace(0, 1, 64)
    row = plain_row({"zero": Torch(np.array(2.5)), "small": Torch(np.arange(3.0)), "large": Torch(large)})
    assert row["zero"] == 2.5
    assert row["small"] == [0, 1, 2]
    assert row["large"] == {"_type": "histogram", "bins": row["large"]["bins"], "counts": [2] * 32}  # type: ignore[index]
    assert plain_row({"a": TensorFlow(3), "b": TensorFlow([1, 2])}) == {"a": 3, "b": [1, 2]}


@pytest.mark.parametrize(
    "array", [Torch(np.array([2.5])), Torch(np.array([[2.5]])), np.array([2.5]), np.longdouble(2.5)]
)
def test_what_holds_one_number_is_that_number(array: Any) -> None:
    assert plain_row({"loss": array, "by": {"head": array}}) == {"loss": 2.5, "by": {"head": 2.5}}


def test_a_complex_number_is_none_for_a_row_whatever_its_precision() -> None:
    for array in (np.clongdouble(1j), np.array([1j])):
        with pytest.raises(RowError, match="'z' is of type complex"):
            plain_row({"z": array})


class Nowhere(Torch):
    """A tensor that is sparse, or on no device."""

    def item(self) -> float:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!\nTry to_empty().")

    tolist = item


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_a_tensor_without_values_is_named_in_a_row_and_described_in_a_config(shape: tuple[int, ...]) -> None:
    tensor = Nowhere(np.zeros(shape))
    with pytest.raises(RowError, match=r"'grad' is of type .*Nowhere whose values cannot be had: Cannot.*no data!$"):
        plain_row({"grad": tensor})
    assert str(plain_config({"grad": tensor})["grad"]).endswith("Nowhere")


NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.sampled_from([np.nan, np.inf])


@given(hnp.arrays(np.float64, st.integers(33, 200), elements=NUMBERS))
def test_a_histogram_is_that_of_numpy(array: npt.NDArray[np.float64]) -> None:
    finite = array[np.isfinite(array)]
    counts, edges = np.histogram(finite, bins=32)
    found = histogram(array)
    assert found is not None
    assert found["counts"] == counts.tolist()
    assert found["bins"] == edges.tolist()
    assert found.get("nonfinite", 0) == len(array) - len(finite)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(100) % 7,
        np.arange(40).astype(np.float16),
        np.arange(40) % 2 == 0,
        np.zeros((8, 8)),
        np.array([np.nan] * 40),
        np.arange(40).astype(np.uint8),
    ],
)
def test_without_numpy_a_histogram_is_about_the_same(array: npt.NDArray[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = histogram(array)
    monkeypatch.delitem(sys.modules, "numpy")
    found = histogram(array)
    assert expected is not None
    assert found is not None
    assert found["counts"] == expected["counts"]
    assert found["bins"] == pytest.approx(expected["bins"])
    assert found.get("nonfinite") == expected.get("nonfinite")


@pytest.mark.parametrize("array", [np.array(["a"] * 40), np.array([None] * 40), np.array([1j] * 40)])
def test_what_is_no_number_has_no_histogram(array: npt.NDArray[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert histogram(array) is None
    monkeypatch.delitem(sys.modules, "numpy")
    assert histogram(array) is None


def test_text_in_a_large_array_stays_a_list() -> None:
    assert plain_row({"a": np.array(["x"] * 40)}) == {"a": ["x"] * 40}
    with pytest.raises(RowError, match="'a' is of type complex"):
        plain_row({"a": np.array([1j] * 40)})


def test_only_scalars_are_scalars() -> None:
    assert scalar(np.float64(2.5)) == 2.5
    assert scalar(np.array(3)) == 3
    for value in (np.arange(2), object(), [1], {1}):
        with pytest.raises(TypeError):
            scalar(value)


def test_an_object_that_only_looks_like_an_array_is_refused() -> None:
    class Frame:
        shape = (2, 2)

    with pytest.raises(RowError, match=r"'frame' is of type .*Frame"):
        plain_row({"frame": Frame()})
    with pytest.raises(RowError, match="'kind' is of type type"):
        plain_row({"kind": Frame})


def test_a_circle_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(RowError, match="nested too deeply"):
        plain_row({"a": circle})
    with pytest.raises(RowError, match="nested too deeply"):
        plain_config({"a": circle})


def test_no_library_is_imported_for_a_value() -> None:
    code = (
        "import sys, logstore.writing.values as v; v.plain_row({'a': [1.0, {'b': 2}]}); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path.cwd(), capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
