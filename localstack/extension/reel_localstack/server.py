"""LocalStack's gateway, for this machine alone."""

from localstack.runtime.server.twisted import TwistedRuntimeServer
from rolo.serving.twisted import TwistedGateway
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint


class LoopbackServer(TwistedRuntimeServer):
    """LocalStack 4.4's own server binds every address, whatever GATEWAY_LISTEN says. Plain HTTP only."""

    def register(self, gateway, listen, ssl_creds=None):
        site = TwistedGateway(gateway)
        for address in listen:
            TCP4ServerEndpoint(reactor, address.port, interface="127.0.0.1").listen(site)
