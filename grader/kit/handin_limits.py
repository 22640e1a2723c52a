"""How large a hand-in may be, for whoever packs one and for whoever takes it."""

MAX_FILE = 2**20  # bytes of a module
MAX_NOTEBOOK = 16 * 2**20  # of a notebook: pictures in outputs are large


def megabytes(size: int) -> str:
    """Return a limit in words, such as "1 MB"."""
    return f"{size // 2**20} MB"
