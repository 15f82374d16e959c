"""Publishing: build the documents of a task and write the ones that differ."""
