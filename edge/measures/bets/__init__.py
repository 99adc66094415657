"""What each measure bets on: the answers of a cell or a statistic of a block, against its null."""
