"""The grader of the exercise kit for "Deep Learning with Keras"."""
