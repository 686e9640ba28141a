//! What `wit/` describes, as Rust. Only what a function calls becomes an import of its
//! component: the rest is dropped when the component is linked.
#![allow(missing_docs, unreachable_pub, clippy::all)]

pub mod capabilities {
    wasip3::wit_bindgen::generate!({
        path: [
            "../wit/table",
            "../wit/blob",
            "../wit/events",
            "../wit/cache",
            "../wit/config",
            "../wit/secrets",
            "../wit/notify",
            "../wit/workflow",
        ],
        inline: "
            package reel:sdk@0.1.0;
            world capabilities {
                import reel:table/rows@0.1.0;
                import reel:blob/objects@0.1.0;
                import reel:events/streams@0.1.0;
                import reel:cache/store@0.1.0;
                import reel:secrets/store@0.1.0;
                import reel:notify/outbox@0.1.0;
                import reel:workflow/executions@0.1.0;
                import wasi:config/store@0.2.0-rc.1;
            }
        ",
        world: "reel:sdk/capabilities@0.1.0",
        runtime_path: "wasip3::wit_bindgen::rt",
        generate_all,
    });
}

pub mod chain {
    wasip3::wit_bindgen::generate!({
        path: [
            "../wit/deps/clocks.wit",
            "../wit/deps/random.wit",
            "../wit/deps/filesystem.wit",
            "../wit/deps/sockets.wit",
            "../wit/deps/cli.wit",
            "../wit/deps/http.wit",
        ],
        inline: "
            package reel:sdk@0.1.0;
            world filter {
                import wasi:http/handler@0.3.0;
            }
        ",
        world: "reel:sdk/filter@0.1.0",
        runtime_path: "wasip3::wit_bindgen::rt",
        with: {
            "wasi:http/types@0.3.0": wasip3::http::types,
            "wasi:clocks/types@0.3.0": wasip3::clocks::types,
        },
        generate_all,
    });
}
