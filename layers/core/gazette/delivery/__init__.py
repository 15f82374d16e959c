"""The source archive and the site: on S3 and in memory."""
