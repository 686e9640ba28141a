//! One segment of the index, with what is known of each of its titles.

use crate::document::Document;
use crate::fold::{fold, words, words_and_compounds};
use crate::phrases::Phrases;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tantivy::directory::RamDirectory;
use tantivy::index::InvertedIndexReader;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexSettings, TantivyDocument, TantivyError};

/// Prefixes of up to so many letters have lists of their own: too many words begin with them.
pub(crate) const SHORT_PREFIX: usize = 3;

/// The letters of a title that are compared as a whole.
const LONGEST_TITLE: usize = 200;

/// The least that tantivy takes to build with, in bytes.
const BUILD_MEMORY: usize = 15_000_000;

/// The words of one field, and their titles.
pub(crate) type Words = Arc<InvertedIndexReader>;

/// Titles that were indexed together.
pub(crate) struct Part {
    /// The titles, by their number.
    pub(crate) documents: Vec<Arc<Document>>,
    /// What is filtered and counted by, for each.
    pub(crate) facts: Vec<Facts>,
    /// The number of each id.
    pub(crate) numbers: HashMap<reel_api::TitleId, u32>,
    /// Genres and kinds, as first written and folded.
    pub(crate) values: Vec<(String, String)>,
    /// Whole titles without spaces, in byte order, and the numbers of those called so.
    pub(crate) keys: Vec<(String, Vec<u32>)>,
    /// What can be suggested.
    pub(crate) phrases: Phrases,
    /// The same keys as terms.
    pub(crate) key: Words,
    /// The words of titles, people and genres.
    pub(crate) name: Words,
    pub(crate) title: Words,
    pub(crate) title_start: Words,
    pub(crate) people: Words,
    pub(crate) people_start: Words,
    pub(crate) genre: Words,
    pub(crate) description: Words,
}

/// What is filtered and counted by. Genres and kind are places in [`Part::values`].
pub(crate) struct Facts {
    pub(crate) year: Option<u16>,
    pub(crate) genres: Vec<u16>,
    pub(crate) kind: Option<u16>,
    pub(crate) playable: bool,
    pub(crate) title_words: u16,
}

struct Fields {
    key: Field,
    name: Field,
    title: Field,
    title_start: Field,
    people: Field,
    people_start: Field,
    genre: Field,
    description: Field,
}

impl Part {
    /// Indexes titles; of two with the same id, the later one.
    pub(crate) fn build(documents: impl IntoIterator<Item = Arc<Document>>) -> Result<Self, TantivyError> {
        let documents = last_of_each(documents);
        let mut schema = Schema::builder();
        let fields = Fields::add_to(&mut schema);
        let mut writer = tantivy::Index::builder()
            .schema(schema.build())
            .settings(IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() })
            .single_segment_index_writer(RamDirectory::create(), BUILD_MEMORY)?;
        let mut keys: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut values = Values::default();
        let mut facts = Vec::with_capacity(documents.len());
        for (number, document) in (0..).zip(&documents) {
            let title = words(&document.name);
            let named = document_keys(document, &title);
            writer.add_document(fields.document(document, &named.join(" ")))?;
            facts.push(values.facts(document, title.len()));
            for key in named {
                keys.entry(key).or_default().push(number);
            }
        }
        let phrases = Phrases::build(&documents)?;
        let segment = writer.finalize()?;
        let searcher = segment.reader_builder().reload_policy(tantivy::ReloadPolicy::Manual).try_into()?.searcher();
        let segment = searcher.segment_readers().first();
        let words = |field| match segment {
            Some(segment) => segment.inverted_index(field),
            None => Ok(Arc::new(InvertedIndexReader::empty(IndexRecordOption::Basic))),
        };
        Ok(Self {
            key: words(fields.key)?,
            name: words(fields.name)?,
            title: words(fields.title)?,
            title_start: words(fields.title_start)?,
            people: words(fields.people)?,
            people_start: words(fields.people_start)?,
            genre: words(fields.genre)?,
            description: words(fields.description)?,
            numbers: (0..).zip(&documents).map(|(number, document)| (document.id, number)).collect(),
            keys: keys.into_iter().collect(),
            values: values.all,
            documents,
            facts,
            phrases,
        })
    }

    /// The place of a genre or kind, however it is written; none when no title has it.
    pub(crate) fn value(&self, name: &str) -> Option<u16> {
        let name = fold(name);
        self.values.iter().position(|(_, folded)| *folded == name).map(|place| place as u16)
    }
}

/// The title without spaces, in each of its languages; `title` are the words of the first.
fn document_keys(document: &Document, title: &[String]) -> Vec<String> {
    let joined =
        |words: &[String]| -> String { words.iter().flat_map(|word| word.chars()).take(LONGEST_TITLE).collect() };
    let others = document.other_names.iter().map(|name| joined(&words(name)));
    let mut keys: Vec<String> = [joined(title)].into_iter().chain(others).filter(|key| !key.is_empty()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn last_of_each(documents: impl IntoIterator<Item = Arc<Document>>) -> Vec<Arc<Document>> {
    let mut all: Vec<Arc<Document>> = Vec::new();
    let mut places = HashMap::new();
    for document in documents {
        match places.entry(document.id) {
            std::collections::hash_map::Entry::Occupied(place) => all[*place.get()] = document,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(all.len());
                all.push(document);
            }
        }
    }
    all
}

impl Fields {
    fn add_to(schema: &mut tantivy::schema::SchemaBuilder) -> Self {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        let options = TextOptions::default().set_indexing_options(indexing);
        let mut field = |name| schema.add_text_field(name, options.clone());
        Self {
            key: field("key"),
            name: field("name"),
            title: field("title"),
            title_start: field("title_start"),
            people: field("people"),
            people_start: field("people_start"),
            genre: field("genre"),
            description: field("description"),
        }
    }

    fn document(&self, document: &Document, keys: &str) -> TantivyDocument {
        let names = [&document.name].into_iter().chain(&document.other_names);
        let title: Vec<String> = names.flat_map(|name| words_and_compounds(name)).collect();
        let people: Vec<String> =
            document.cast.iter().chain(&document.directors).flat_map(|name| words_and_compounds(name)).collect();
        let genres: Vec<String> = document.genres.iter().flat_map(|genre| words(genre)).flat_map(forms).collect();
        let mut indexed = TantivyDocument::default();
        indexed.add_text(self.key, keys);
        indexed.add_text(self.name, [&title[..], &people, &genres].concat().join(" "));
        indexed.add_text(self.title_start, starts(&title));
        indexed.add_text(self.title, title.join(" "));
        indexed.add_text(self.people_start, starts(&people));
        indexed.add_text(self.people, people.join(" "));
        indexed.add_text(self.genre, genres.join(" "));
        indexed.add_text(self.description, words(&document.description).join(" "));
        indexed
    }
}

/// A genre's word, and its singular where English has one: `Comedies` is asked for as `comedy`.
fn forms(word: String) -> Vec<String> {
    let singular = match word.strip_suffix('s') {
        Some(stem) if stem.ends_with("ie") => Some(format!("{}y", &stem[..stem.len() - 2])),
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => Some(stem.to_owned()),
        _ => None,
    };
    singular.into_iter().chain([word]).collect()
}

/// The first letters of words, up to [`SHORT_PREFIX`].
fn starts(words: &[String]) -> String {
    let mut starts: Vec<&str> = words
        .iter()
        .flat_map(|word| word.char_indices().take(SHORT_PREFIX).map(|(at, c)| &word[..at + c.len_utf8()]))
        .collect();
    starts.sort_unstable();
    starts.dedup();
    starts.join(" ")
}

#[derive(Default)]
struct Values {
    all: Vec<(String, String)>,
    places: HashMap<String, u16>,
}

impl Values {
    fn facts(&mut self, document: &Document, title_words: usize) -> Facts {
        let mut genres: Vec<u16> = document.genres.iter().filter_map(|genre| self.place(genre)).collect();
        genres.sort_unstable();
        genres.dedup();
        Facts {
            year: document.year,
            genres,
            kind: document.kind.as_deref().and_then(|kind| self.place(kind)),
            playable: document.playable,
            title_words: u16::try_from(title_words).unwrap_or(u16::MAX),
        }
    }

    /// None once there are more values than numbers for them.
    fn place(&mut self, name: &str) -> Option<u16> {
        let folded = fold(name);
        if let Some(place) = self.places.get(&folded) {
            return Some(*place);
        }
        let place = u16::try_from(self.all.len()).ok()?;
        self.all.push((name.to_owned(), folded.clone()));
        self.places.insert(folded, place);
        Some(place)
    }
}
