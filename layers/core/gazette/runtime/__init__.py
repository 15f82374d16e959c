"""Wiring: settings, clients, services, triggers and telemetry of the functions."""
