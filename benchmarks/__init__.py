"""Measurements, each run by a command of the Makefile: speed and accuracy, beside something to compare with."""
