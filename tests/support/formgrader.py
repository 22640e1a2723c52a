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
import time
import urllib.parse
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
        self._log = Path(self._home.name, "log")
        with self._log.open("w") as log:
            self._server = subprocess.Popen(command, cwd=self._course, env=os.environ | home, stderr=log)
        while not self._answers(port):
            if self._server.poll() is not None:
                raise RuntimeError(self._log.read_text())
            time.sleep(0.1)
        return self

    def _answers(self, port: int) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.wait()
        self._home.cleanup()

    def address(self, page: str) -> str:
        """The page with what lets one in."""
        return f"{self.url}/{page}?token={self._token}"

    def address_for_browsers(self, page: str) -> str:
        """The same for a browser, which keeps a cookie for what the page asks for."""
        place = urllib.parse.urlsplit(self.url)
        return f"{place.scheme}://{place.netloc}/login?token={self._token}&next={place.path}/{page}"

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
        command += ["--window-size=1100,640", "--virtual-time-budget=60000", f"--screenshot={picture}", address]
        subprocess.run(command, check=True, capture_output=True, timeout=300)


if __name__ == "__main__":
    with Formgrader(Path(sys.argv[1]).resolve()) as formgrader:
        take_picture(formgrader.address_for_browsers("manage_submissions/ex01_metrics"), Path(sys.argv[2]).resolve())
