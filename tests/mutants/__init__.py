"""Mutation testing of the parts that decide: small faults put into the code, which the tests must notice."""
