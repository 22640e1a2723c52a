"""Hidden tests of ex08.

Cheap by design, since every submission pays: models are probed with weights set by hand and one forward pass,
the answers come from NumPy, and few steps are trained. A run at learning rate 0 shows the split: the model stays
the same, so the losses in the history are means over known numbers.
"""
