"""Informal training sessions: prepared as packs, run live, and given back as knowledge."""
