"""What a help desk is: pure values and rules, no I/O, no clock."""
