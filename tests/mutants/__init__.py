"""Mutation testing of the rooms that decide: small faults put into the code, which the tests must notice."""
