"""The ledger on DynamoDB and in memory."""
