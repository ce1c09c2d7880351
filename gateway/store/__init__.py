"""Tables, engine and migrations; decides nothing."""
