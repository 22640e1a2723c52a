"""Hidden grader of ex07.

The grader has its own network (`propagate`, `mean_loss`, `gradient`, `descend`), so that a wrong task costs
no other task's points wherever the interface allows it:

- the steps get arrays that were made here, and `forward` and `predict` parameters that were made or trained here;
- `dense_backward`, `relu_backward` and `softmax_cross_entropy` are checked against central differences of the forward
  formulas, and so is `backward`, with an error signal made here: only its cache is the student's;
- `check_gradient` gets functions and gradients, right and wrong, that were made here;
- `train` is checked exactly without knowing a single random draw: see `start_of` in `test_training.py`.
"""
