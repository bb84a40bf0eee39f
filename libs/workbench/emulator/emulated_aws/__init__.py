"""An AWS account on this machine: moto behind an HTTPS proxy, with its gaps patched and its state kept on disk."""
