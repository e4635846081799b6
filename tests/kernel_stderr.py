"""What a lesson may say on stderr without anything being wrong; as a regular expression of Python and of JavaScript."""

# How far a first download or preparation is, seen where it takes more than two seconds.
PROGRESS = r"^\s*(preparing|downloading) "
KERNEL_NOTICE = r"Kernel is running over TCP without encryption"
HARMLESS = f"{PROGRESS}|{KERNEL_NOTICE}|^\\s*$"
