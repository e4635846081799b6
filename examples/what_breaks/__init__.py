"""What breaks, and how it looks: well-known bugs of published GAN code, each switched on in a toy of seconds.

Each bug has a `measure(wrong)` that does the thing rightly or with the bug, a `check(measured)` that tells them apart
and can be copied into a test of your own, and a figure of both. `from examples.what_breaks.catalogue import BUGS`.
"""
