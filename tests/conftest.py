"""What all tests share: no window pops up, no test reads or writes this machine's data folder."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
