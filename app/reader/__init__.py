"""Pages for people, at the addresses of the resources. They show what the interface answers, and know no more."""
