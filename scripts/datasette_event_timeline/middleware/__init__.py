"""What stands between a request and Datasette."""
