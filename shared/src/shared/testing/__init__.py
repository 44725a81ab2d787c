"""What tests of all packages use: real servers, a fresh database each, people with tokens. Never in production."""
