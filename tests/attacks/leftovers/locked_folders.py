"""Folders in which nothing may be listed, entered or removed.

Says: done|Permission
"""

import os


def confusion_matrix(*args):
    for mode in (0o300, 0o500, 0o100, 0):
        os.mkdir(f"locked{mode}")
        os.mkdir(f"locked{mode}/inside")
        open(f"locked{mode}/file", "w").close()
        try:
            os.chmod(f"locked{mode}", mode)
        except PermissionError:
            os.mkdir(f"made{mode}", mode)
    raise RuntimeError("done")
