"""The hidden graders, a folder of pytest files for each exercise: never shown to students, never in their processes."""
