"""From the spool to the link and back: what goes out when (`sender`), and what its acknowledgements mean."""
