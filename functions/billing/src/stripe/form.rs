//! Forms as Stripe reads them: `items[0][price]=x&metadata[intent]=y`.

use form_urlencoded::Serializer;
use std::fmt::Display;

/// Names and values, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// A form with one field.
    pub(crate) fn of(name: &str, value: impl Display) -> Self {
        Self::default().with(name, value)
    }

    /// With one more field.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn encode(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_is_encoded_as_browsers_do() {
        let form = Form::of("items[0][plan]", "a b").with("amount", 5).with("name", "ü&=");
        assert_eq!(form.encode(), "items%5B0%5D%5Bplan%5D=a+b&amount=5&name=%C3%BC%26%3D");
        assert_eq!(Form::default().encode(), "");
    }
}
