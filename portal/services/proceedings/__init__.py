"""What the desk does with an application under a law: each act is checked, told in a letter, and kept in the ledger."""
