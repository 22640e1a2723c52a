"""One submission becomes one result: the warm lane, the hidden tests behind the wall, the record."""
