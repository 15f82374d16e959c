"""Images of the source bucket on the site, with thumbnails."""
