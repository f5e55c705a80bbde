"""From outside to articles: files, pages, feeds and what is handed in, cleaned and loaded into the store."""
