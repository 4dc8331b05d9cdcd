"""One module per command of `mot-action`: parse, call the platform once, report."""
