"""Asks the kernel not to end it with its parent, so that it would outlive a grading run that is stopped.

Says: it would not survive
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 2, 36
libc.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)
signal = ctypes.c_int()
libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(signal), 0, 0, 0)
raise RuntimeError("it would not survive" if signal.value == 9 else "ESCAPED: it stays alive")
