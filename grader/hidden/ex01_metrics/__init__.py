"""Hidden grader of ex01: every metric by hand, against plain counting on random labels, and at its edges."""
