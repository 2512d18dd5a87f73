"""bn_study: batch-normalization studies from YAML to verdicts."""
