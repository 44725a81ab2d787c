"""One origin for clients: the four services behind one address, with the merged description and a home page."""
