//! The events that Lambda hands over, told apart by their shape.

use crate::offered::Offered;
use anyhow::Context;
use aws_lambda_events::kinesis::{KinesisEvent, KinesisEventRecord};
use bytes::Bytes;
use http::{Request, Uri};
use lambda_http::RequestExt;
use lambda_http::request::{LambdaRequest, RequestContext};
use reel_api::internal::Invocation;
use reel_backend_aws::events::Delivered;
use reel_host::ClientAddress;
use serde_json::Value;

/// What there is to do.
#[derive(Debug)]
pub(crate) enum Event {
    /// A request from outside, by API Gateway.
    Route(Request<Bytes>),
    /// A request of another function.
    Call(Request<Bytes>),
    /// Records of a stream, by its name in Kinesis.
    Records(String, Vec<Delivered>),
    /// Records of a source that delivers again what failed.
    Offered(Offered),
    /// A task of a workflow.
    Task(Value),
}

impl Event {
    /// # Errors
    /// That it looks like one of them, and is none.
    pub(crate) fn read(mut payload: Value) -> anyhow::Result<Self> {
        let is_route = payload.get("httpMethod").is_some() && payload.get("requestContext").is_some();
        let is_call = payload.get("reel-request").is_some();
        let is_kinesis = payload.pointer("/Records/0/eventSource").is_some_and(|source| source == "aws:kinesis");
        if is_route {
            // `headers` has the last value of each, and would take the place of all.
            if payload["multiValueHeaders"].is_object() {
                payload["headers"] = Value::Null;
            }
            return route(serde_json::from_value(payload).context("this is no request of API Gateway")?);
        }
        if is_call {
            let Invocation { request } = serde_json::from_value(payload).context("this is no call of a function")?;
            return Ok(Self::Call(Request::try_from(request).map_err(anyhow::Error::msg)?));
        }
        if is_kinesis {
            return records(serde_json::from_value(payload).context("these are no records of Kinesis")?);
        }
        Ok(match Offered::read(&payload)? {
            Some(offered) => Self::Offered(offered),
            None => Self::Task(payload),
        })
    }
}

fn route(request: LambdaRequest) -> anyhow::Result<Event> {
    let request: lambda_http::Request = request.into();
    // The path without the stage, which is part of the base URL.
    let path = request.raw_http_path().to_owned();
    let uri: Uri = match request.uri().query() {
        Some(query) => format!("{path}?{query}").parse(),
        None => path.parse(),
    }
    .with_context(|| format!("{path:?} is no path"))?;
    let client = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
        _ => None,
    };
    let (mut head, body) = request.into_parts();
    head.uri = uri;
    head.extensions.clear();
    if let Some(address) = client.and_then(|address| address.parse().ok()) {
        head.extensions.insert(ClientAddress(address));
    }
    Ok(Event::Route(Request::from_parts(head, Bytes::copy_from_slice(body.as_ref()))))
}

fn records(event: KinesisEvent) -> anyhow::Result<Event> {
    let arn = event.records.first().and_then(|record| record.event_source_arn.as_deref()).unwrap_or_default();
    let (_, stream) = arn.split_once("stream/").with_context(|| format!("{arn:?} names no stream"))?;
    let stream = stream.to_owned();
    let records = event.records.into_iter().map(delivered).collect::<Result<_, _>>()?;
    Ok(Event::Records(stream, records))
}

fn delivered(record: KinesisEventRecord) -> anyhow::Result<Delivered> {
    let id = record.event_id.unwrap_or_default();
    let (shard, _) = id.split_once(':').with_context(|| format!("{id:?} is no id of a Kinesis record"))?;
    let at = record.kinesis.approximate_arrival_timestamp.timestamp_millis();
    Ok(Delivered {
        shard: shard.to_owned(),
        sequence: record.kinesis.sequence_number,
        at: u64::try_from(at).unwrap_or(0),
        data: record.kinesis.data.0.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As API Gateway sends it for `GET /dev/v1/titles/a%20b?x=1&x=2`.
    fn gateway() -> Value {
        json!({
            "resource": "/{proxy+}", "path": "/v1/titles/a%20b", "httpMethod": "GET",
            "headers": { "Host": "x.execute-api.eu-west-1.amazonaws.com", "Cookie": "b" },
            "multiValueHeaders": { "Host": ["x.execute-api.eu-west-1.amazonaws.com"], "Cookie": ["a", "b"] },
            "queryStringParameters": { "x": "2" }, "multiValueQueryStringParameters": { "x": ["1", "2"] },
            "requestContext": { "stage": "dev", "path": "/dev/v1/titles/a%20b", "httpMethod": "GET",
                "identity": { "sourceIp": "203.0.113.9" } },
            "body": "aGk=", "isBase64Encoded": true
        })
    }

    #[test]
    fn a_request_of_the_gateway_is_as_the_client_sent_it() {
        let Event::Route(request) = Event::read(gateway()).unwrap() else { panic!("it is a request") };
        assert_eq!(request.uri(), "/v1/titles/a%20b?x=1&x=2");
        assert_eq!(&request.body()[..], b"hi");
        assert_eq!(request.headers().get_all("cookie").iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(request.extensions().get::<ClientAddress>().unwrap().0.to_string(), "203.0.113.9");
    }

    #[test]
    fn records_name_their_stream_and_their_shard() {
        let event = json!({ "Records": [{
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventName": "aws:kinesis:record",
            "eventID": "shardId-000000000000:495", "invokeIdentityArn": "arn:aws:iam::1:role/r", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:1:stream/reel-playback",
            "kinesis": { "kinesisSchemaVersion": "1.0", "partitionKey": "k", "sequenceNumber": "495", "data": "AQ==",
                "approximateArrivalTimestamp": 1545084650.987 }
        }] });
        let Event::Records(stream, records) = Event::read(event).unwrap() else { panic!("these are records") };
        let expected = Delivered {
            shard: "shardId-000000000000".into(),
            sequence: "495".into(),
            at: 1_545_084_650_987,
            data: Bytes::from_static(&[1]),
        };
        assert_eq!((stream.as_str(), records), ("reel-playback", vec![expected]));
    }

    #[test]
    fn all_else_is_a_task_but_what_pretends_to_be_more() {
        assert!(matches!(Event::read(json!({ "title_id": "x" })).unwrap(), Event::Task(_)));
        assert!(matches!(Event::read(Value::Null).unwrap(), Event::Task(_)));
        for odd in [
            json!({ "reel-request": { "method": "GET" } }),
            json!({ "reel-request": { "method": "", "path": "/", "headers": [], "body": "" } }),
            json!({ "httpMethod": "GET", "requestContext": 1 }),
            json!({ "Records": [{ "eventSource": "aws:kinesis" }] }),
        ] {
            assert!(Event::read(odd.clone()).is_err(), "{odd}");
        }
    }
}
