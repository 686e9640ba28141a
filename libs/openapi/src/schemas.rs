//! The schemas of types: of one that is read and one that is written, since what may be left out
//! of a request is not always left out of an answer.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

const PLACE: &str = "#/components/schemas/";
/// Ends the name of a request's type that is written otherwise in an answer.
const REQUESTED: &str = "Input";

/// The schemas that were asked for.
pub(crate) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schemas")
    }
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = || SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = PLACE[1..].into());
        Self { requests: settings().for_deserialize().into(), answers: settings().for_serialize().into() }
    }
}

impl Schemas {
    /// The schema of what is read as `T`, or a reference to it.
    pub(crate) fn request<T: JsonSchema>(&mut self) -> Value {
        self.requests.subschema_for::<T>().to_value()
    }

    /// The schema of what is written from `T`, or a reference to it.
    pub(crate) fn answer<T: JsonSchema>(&mut self) -> Value {
        self.answers.subschema_for::<T>().to_value()
    }

    /// All schemas that are referred to, by name.
    ///
    /// # Panics
    /// When a type is read in another form than it is written: give one of them a type of its own.
    pub(crate) fn into_definitions(mut self) -> Map<String, Value> {
        let mut definitions = self.answers.take_definitions(true);
        for (name, schema) in self.requests.take_definitions(true) {
            let known = definitions.get(&name);
            assert!(known.is_none_or(|known| *known == schema), "{name}{REQUESTED} is needed");
            definitions.insert(name, schema);
        }
        definitions
    }
}
