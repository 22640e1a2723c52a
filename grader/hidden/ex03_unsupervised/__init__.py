"""Hidden grader of ex03: distances of small integers are exact, ties included; k-means is graded by what must hold
from every start; components are compared up to their sign.
"""
