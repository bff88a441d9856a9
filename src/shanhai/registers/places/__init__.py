"""Divisions with their codes and outlines, and sites with their altitude."""
