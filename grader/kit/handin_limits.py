"""How large a hand-in may be, for whoever packs one and for whoever takes it."""

MAX_FILE = 2**20  # bytes of a module
MAX_NOTEBOOK = 64 * 2**20  # of a notebook: pictures and long outputs are in it, too


def megabytes(size: int) -> str:
    """Return a limit in words, such as "1 MB"."""
    return f"{size // 2**20} MB"
