"""What the owner of kernels and their warm parent have agreed on; imports nothing, so that both can afford it."""

MESSAGE_BYTES = 1 << 20
"""The longest message on the channel; a kernel's whole environment must fit."""

KERNEL_FOLDER_PREFIX = "mande-kernel-"
"""Beginning of the name of a folder that holds the connection file and sockets of one kernel, and goes with it."""
