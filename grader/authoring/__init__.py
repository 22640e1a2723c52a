"""New exercises, and the proof that graders are right and thresholds safe."""
