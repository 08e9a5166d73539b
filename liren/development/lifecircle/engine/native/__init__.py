"""The compiled kernels: C without Python in it, called with arrays through ctypes."""
