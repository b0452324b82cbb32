"""Sources: one module for each thing that brings usage in."""
