"""Warnings about how kernels are reached are not for pages."""

get_config().IPKernelApp.log_level = 40  # noqa: F821
