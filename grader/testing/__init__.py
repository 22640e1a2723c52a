"""What a test runs in, visible or hidden: the pytest plugin, the student's module, comparisons, verdicts, points."""
