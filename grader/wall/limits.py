"""Every limit of the wall: what a student's process may use, how long it may take, and how much may come back."""

from dataclasses import dataclass


# One process
@dataclass(frozen=True)
class Limits:
    """What the kernel holds one student's process to. CPU seconds of single calls are watched from outside."""

    cpu_seconds: int = 3600
    data_bytes: int = 2 * 2**30
    file_bytes: int = 32 * 2**20
    open_files: int = 128
    processes: int = 512


# What is watched from outside.
MAX_MEMORY = 3 * 2**30  # with its page tables and what is swapped out
MAX_THREADS = 256
MAX_SCRATCH = 64 * 2**20  # bytes of the files that it writes
MAX_FILES = 1000

# Time
IMPORT_SECONDS = 10.0
CALLS_PER_TASK = 3  # all calls of a task together may use three times what one of them may
START_SECONDS = 120  # until a sandbox has imported its libraries
SPAWN_SECONDS = 60  # until it has forked a process
FATE_SECONDS = 1.0  # until it is known how a process has ended that answers no more
TICK = 0.02  # between two looks at a process
UNNAMED_SECONDS = 0.2  # between two looks at its files without a name


def wall_limit(cpu_seconds: float) -> float:
    """How long a call may take that may use `cpu_seconds`: machines are busy, and sleeping is not computing."""
    return min(10 * cpu_seconds, 3 * cpu_seconds + 60)


# What crosses
MAX_TREE = 2 * 2**20  # bytes of a message without its arrays: n bytes can unpack to 60 n bytes of objects
MAX_BLOBS = 10_000  # arrays of a message
MAX_FRAME = 256 * 2**20  # bytes of a message with its arrays
MAX_TREES_PER_TASK = 16 * 2**20  # bytes of all messages of a task without their arrays: reading them takes time
MAX_KEPT = 2**29  # bytes of all messages of a submission that are kept to look for misconceptions
BYTES_PER_TREE_BYTE = 60  # what one byte of a message can become
MAX_DEPTH = 40  # of nested lists
MAX_INT_DIGITS = 4000
MAX_SAME_HASH = 50  # members of a set or keys of a dict; of others, one or two have the same
MAX_ITEMS = 100_000  # of an iterator
MAX_TEXT = 500  # characters of a message for people
MAX_TEXT_SHOWN = 300  # of its first line
MAX_WARNINGS = 20

# A Keras model
MAX_PARAMETERS = 20_000_000
MAX_CONFIG = 2 * 2**20  # bytes
MAX_CONFIG_DEPTH = 60
MAX_NAME = 200  # characters of a name, or of any other text in a configuration
MAX_LAYERS = 300
MAX_CALLS = 1000  # of its layers and operations
MAX_TENSOR = 2**24  # numbers between two layers, for one sample
MAX_TENSORS = 2**27  # numbers between all its layers together, for one sample
MAX_COMPILE_CONFIG = 10_000  # bytes of how it is compiled
MAX_METRICS = 20  # and losses
MAX_METRIC_SIZE = 1000  # of any whole number that a loss or metric takes: thresholds, classes
MAX_METRIC_STATE = 2**22  # numbers that all its metrics together keep

# The grader's own processes
GRADER_DATA_BYTES = 6 * 2**30
GRADER_TASK_SECONDS = 120  # for the tests of one task, beside the calls of the student's functions
