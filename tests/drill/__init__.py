"""Hard use, by hand: `./run drill`. Races, kills and random cases, with very many seeds."""
