"""What people read of a graded class: a feedback page per student, a report per class."""
