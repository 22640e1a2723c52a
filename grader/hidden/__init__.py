"""The hidden graders: one pytest file per exercise, never shown to students, never in a student's process."""
