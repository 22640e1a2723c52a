"""Are the hidden graders right? Each is tried on files whose points are known.

`cases.py` has the files that people wrote (the solution, the stub, correct code in other styles, misconceptions),
`trivial.py` makes files that answer without work, `operators.py` and `mutants.py` make small mistakes in the solution,
`equivalents.py` knows those that are none, `checks.py` says what the points mean, `report.py` shows it.
"""
