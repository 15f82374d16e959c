"""Source archive and site (S3 and memory), queues (SQS), and hubs (HTTP)."""
