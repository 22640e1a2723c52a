"""Removes what a student's process left in its folder, however it was made."""

import contextlib
import os
import subprocess


def remove(folder: str) -> bool:
    """Remove `folder` with all that is in it; returns whether it is gone.

    Folders without permissions, or nested more deeply than a path can name, are work for chmod and rm, which know how;
    what an ordinary submission leaves needs no other process.
    """
    try:
        for entry in os.listdir(folder):
            os.unlink(os.path.join(folder, entry))
        os.rmdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        for words in (["chmod", "-R", "u+rwx", "--", folder], ["rm", "-rf", "--", folder]):
            with contextlib.suppress(OSError):
                subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return not os.path.lexists(folder)
