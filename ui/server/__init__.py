"""Before and around the pages: the shell of the web server, its own small pages, what is checked at the start."""
