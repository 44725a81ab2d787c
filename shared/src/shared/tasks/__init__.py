"""Background work: the task queue, retries, sweeps, and the relay of events. The only importer of arq."""
