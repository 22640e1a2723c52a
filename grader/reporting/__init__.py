"""Results for people and for other programs, and how much of them a student may see."""
