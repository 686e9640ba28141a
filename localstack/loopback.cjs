// Loaded before the server behind Kinesis, which would bind every address: it gets this machine's alone.
const { Server } = require("node:net");
const { listen } = Server.prototype;

Server.prototype.listen = function (first, ...rest) {
    if (typeof first === "object" && first !== null && "port" in first) {
        return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
    }
    if (typeof first === "number") {
        const others = typeof rest[0] === "string" ? rest.slice(1) : rest;
        return listen.call(this, first, "127.0.0.1", ...others);
    }
    return listen.call(this, first, ...rest);
};
