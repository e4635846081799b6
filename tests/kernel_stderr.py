"""What a lesson may say on stderr with nothing being wrong: lines, for Python (re.MULTILINE) and JavaScript."""

# How far a first download or preparation is, seen where it takes more than two seconds.
PROGRESS = r"[ \t]*(?:preparing|downloading|reading) .*"
KERNEL_NOTICE = r".*Kernel is running over TCP without encryption.*"
HARMLESS_LINE = f"^(?:{PROGRESS}|{KERNEL_NOTICE})$"
