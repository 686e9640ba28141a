//! Reads a Map, inline or distributed.

use super::fields::Fields;
use super::load::{Loader, exactly};
use super::states::{template, work};
use super::{Graph, LoadError, Work};
use crate::data::{Path, Template};
use serde_json::Value;

const GET_OBJECT: &str = "arn:aws:states:::s3:getObject";
const PUT_OBJECT: &str = "arn:aws:states:::s3:putObject";

#[derive(Debug, Clone)]
pub(crate) struct MapState {
    pub(crate) work: Work,
    pub(crate) processor: Graph,
    /// Whether each item is an execution of its own (`DISTRIBUTED`).
    pub(crate) distributed: bool,
    pub(crate) label: Option<String>,
    pub(crate) items: Items,
    pub(crate) item_selector: Option<Template>,
    /// The most items at a time; 0: as the runner likes.
    pub(crate) max_concurrency: usize,
    /// Where the results go instead of into the output.
    pub(crate) writer: Option<Location>,
    /// How many items may fail.
    pub(crate) tolerated_count: Option<u64>,
    /// What part of the items may fail, in percent.
    pub(crate) tolerated_percentage: Option<f64>,
}

/// Where the items come from.
#[derive(Debug, Clone)]
pub(crate) enum Items {
    /// The input itself, or what a path finds in it.
    Input(Option<Path>),
    /// A JSON array in a bucket, or its first so many elements.
    Object { location: Location, most: Option<usize> },
}

/// A template of a bucket and a key or prefix.
#[derive(Debug, Clone)]
pub(crate) struct Location(pub(crate) Template);

pub(super) fn parse(loader: &Loader, fields: &mut Fields) -> Result<MapState, LoadError> {
    let processor = fields.inner("ItemProcessor")?;
    let mut processor = fields.required("ItemProcessor", processor)?;
    let distributed = processor_config(&mut processor)?;
    processor.text("Comment")?;
    let map = MapState {
        processor: loader.graph(processor)?,
        distributed,
        label: fields.text("Label")?,
        items: items(fields)?,
        item_selector: template(fields, "ItemSelector")?,
        max_concurrency: fields.whole("MaxConcurrency", 0)?.unwrap_or(0) as usize,
        writer: writer(fields)?,
        tolerated_count: fields.whole("ToleratedFailureCount", 0)?,
        tolerated_percentage: fields.read("ToleratedFailurePercentage", percentage)?,
        work: work(fields)?,
    };
    check_mode(&map, fields)?;
    Ok(map)
}

/// Whether the mode is `DISTRIBUTED`.
fn processor_config(processor: &mut Fields) -> Result<bool, LoadError> {
    let Some(mut config) = processor.inner("ProcessorConfig")? else {
        return Ok(false);
    };
    let distributed = config.read("Mode", |value| match value.as_str() {
        Some("DISTRIBUTED") => Ok(true),
        Some("INLINE") => Ok(false),
        _ => Err(format!("{value} is not supported; supported: INLINE, DISTRIBUTED")),
    })?;
    let distributed = distributed.unwrap_or(false);
    let kind = config.read("ExecutionType", |value| exactly(&value, "STANDARD"))?;
    match (distributed, kind) {
        (true, None) => {
            return Err(config.error(Some("ExecutionType"), "is missing: give \"STANDARD\""));
        }
        (false, Some(())) => {
            return Err(config.error(Some("ExecutionType"), "belongs to Mode DISTRIBUTED"));
        }
        _ => config.finish()?,
    }
    Ok(distributed)
}

fn items(fields: &mut Fields) -> Result<Items, LoadError> {
    let path = fields.read("ItemsPath", |value| {
        let path = Path::parse(value.as_str().unwrap_or_default())?;
        if path.is_reference() { Ok(path) } else { Err("must be a reference path: one place, no wildcard".into()) }
    })?;
    let Some(mut reader) = fields.inner("ItemReader")? else {
        return Ok(Items::Input(path));
    };
    if path.is_some() {
        return Err(fields.error(Some("ItemsPath"), "and ItemReader exclude each other"));
    }
    let resource = reader.read("Resource", |value| exactly(&value, GET_OBJECT))?;
    reader.required("Resource", resource)?;
    let config = reader.inner("ReaderConfig")?;
    let mut config = reader.required("ReaderConfig", config)?;
    let kind = config.read("InputType", |value| exactly(&value, "JSON"))?;
    config.required("InputType", kind)?;
    let most = config.whole("MaxItems", 0)?.filter(|most| *most > 0).map(|most| most as usize);
    config.finish()?;
    let location = location(&mut reader, "Key")?;
    reader.finish()?;
    Ok(Items::Object { location, most })
}

fn writer(fields: &mut Fields) -> Result<Option<Location>, LoadError> {
    let Some(mut writer) = fields.inner("ResultWriter")? else {
        return Ok(None);
    };
    let resource = writer.read("Resource", |value| exactly(&value, PUT_OBJECT))?;
    writer.required("Resource", resource)?;
    let location = location(&mut writer, "Prefix")?;
    writer.finish()?;
    Ok(Some(location))
}

/// `Parameters` of a bucket and a `Key` or `Prefix`, each also with `.$`.
fn location(fields: &mut Fields, second: &'static str) -> Result<Location, LoadError> {
    let parameters = template(fields, "Parameters")?;
    let template = fields.required("Parameters", parameters)?;
    let Template::Object(given) = &template else {
        return Err(fields.error(Some("Parameters"), "must be an object"));
    };
    let names: Vec<_> = given.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(other) = names.iter().find(|name| **name != "Bucket" && **name != second) {
        let field = format!("Parameters.{other}");
        return Err(fields.error(Some(&field), format!("is not supported; supported: Bucket, {second}")));
    }
    for name in ["Bucket", second] {
        fields.required(&format!("Parameters.{name}"), names.contains(&name).then_some(()))?;
    }
    Ok(Location(template))
}

fn percentage(value: Value) -> Result<f64, String> {
    let number = value.as_f64().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| format!("must be a number from 0 to 100, not {value}"))
}

/// Some fields belong to distributed Maps alone.
fn check_mode(map: &MapState, fields: &Fields) -> Result<(), LoadError> {
    let given = [
        ("ItemReader", matches!(map.items, Items::Object { .. })),
        ("ResultWriter", map.writer.is_some()),
        ("ToleratedFailureCount", map.tolerated_count.is_some()),
        ("ToleratedFailurePercentage", map.tolerated_percentage.is_some()),
        ("Label", map.label.is_some()),
    ];
    match given.iter().find(|(_, given)| *given && !map.distributed) {
        Some((name, _)) => Err(fields.error(Some(name), "belongs to a Map whose ProcessorConfig has Mode DISTRIBUTED")),
        None => Ok(()),
    }
}
