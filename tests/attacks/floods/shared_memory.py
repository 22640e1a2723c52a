"""Memory that is shared and does not count as data: written page by page, in three gibibytes at a time.

Says: memory|MemoryError|OSError|PermissionError|CPU time
"""

import mmap


def confusion_matrix(*args):
    area = mmap.mmap(-1, 13 * 2**28)
    page = bytes(2**20)
    for place in range(0, len(area), len(page)):
        area[place : place + len(page)] = page
    return "ESCAPED"
