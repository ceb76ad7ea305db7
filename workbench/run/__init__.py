"""Running a scenario: one conductor for the screen, the command line, lessons and tests."""
