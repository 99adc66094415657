"""USB cameras on a real kernel device: the vivid driver of a Debian kernel, in a virtual machine."""
