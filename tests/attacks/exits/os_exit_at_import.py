"""Ends the process with success while the file is imported.

Says: process ended
"""

import os

os._exit(0)
