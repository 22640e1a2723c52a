"""Gradescope's autograder: the zip file, and the run in its container."""
