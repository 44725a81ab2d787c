"""What notifier's routes take and answer."""
