"""Hidden tests of ex13.

Losses are compared with NumPy in float64. Painting is judged by what is to be seen on the picture that comes back: the
grader's own network, with weights drawn for each submission, looks at it, and Gram matrices are computed here. How a
student scales the terms of the loss, and what the picture starts from, is left open. Painted are few, small pictures.
"""
