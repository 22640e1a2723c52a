"""Jupyter notebooks: made from an exercise, checked in the student's kernel, read as the module that is graded."""
