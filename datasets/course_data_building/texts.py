"""Movie-review sentences and a novel."""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from course_data_building.packages import JANE_AUSTEN, VADER, read

# Sentences that people rated nearer to 0 than this are neither positive nor negative.
CLEAR_RATING = 0.5
REVIEWS_FOR_TESTING = 2009
FOLDER_OF_AUSTEN = "./usr/lib/R/site-library/janeaustenr/data"


def reviews(packages: Path) -> str:
    """`label<TAB>sentence` lines (1 is positive) in a fixed random order; the first 2,009 are for testing."""
    with VADER.files(packages) as archive:
        inner = read(archive, "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        text = read(archive, "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt").decode("utf-8")
    rows = [(float(rating), sentence) for _, rating, sentence in csv.reader(text.splitlines(), "excel-tab", quoting=3)]
    clear = [f"{int(rating > 0)}\t{sentence}" for rating, sentence in rows if abs(rating) > CLEAR_RATING]
    order = np.random.default_rng(0).permutation(len(clear))
    return "".join(f"{clear[index]}\n" for index in order)


def austen(packages: Path) -> str:
    """Pride and Prejudice, a line of print to a line."""
    with JANE_AUSTEN.files(packages) as archive:
        index = _r_object(gzip.decompress(read(archive, f"{FOLDER_OF_AUSTEN}/Rdata.rdx")))
        content = read(archive, f"{FOLDER_OF_AUSTEN}/Rdata.rdb")
    start, length = (int(number) for number in index["variables"]["prideprejudice"])
    # A record begins with four bytes that tell its size when it is unpacked.
    return "\n".join(_r_object(zlib.decompress(content[start + 4 : start + length]))) + "\n"


def _r_object(serialized: bytes) -> Any:
    import rdata

    return rdata.conversion.convert(rdata.parser.parse_data(serialized))
