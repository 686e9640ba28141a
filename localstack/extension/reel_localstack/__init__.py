"""LocalStack without Docker: Lambdas as processes, DynamoDB from another server."""
