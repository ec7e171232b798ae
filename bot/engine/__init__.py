"""Loops that turn rows into effects: the dispatcher and the ticker."""
