"""Gazette on one machine: the command line, the engines, the demo. None of this ships to Lambda."""
