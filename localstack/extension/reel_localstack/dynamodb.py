"""A DynamoDB that somebody else starts and stops."""

from localstack.services.dynamodb.server import DynamodbServer


class OtherDynamodb(DynamodbServer):
    """Stands where LocalStack keeps the server that it starts itself."""

    def __init__(self, url: str):
        self._url = url
        super().__init__(port=1)

    @property
    def url(self) -> str:
        return self._url

    def start_dynamodb(self) -> bool:
        return True

    def stop_dynamodb(self) -> None:
        pass

    def is_running(self) -> bool:
        return True

    def is_up(self) -> bool:
        return True

    def wait_is_up(self, timeout: float = None) -> bool:
        return True
