"""Are the thresholds safe? Trains the reference over many seeds and compares what it reaches with what is asked for.

`one_run.py` runs the tests of one seed, `measurements.py` keeps what they measured, `judgement.py` says how far a
threshold is from both sides, `campaign.py` does many seeds, `report.py` shows them.
"""
