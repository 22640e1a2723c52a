"""How large a hand-in may be, and what reading one may use: for whoever packs one and for whoever takes it."""

# What is graded
MAX_FILE = 2**20  # bytes of a module, and of the code in a notebook
MAX_NOTEBOOK = 64 * 2**20  # of a notebook: pictures and long outputs are in it, too

# All of one student: folders, archives, and archives within archives together
MAX_MEMBERS = 50_000  # files that are looked at
MAX_INFLATED = 256 * 2**20  # bytes that come out of archives
MAX_DEPTH = 3  # archives within archives
MAX_FOLDERS = 100  # folders within folders
READING_CPU_SECONDS = 10.0
READING_MEMORY = 2**30  # bytes

# When a reader does not stop by itself at the limits above, its process is ended.
READING_GRACE_SECONDS = 5  # of CPU, beyond the limit
READING_WALL_SECONDS = 120.0  # for a folder that does not answer, such as one on a network

# What is compared for likeness
MAX_COMPARED = 50_000  # bytes of a file; the longest solution has 17,000
COMPARING_CPU_SECONDS = 5.0  # for the tokens of a file


def megabytes(size: int) -> str:
    """Return a limit in words, such as "1 MB"."""
    return f"{size // 2**20} MB"
