"""The families of the `scr` command, one file each."""
