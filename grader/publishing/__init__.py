"""The course for others: the student kit without leaks, the autograder of Gradescope."""
