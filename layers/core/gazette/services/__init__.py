"""The jobs of Gazette; they reach the outside world through ports only."""
