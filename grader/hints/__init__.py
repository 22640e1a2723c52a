"""Hints for a student: the ladder of an exercise, and the known mistakes that their own run recognises."""
