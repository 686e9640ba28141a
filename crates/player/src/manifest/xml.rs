//! XML as a tree, without namespaces.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    /// The root element of a document.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(tag) => open.push(Self::from_tag(&tag)?),
                Event::Empty(tag) => open.last_mut().ok_or("it ends too often")?.children.push(Self::from_tag(&tag)?),
                Event::End(_) => close(&mut open)?,
                Event::Text(text) => append(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => append(&mut open, &resolve(&reference.xml10_content())?),
                Event::Eof => break,
                _ => {}
            }
        }
        let mut root = open.pop().filter(|_| open.is_empty()).ok_or("an element is not closed")?;
        root.children.pop().ok_or_else(|| "it holds no element".into())
    }

    fn from_tag(tag: &BytesStart) -> Result<Self, String> {
        let mut element = Self { name: local(tag.name().as_ref()), ..Self::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
            element.attributes.push((local(attribute.key.as_ref()), value.into_owned()));
        }
        Ok(element)
    }

    /// An attribute by its local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The children of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn close(open: &mut Vec<Element>) -> Result<(), String> {
    let element = open.pop().ok_or("it ends too often")?;
    open.last_mut().ok_or("it ends too often")?.children.push(element);
    Ok(())
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolve(name: &str) -> Result<String, String> {
    quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned()).map_err(|e| e.to_string())
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}
