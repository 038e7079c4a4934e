"""What the console and the API show: read models, each a few indexed queries over one page's worth of rows."""
