"""Answers: pure functions from DataFrames and values to DataFrames and values. No screen, no file, no clock."""
