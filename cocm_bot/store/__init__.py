"""The one DynamoDB table: keys, records to items and back, transactions. The only user of boto3."""
