"""The commands that the documents print, run as they are printed."""
