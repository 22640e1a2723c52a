"""A student's day: tests of their own code, the score board, hints, pictures, the hand-in."""
