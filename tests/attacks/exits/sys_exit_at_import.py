"""Leaves with success while the file is imported, and leaves something to do at exit.

Says: SystemExit|StudentError
"""

import atexit
import sys
from pathlib import Path

atexit.register(lambda: Path("@COURSE@/@MARKER@").write_text("passed"))
sys.exit(0)
