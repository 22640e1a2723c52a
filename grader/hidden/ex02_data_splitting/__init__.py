"""Hidden grader of ex02: sizes, partitions and pairs of a split, never its order; folds are read off the scores.

How the student draws from `rng` is the student's own. What is random is tested by what must be the same with the
same seed, must differ with another one, and must turn up sooner or later.
"""
