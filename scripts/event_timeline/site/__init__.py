"""The site of a chronology: the pages on events, actors, sources and questions."""
