"""One observation store for hazard stations, greenhouses, orchards and cold rooms."""
