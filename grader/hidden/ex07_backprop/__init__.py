"""Hidden grader of ex07.

The grader has its own network (`propagate`, `mean_loss`, `gradient`, `descend`), so that a wrong task costs
no other task's points wherever the interface allows it:

- `forward`, `loss` and `predict` read parameters that were made or trained here;
- `backward` is checked against central differences of the grader's loss; only its cache is the student's;
- `train` is checked exactly without knowing a single random draw: see `start_of` in `test_training.py`.
"""
