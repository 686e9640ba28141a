"""What LocalStack finds by its entry points. Imports late, since LocalStack loads this before itself."""

import os

from localstack.runtime import hooks
from plux import Plugin

DYNAMODB_URL = os.environ.get("REEL_DYNAMODB_URL")


class ProcessExecutorPlugin(Plugin):
    """`LAMBDA_RUNTIME_EXECUTOR=process`."""

    namespace = "localstack.lambda.runtime_executor"
    name = "process"

    def load(self, *args, **kwargs):
        from reel_localstack.executor import ProcessExecutor

        return ProcessExecutor


class LoopbackServerPlugin(Plugin):
    """`GATEWAY_SERVER=loopback`."""

    namespace = "localstack.runtime.server"
    name = "loopback"

    def load(self, *args, **kwargs):
        from reel_localstack.server import LoopbackServer

        return LoopbackServer()


@hooks.on_infra_start(should_load=lambda: bool(DYNAMODB_URL))
def use_other_dynamodb():
    """LocalStack's own DynamoDB is a download and a JVM; the one at REEL_DYNAMODB_URL runs already."""
    from localstack.services.dynamodb.server import DynamodbServer
    from reel_localstack.dynamodb import OtherDynamodb

    server = OtherDynamodb(DYNAMODB_URL)
    DynamodbServer.get = staticmethod(lambda: server)


@hooks.on_infra_start()
def decode_binary_answers():
    """API Gateway decodes what a Lambda answers in base64 where `*/*` is a binary media type; LocalStack 4.4
    knows no `*/*`, and hands base64 on."""
    from localstack.services.apigateway.next_gen.execute_api.integrations import aws

    theirs = aws.mime_type_matches_binary_media_types
    aws.mime_type_matches_binary_media_types = lambda mime_type, binary_media_types: (
        "*/*" in binary_media_types or theirs(mime_type, binary_media_types)
    )


@hooks.on_infra_start()
def take_weights():
    """`UpdateAlias` gives a part of the calls to another version; LocalStack 4.4 forgets an argument there, and fails."""
    from localstack.services.lambda_.invocation.lambda_models import AliasRoutingConfig
    from localstack.services.lambda_.provider import LambdaProvider

    theirs = LambdaProvider._create_routing_config_model
    LambdaProvider._create_routing_config_model = lambda self, weights, version=None: (
        theirs(self, weights, version) if version else AliasRoutingConfig(version_weights=weights)
    )


@hooks.on_infra_start()
def look_again_soon():
    """CloudFormation asks every 5 s whether a resource stands; here each does within a fraction of one."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    theirs = ResourceProviderExecutor.deploy_loop
    ResourceProviderExecutor.deploy_loop = lambda self, *given, **named: theirs(
        self, *given, **{"sleep_time": 0.1, **named}
    )
