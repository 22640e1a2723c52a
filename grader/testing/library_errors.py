"""What a message of Python or of a library says to a student: the reason, without arguments, traces and colours."""

import re

MAX_LENGTH = 600
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What Keras and TensorFlow add for their own developers.
ARGUMENTS = re.compile(r"Arguments received by .*", re.DOTALL)
NOISE = re.compile(
    r'\s*(File ".*", line \d+.*|Detected at node .*|<stack traces unavailable>.*|\[\[\{\{node .*'
    r"|Stack trace for op definition.*|Graph execution error:)?"
)
INTERNAL = (
    (re.compile(r"\{\{function_node [^}]*\}\} *"), ""),
    (re.compile(r" *\[Op:\w+\]( name: *\S*)?"), ""),
    (re.compile(r"'\{\{node ([^}]*)\}\}[^']*'"), r"'\1'"),
    (re.compile(r" with name 'None'"), ""),
)
# What Keras raises where it has forgotten a case, by a word of the message.
FORGOTTEN = {"'batch_outputs'": "there is nothing to predict: the inputs hold no samples"}


def reason_in(message: str) -> str:
    """Return the useful part of a message, in one line."""
    for word, meaning in FORGOTTEN.items():
        if word in message:
            return meaning
    lines = ARGUMENTS.sub("", COLOUR.sub("", message)).splitlines()
    useful = [line.strip() for line in lines if not NOISE.fullmatch(line)] or message.splitlines()[:1]
    if useful and useful[0].startswith("Exception encountered when calling"):
        useful[0] = useful[0].rstrip(".") + ":" * (len(useful) > 1)
    text = " ".join(useful)
    for pattern, words in INTERNAL:
        text = pattern.sub(words, text)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 4] + " ..."
