"""What registry's routes take and give."""
