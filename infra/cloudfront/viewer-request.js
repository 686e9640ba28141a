// CloudFront's viewer-request function: from a viewer's path to the key of an object in S3.
//
// It holds what an edge holds (libs/delivery), but for the signature of the token: the key is in
// Secrets Manager, which a function of CloudFront cannot ask. Who makes up a token gets segments as
// they are stored, encrypted, and no key for them.

var SEGMENT = /^\/t\/([A-Za-z0-9_-]{72})\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/[a-z0-9-]{1,64}\/(?:init\.mp4|[1-9][0-9]{0,9}\.m4s)$/;
var ARTWORK = '/artwork/';

function handler(event) {
    var request = event.request;
    if (request.uri.indexOf(ARTWORK) === 0) {
        request.uri = request.uri.slice(ARTWORK.length - 1);
        return request;
    }
    var asked = SEGMENT.exec(request.uri);
    if (!asked) {
        return refusal(404, 'Not Found');
    }
    if (!allows(Buffer.from(asked[1], 'base64url'), asked[2], asked[3])) {
        return refusal(403, 'Forbidden');
    }
    request.uri = request.uri.slice(3 + asked[1].length);
    return request;
}

// A token: version (the lower four bits) and limits, key id, expiry in seconds, title, revision, signature.
function allows(token, title, revision) {
    return (token[0] & 15) === 1 &&
        token.readUInt32BE(2) * 1000 > Date.now() &&
        token.slice(6, 22).toString('hex') === title.replace(/-/g, '') &&
        token.slice(22, 38).toString('hex') === revision.replace(/-/g, '');
}

function refusal(status, description) {
    return { statusCode: status, statusDescription: description, headers: { 'access-control-allow-origin': { value: '*' } } };
}
