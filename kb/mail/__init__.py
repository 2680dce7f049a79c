"""Mail: letters wait in an outbox of the database until the worker sends them."""
