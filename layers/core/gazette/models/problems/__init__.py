"""What is wrong with a document, in our words, and how to write it right."""
