"""The tests, arranged like the program."""
