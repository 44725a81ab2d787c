"""Pure rules of evaluation: law as data and the scoring function. No input, no output, no clock."""
