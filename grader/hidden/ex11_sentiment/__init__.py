"""Hidden tests of ex11.

Words are made up, so that nothing is known of them but the texts and the vocabulary of the test. What a model can learn
is the capstone's question, and its only one: a model with raw scores, or with an output per position, has lost points
where it was built and gets its chance there.
"""
