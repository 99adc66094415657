"""Spans are the same as a set of numbers, whatever the order."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.campus.spans import Spans

NUMBERS = st.lists(st.integers(1, 40), max_size=60)


@given(NUMBERS)
@settings(max_examples=200, deadline=None)
def test_a_number_is_new_once(numbers):
    """A number is new exactly the first time, and neighbours always share a span."""
    spans, seen = Spans(), set()
    for number in numbers:
        assert spans.add(number) == (number not in seen)
        seen.add(number)
    listed = list(spans)
    assert {number for first, last in listed for number in range(first, last + 1)} == seen
    assert all(after[0] > before[1] + 1 for before, after in pairwise(listed))


@given(NUMBERS, st.integers(1, 40), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_what_is_missing(numbers, first, more):
    """Missing are the numbers of an interval that have not come, as spans in order."""
    spans = Spans()
    for number in numbers:
        spans.add(number)
    found = spans.missing(first, first + more)
    told = [number for low, high in found for number in range(low, high + 1)]
    assert told == sorted(set(range(first, first + more + 1)) - set(numbers))
