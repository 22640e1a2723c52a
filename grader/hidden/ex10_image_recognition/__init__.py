"""Hidden tests of ex10.

Models are probed with weights set by hand and single forward passes; only two tests train, the last ones of
`build_cnn` and of `build_transfer_model`.
"""
