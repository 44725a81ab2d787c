"""The demonstration: a year of the programme played through the public API, as its users would."""
