//! What `wit/` describes, as traits that the host implements.
#![allow(missing_docs)]

wasmtime::component::bindgen!({
    path: [
        "../../wit/deps/clocks.wit",
        "../../wit/deps/random.wit",
        "../../wit/deps/filesystem.wit",
        "../../wit/deps/sockets.wit",
        "../../wit/deps/cli.wit",
        "../../wit/deps/http.wit",
        "../../wit/table",
        "../../wit/blob",
        "../../wit/events",
        "../../wit/cache",
        "../../wit/config",
        "../../wit/secrets",
        "../../wit/notify",
        "../../wit/workflow",
    ],
    inline: "
        package reel:host@0.1.0;
        world lent {
            import reel:table/rows@0.1.0;
            import reel:blob/objects@0.1.0;
            import reel:events/streams@0.1.0;
            import reel:cache/store@0.1.0;
            import reel:secrets/store@0.1.0;
            import reel:notify/outbox@0.1.0;
            import reel:workflow/executions@0.1.0;
            import wasi:config/store@0.2.0-rc.1;
            import wasi:http/client@0.3.0;
            import wasi:http/handler@0.3.0;
        }
    ",
    world: "reel:host/lent@0.1.0",
    imports: {
        "wasi:http/client.send": trappable,
        "wasi:http/handler.handle": trappable,
    },
    with: {
        "wasi:http/types": wasmtime_wasi_http::p3::bindings::http::types,
        "wasi:clocks": wasmtime_wasi::p3::bindings::clocks,
    },
    require_store_data_send: true,
});
