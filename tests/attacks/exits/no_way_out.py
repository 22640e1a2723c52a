"""Takes away the ways in which the process of a submission ends, then makes it fall back into the code around it.

Says: process ended|not an answer
"""

import gc
import os
import sys

os._exit = sys.exit = os.abort = lambda *args: None
channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
channel.close()
