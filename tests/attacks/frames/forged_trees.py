"""Trees that no encoder makes: pickles, references, models, wrong types, shapes and dtypes, in place of answers.

Says: cannot be used
"""

import gc
import itertools
import pickle

server = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server")
channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
LAMBDA = '{"class_name": "Lambda", "module": "os", "config": {"function": "system"}}'
TREES = [
    {"pickle": pickle.dumps(print)},
    {"model": [LAMBDA, []]},
    {"model": ['{"class_name": "system", "module": "os", "config": "true"}', []]},
    {"model": [7, 8]},
    {"callback": ["EarlyStopping", []]},
    {"callback": [[], {}]},
    {"callback": {}},
    {"refused": {"a": 1}},
    {"ref": [-1, "float", None]},
    {"ref": [10**9, "float", 0.5]},
    {"ref": ["x", 5, None]},
    {"ref": [0, "x" * 10**6, [0.5]]},
    {"ref": 7},
    {"unknown": 1},
    {"scalar": ["<f8", b""]},
    {"scalar": ["|O", b"12345678"]},
    {"scalar": ["<U1", b"\xff\xff\xff\xff"]},
    {"array": ["|O8", [1], 0]},
    {"array": ["<f8", [-1], 0]},
    {"array": ["<f8", [2**40, 2**40], 0]},
    {"array": ["<f8", [0, 2**62], 0]},
    {"array": ["<f8", [1] * 64, 0]},
    {"array": ["<f8", [1], -1]},
    {"array": ["<f8", [1], True]},
    {"array": ["<f8", "12", 0]},
    {"array": ["f8; import os", [1], 0]},
    {"array": 1},
    {"int": "f" * 100_000},
    {"int": 5},
    {"complex": [1]},
    {"complex": ["nan", "inf"]},
    {"set": [[1], {"dict": []}]},
    {"dict": [[{"set": []}, 1]]},
    {"dict": [1, 2]},
    {"tuple": 5},
    {"tuple": {"tuple": []}},
    {"a": 1, "b": 2},
    {},
    {b"value": 1},
]
deep = 0.5
for _ in range(300):
    deep = {"tuple": [deep]}
ANSWERS = [{"value": tree} for tree in [*TREES, deep]]
for name in ("eval", "__import__", "Exit", "SystemExit", "__loader__", "UnicodeDecodeError", "ExceptionGroup", 5, None):
    ANSWERS.append({"raised": [name, "x" * 10**5, 2**63, "yes"]})
ANSWERS = itertools.cycle([*ANSWERS, {"raised": "ValueError"}, {"raised": [[], {}, (), 1]}])


def attack(*args, **kwargs):
    channel.send(next(ANSWERS), [b"12345678"])
    request, blobs = channel.receive()
    server._call(request, blobs)
