"""The connection to the broker: one client (`link`), for ever (`session`), its requests (`inbox`)."""
