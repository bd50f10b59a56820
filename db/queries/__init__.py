"""What is read and written, one module a noun. Visibility is an argument, never a habit."""
