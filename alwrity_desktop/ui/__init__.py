"""The window: everything that needs a screen."""
