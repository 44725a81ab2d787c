"""Systems outside: the sign-in provider."""
