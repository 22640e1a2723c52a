"""Inside the wall: the student's module, and the requests of a grader that it answers with plain data."""

import importlib.util
import random
import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle
import numpy as np

from grader.wall import keras_models as models
from grader.wall.codec import CannotEncode, Decoder, Encoder
from grader.wall.limits import MAX_TEXT, MAX_WARNINGS


class Server:
    """Answers the grader's requests with plain data; keeps what is not plain data and gives out numbers for it."""

    def __init__(self, home: Path, module: ModuleType | None = None) -> None:
        """`home` is the folder of the file; a request loads it, or `module` is what it holds."""
        self._home = home
        self._module = module
        self._kept: list[Any] = []
        self._watched = Watched((), {})  # the arguments of the last call of a function

    def answer(self, request: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes | memoryview]]:
        """Return the reply to one request and the bytes of its arrays; whatever the code raises is a reply as well."""
        encoder = Encoder(self._encode_other)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                value = self._load(request) if request["op"] == "load" else self._call(request, blobs)
            reply = {"value": encoder.encode(value)}
            if caught:
                reply["warned"] = [self._describe_warning(warning) for warning in caught[:MAX_WARNINGS]]
        except CannotEncode:
            encoder.blobs.clear()
            reply = {"value": {"ref": [self._keep(value), type(value).__name__[:80], None]}}
        except BaseException as error:
            encoder.blobs.clear()
            reply = {"raised": self.describe(error)}
        if changed := self._watched.changed():
            reply["changed"] = changed
        return reply, encoder.blobs

    def _load(self, request: dict[str, Any]) -> list[str]:
        path = self._home / request["file"]
        path.write_bytes(request["source"])
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        self._module = module
        spec.loader.exec_module(module)
        return [name for name in dir(module) if not name.startswith("__")]

    def _call(self, request: dict[str, Any], blobs: list[bytes]) -> Any:
        decoder = Decoder(
            blobs,
            {
                "ref": lambda content, *_: self._kept[content],
                "pickle": lambda content, *_: cloudpickle.loads(content),
                "generator": lambda content, *_: np.random.default_rng(content),
                "model": lambda content, decoder, _: models.model_from_parts(
                    content[0], [decoder.array(array["array"]) for array in content[1]], trusted=True
                ),
                "callback": lambda content, decoder, depth: models.callback_from_parts(
                    content[0], decoder.decode(content[1], depth)
                ),
            },
        )
        if "seed" in request:
            draw_from(request["seed"])
        args, kwargs = decoder.decode(request["args"]), decoder.decode(request["kwargs"])
        target = request["target"]
        owner = self._module if target is None else self._kept[target]
        function = getattr(owner, request["name"])
        if target is None:
            self._watched = Watched(args, kwargs)
        return function(*args, **kwargs)

    def _encode_other(self, value: Any, encoder: Encoder, depth: int) -> Any:
        if models.is_model(value):
            return models.encode_model(value, encoder)
        if models.is_callback(value):
            name, attributes = models.callback_to_parts(value)
            return {"callback": [name, encoder.encode(attributes, depth + 1)]}
        # Text, numbers and containers of a student's own subclass are what their base class makes of them; containers
        # stay here as well, so that a named tuple or a default dictionary comes back as what it was.
        if isinstance(value, str | bytes | int | float):
            base: Any = next(base for base in (str, bytes, int, float) if isinstance(value, base))
            return encoder.encode(base(value), depth + 1)
        plain = None
        if isinstance(value, tuple | list):
            plain = encoder.encode(tuple(value) if isinstance(value, tuple) else list(value), depth + 1)
        elif isinstance(value, dict):
            plain = encoder.encode(dict(value), depth + 1)
        return {"ref": [self._keep(value), type(value).__name__[:80], plain]}

    def _keep(self, value: Any) -> int:
        self._kept.append(value)
        return len(self._kept) - 1

    @staticmethod
    def _describe_warning(warning: warnings.WarningMessage) -> list[str]:
        builtin = next(cls.__name__ for cls in warning.category.__mro__ if cls.__module__ == "builtins")
        return [builtin, str(warning.message)[:MAX_TEXT]]

    def describe(self, error: BaseException) -> list[Any]:
        """Type (the nearest built-in one), message, line in the student's file, raised by the student's own code?"""
        builtin = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")
        if isinstance(error, SyntaxError):
            return ["SyntaxError", str(error.msg)[:MAX_TEXT], error.lineno, False]
        try:
            message = str(error)[:MAX_TEXT]
        except BaseException:
            message = ""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).parent == self._home]
        line = own[-1].lineno if own else None
        return [builtin, message, line, bool(own) and frames[-1] is own[-1]]


def draw_from(seed: int) -> None:
    """Let all that code draws without a seed of its own follow from `seed`."""
    random.seed(seed)
    np.random.seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)


class Watched:
    """The arguments of a call, and whether they are as they were: also when a generator gets to work later."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._arguments: dict[int | str, Any] = dict([*enumerate(args), *kwargs.items()])
        self._before = {place: _plain_data(value) for place, value in self._arguments.items()}

    def changed(self) -> list[int | str]:
        """Return the positions and keywords of the arguments that are no longer as they were."""
        return [place for place, value in self._arguments.items() if _plain_data(value) != self._before[place]]


def _plain_data(value: Any) -> Any:
    """Return the arrays, lists, dicts and so on in `value`; what else is in it counts as always the same."""
    encoder = Encoder(lambda *_: "something else")
    try:
        return encoder.encode(value), [bytes(blob) for blob in encoder.blobs]
    except Exception:
        return None
