"""Hidden tests of ex12.

Only the capstone trains. Where a task needs a model, the grader makes one whose probabilities follow from a formula
(`known_language_models`): expected values come from NumPy, and nothing depends on another task of the student.
"""
