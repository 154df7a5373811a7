"""Who fits whom, as pure functions over columns: limits, ranking, reasons, waiting times."""
