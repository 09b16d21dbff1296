"""What educators write: personas, rubrics and exercises, read strictly and checked with their lines."""
