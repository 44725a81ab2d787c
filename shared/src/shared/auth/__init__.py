"""Who the caller is: platform tokens and the appointments they carry."""
