"""The kit as an nbgrader course: its notebooks, autograding behind the wall, and nbgrader's gradebook."""
