"""What Entente knows: frozen records of articles and the facts in them. No I/O, and nothing of the other rooms."""
