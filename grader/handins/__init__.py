"""What comes in: who handed in what, in folders and archives, as learning management systems export them."""
