"""The encoder in the process of the submission is replaced: every value becomes a pickle of the student's choice."""

import pickle

import grader.wall.codec
import grader.wall.server


class Bomb:
    def __reduce__(self):
        return eval, ("open('@COURSE@/@MARKER@', 'w')",)


class Encoder(grader.wall.codec.Encoder):
    def encode(self, value, depth=0):
        return {"pickle": pickle.dumps(Bomb())} if not isinstance(value, list) else value

    array = encode


grader.wall.codec.Encoder = grader.wall.server.Encoder = Encoder


def attack(*args, **kwargs):
    return 0.5
