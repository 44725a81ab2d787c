"""One measurement each: `async def measure(stage, report, options)`."""
