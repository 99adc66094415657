"""Evidence that holds however often one looks: bets, what they have won, and what may be concluded."""
