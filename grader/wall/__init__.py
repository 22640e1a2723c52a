"""The wall between a student's code and a grader.

Outside (trusted): `client` speaks for the student's module, `process` is the one that it talks to, `watchdog` holds it
to its limits, `zygote` starts processes, `warm` keeps their sandboxes, `sandbox` says behind what.
Inside (untrusted): `worker` runs the student's code, `confine` gives up rights before it does.
Both sides: `channel` moves frames, `codec` turns values into them, `keras_models` does so for models, out of the parts
in `keras_parts`, after `keras_config` has looked at what they say; `limits` has all.
Nothing in here imports any other part of the grader: this folder is all that a sandbox can see of it.
"""
