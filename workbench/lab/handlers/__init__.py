"""Answers to requests, grouped by what they are about."""
