"""Who may do what: until people have accounts, editors come by a private link."""
