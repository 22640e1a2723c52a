"""The data of the exercises: `load(name)` returns arrays with a fixed train/test split.

Nothing is downloaded. `datasets/README.md` has a card for every set: origin, licence, size, baseline.
"""

from __future__ import annotations

from datasets.tabular import NAMES, Split, load

__all__ = ["NAMES", "Split", "load"]
