//! From a method and a path to a function.

use crate::RESERVED;
use crate::manifest::{App, Route};
use crate::place::Finding;
use http::Method;
use std::collections::BTreeMap;

/// Finds the function that a request is for.
#[derive(Debug, Clone)]
pub struct Router {
    /// One entry for each shape of path; the parameters' names are no part of it.
    paths: matchit::Router<Vec<Target>>,
}

#[derive(Debug, Clone)]
struct Target {
    methods: Vec<Method>,
    function: String,
    /// Which of the function's routes it is.
    index: usize,
    chain: Vec<String>,
    cors: bool,
    params: Vec<String>,
    /// The path as the manifest writes it.
    template: String,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The function.
    pub function: &'a str,
    /// The filters before it, outermost first.
    pub chain: &'a [String],
    /// Whether pages of other origins may use it.
    pub cors: bool,
    /// The path as the manifest writes it, a bounded label for metrics.
    pub template: &'a str,
    /// The parameters, still percent-encoded.
    pub params: Vec<(&'a str, String)>,
}

/// Why a request goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRoute {
    /// No route has this path.
    #[error("no route has this path")]
    Path,
    /// The path takes other methods: those, in capitals.
    #[error("this path takes {}", .0.join(", "))]
    Method(Vec<String>),
}

impl Router {
    /// The routes of an app.
    ///
    /// # Errors
    /// A finding for each route that is not well formed or collides with one before it.
    pub fn new(app: &App) -> Result<Self, Vec<Finding>> {
        let (shapes, mut findings) = by_shape(app);
        let mut paths = matchit::Router::new();
        for (shape, targets) in shapes {
            let first = targets[0].clone();
            if let Err(e) = paths.insert(shape, targets) {
                findings.push(first.finding(format!("path {} collides with another: {e}", first.template)));
            }
        }
        if findings.is_empty() { Ok(Self { paths }) } else { Err(findings) }
    }

    /// Finds the route of a request.
    ///
    /// # Errors
    /// That there is none, or none of this method.
    pub fn find(&self, method: &Method, path: &str) -> Result<Matched<'_>, NoRoute> {
        // Also where a route takes every path.
        if path.starts_with(RESERVED) {
            return Err(NoRoute::Path);
        }
        let found = self.paths.at(path).map_err(|_| NoRoute::Path)?;
        let target = found.value.iter().find(|target| target.takes(method));
        let target = target.ok_or_else(|| NoRoute::Method(allowed(found.value)))?;
        let params =
            target.params.iter().map(String::as_str).zip(found.params.iter().map(|(_, value)| value.to_owned()));
        Ok(Matched {
            function: &target.function,
            chain: &target.chain,
            cors: target.cors,
            template: &target.template,
            params: params.collect(),
        })
    }
}

/// The routes of each shape, in the order of the functions' names.
fn by_shape(app: &App) -> (BTreeMap<String, Vec<Target>>, Vec<Finding>) {
    let mut shapes: BTreeMap<String, Vec<Target>> = BTreeMap::new();
    let mut findings = Vec::new();
    let routes = app
        .functions
        .iter()
        .flat_map(|(name, f)| f.routes.iter().enumerate().map(move |(index, route)| (name, index, route)));
    for (name, index, route) in routes {
        let added = Target::new(app, name, index, route)
            .and_then(|(shape, target)| join(shapes.entry(shape).or_default(), target));
        if let Err(wrong) = added {
            findings.push(finding(name, index, wrong));
        }
    }
    shapes.retain(|_, targets| !targets.is_empty());
    (shapes, findings)
}

fn finding(function: &str, index: usize, wrong: String) -> Finding {
    Finding::at(&["functions", function, "routes", &index.to_string(), "path"], wrong)
}

impl Target {
    fn new(app: &App, function: &str, index: usize, route: &Route) -> Result<(String, Self), String> {
        let (shape, params) = shape(&route.path)?;
        let chain = route.through.as_ref().and_then(|chain| app.filters.get(chain)).cloned().unwrap_or_default();
        let (function, template) = (function.to_owned(), route.path.clone());
        let (methods, cors) = (methods(route)?, route.cors);
        Ok((shape, Self { methods, function, index, chain, cors, params, template }))
    }

    fn finding(&self, wrong: String) -> Finding {
        finding(&self.function, self.index, wrong)
    }

    /// A `HEAD` is answered as the `GET` without its body.
    fn takes(&self, method: &Method) -> bool {
        let read = *method == Method::HEAD && self.methods.contains(&Method::GET);
        self.methods.is_empty() || read || self.methods.contains(method)
    }

    fn collides(&self, other: &Target) -> bool {
        self.methods.is_empty() || other.methods.is_empty() || self.methods.iter().any(|m| other.methods.contains(m))
    }
}

fn join(targets: &mut Vec<Target>, target: Target) -> Result<(), String> {
    if let Some(other) = targets.iter().find(|other| other.collides(&target)) {
        return Err(format!(
            "path {} with these methods is {}'s already ({})",
            target.template, other.function, other.template
        ));
    }
    targets.push(target);
    Ok(())
}

fn methods(route: &Route) -> Result<Vec<Method>, String> {
    let parse = |name: &String| name.parse().map_err(|_| format!("{name:?} is not a method"));
    route.methods.iter().map(parse).collect()
}

fn allowed(targets: &[Target]) -> Vec<String> {
    targets.iter().flat_map(|target| &target.methods).map(ToString::to_string).collect()
}

/// A path as matchit writes it, with the parameters numbered, and their names.
fn shape(path: &str) -> Result<(String, Vec<String>), String> {
    let mut params = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.len() - 1;
    let shaped = segments.iter().enumerate().map(|(index, segment)| {
        let Some(name) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) else {
            let empty = segment.is_empty() && index != 0 && last != 1;
            let plain = !segment.contains(['{', '}']) && !empty;
            return plain.then(|| (*segment).to_owned()).ok_or_else(|| malformed(path));
        };
        let (name, star) = name.strip_suffix("...").map_or((name, ""), |name| (name, "*"));
        if name.is_empty() || (star == "*" && index != last) {
            return Err(malformed(path));
        }
        params.push(name.to_owned());
        Ok(format!("{{{star}p{}}}", params.len()))
    });
    let shaped = shaped.collect::<Result<Vec<_>, _>>()?.join("/");
    Ok((shaped, params))
}

fn malformed(path: &str) -> String {
    format!("path {path:?} is not one: plain segments, {{name}}, and {{rest...}} at the end")
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = r#"
        [filters]
        open = ["limit"]
        [functions.limit]
        [functions.titles]
        routes = [
            { methods = ["GET"], path = "/v1/titles/{id}", through = "open" },
            { path = "/play/{token}/{file...}" },
            { path = "/" },
        ]
        [functions.similar]
        routes = [
            { methods = ["GET"], path = "/v1/titles/{title}/similar" },
            { methods = ["POST"], path = "/v1/titles/{other}" },
        ]
    "#;

    fn router() -> Router {
        Router::new(&App::parse("reel.toml", APP).unwrap()).unwrap()
    }

    #[test]
    fn what_is_the_hosts_own_is_found_by_no_route() {
        let app = App::parse("reel.toml", r#"functions.a = { routes = [{ path = "/{all...}" }] }"#).unwrap();
        let router = Router::new(&app).unwrap();
        assert!(router.find(&Method::POST, "/other/task").is_ok());
        assert!(matches!(router.find(&Method::POST, "/_reel/task"), Err(NoRoute::Path)));
    }

    #[test]
    fn a_request_finds_its_function_its_chain_and_its_parameters() {
        let router = router();
        let found = router.find(&Method::GET, "/v1/titles/x").unwrap();
        assert_eq!((found.function, found.chain), ("titles", &["limit".to_owned()][..]));
        assert_eq!(found.params, [("id", "x".to_owned())]);
        assert_eq!(router.find(&Method::POST, "/v1/titles/x").unwrap().function, "similar");
        assert_eq!(router.find(&Method::GET, "/v1/titles/x/similar").unwrap().params, [("title", "x".to_owned())]);
        let rest = router.find(&Method::GET, "/play/t/v/1.m4s").unwrap();
        assert_eq!(rest.params, [("token", "t".to_owned()), ("file", "v/1.m4s".to_owned())]);
        assert_eq!(router.find(&Method::GET, "/").unwrap().function, "titles");
    }

    #[test]
    fn head_is_read_as_get() {
        assert_eq!(router().find(&Method::HEAD, "/v1/titles/x").unwrap().function, "titles");
    }

    #[test]
    fn what_no_route_takes_says_what_would_be_taken() {
        let router = router();
        assert_eq!(router.find(&Method::GET, "/v2").unwrap_err(), NoRoute::Path);
        let methods = vec!["POST".to_owned(), "GET".to_owned()];
        assert_eq!(router.find(&Method::PUT, "/v1/titles/x").unwrap_err(), NoRoute::Method(methods));
    }
}
