"""What must arrive: rows on disk until they are acknowledged."""
