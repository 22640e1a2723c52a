"""A file that grows for ever.

Says: File too large|No space|too many files
"""


def confusion_matrix(*args):
    with open("large", "wb") as file:
        while True:
            file.write(bytes(2**20))
