"""The integrator's checklist says what is printed: some of its faults, caused once more."""

from tests.service.checklist import FAULTS, caused, written

SHORT = (
    "No hub is set",
    "Wrong port",
    "Wrong password",
    "A byte-order mark in the password's file",
    "A topic level that no topic can have",
    "The models are not there",
)


def test_the_page_has_every_fault():
    """Twenty-five and more, each with what `check` prints."""
    known = written()
    assert [fault.name for fault in FAULTS] == list(known)
    assert len(known) >= 25
    assert all("\ncheck    " in text for text in known.values())


def test_the_page_says_what_is_printed():
    """The lines of `check`, journal and health are those of the page, word for word."""
    known = written()
    for fault, text in caused([fault for fault in FAULTS if fault.name in SHORT]):
        assert known[fault.name] == text
