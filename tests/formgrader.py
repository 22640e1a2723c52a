"""nbgrader's formgrader, served on this machine's own address for as long as a test needs it.

    python tests/formgrader.py COURSE PICTURE

takes a picture of the class of COURSE, for the documentation.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import Any

EXTENSIONS = "{'nbgrader.server_extensions.formgrader': True}"


class Formgrader:
    """The server, from `with` to its end; `url` is where the pages are."""

    def __init__(self, course: Path) -> None:
        self._course, self._token = course, secrets.token_hex(16)
        self._home = tempfile.TemporaryDirectory(prefix="formgrader-")

    def __enter__(self) -> Formgrader:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/formgrader"
        home = dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), self._home.name)
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={port}", "--port-retries=0", f"--IdentityProvider.token={self._token}"]
        command += [f"--ServerApp.root_dir={self._course}", f"--ServerApp.jpserver_extensions={EXTENSIONS}"]
        self._server = subprocess.Popen(
            command, cwd=self._course, env=os.environ | home, stderr=subprocess.PIPE, text=True
        )
        assert self._server.stderr is not None
        said = []
        for line in self._server.stderr:
            said.append(line)
            if "is running at" in line:
                # A pipe that nobody reads would stop the server.
                threading.Thread(target=self._server.stderr.read, daemon=True).start()
                return self
        self.__exit__()
        raise RuntimeError("".join(said))

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.wait()
        self._home.cleanup()

    def address(self, page: str) -> str:
        """The page with what lets one in."""
        return f"{self.url}/{page}?token={self._token}"

    def text(self, page: str) -> str:
        """A page that was found; anything but 200 is an error."""
        with urllib.request.urlopen(self.address(page), timeout=60) as answer:
            return answer.read().decode()

    def json(self, page: str) -> Any:
        return json.loads(self.text(page))


def take_picture(address: str, picture: Path) -> None:
    """What Chromium shows at `address`."""
    browser = shutil.which("chromium") or "chromium-browser"
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", "--no-sandbox", f"--user-data-dir={profile}", "--hide-scrollbars"]
        command += ["--window-size=1100,640", "--virtual-time-budget=20000", f"--screenshot={picture}", address]
        subprocess.run(command, check=True, capture_output=True, timeout=300)


if __name__ == "__main__":
    with Formgrader(Path(sys.argv[1]).resolve()) as formgrader:
        take_picture(
            formgrader.address(*sys.argv[3:] or ["gradebook/ex01_metrics/metrics"]), Path(sys.argv[2]).resolve()
        )
