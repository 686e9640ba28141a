//! `wasi:http/handler` as a filter imports it: the next in its chain.

use crate::bindings::wasi::http::handler;
use crate::outgoing::{caller, give, take};
use crate::state::{Lending, State};
use wasmtime::component::{Accessor, Resource};
use wasmtime_wasi_http::p3;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;

impl handler::Host for State {}

impl handler::HostWithStore<State> for Lending {
    async fn handle(
        accessor: &Accessor<State, Self>,
        request: Resource<p3::Request>,
    ) -> wasmtime::Result<Result<Resource<p3::Response>, ErrorCode>> {
        let call = caller(accessor);
        let request = match take(accessor, request)? {
            Ok(request) => request,
            Err(error) => return Ok(Err(error)),
        };
        let Some((next, rest)) = call.rest().split() else {
            let why = "there is nobody behind this filter: it was called as a function";
            return Ok(Err(ErrorCode::InternalError(Some(why.into()))));
        };
        let response = next.call(&call, rest, request).await;
        give(accessor, Ok(response))
    }
}
