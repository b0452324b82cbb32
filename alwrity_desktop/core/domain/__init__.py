"""Pure values and functions: values in, values out, a clock is passed in."""
