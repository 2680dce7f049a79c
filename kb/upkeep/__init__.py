"""Upkeep: is what we say still right? Notes of readers, and dates to look again."""
