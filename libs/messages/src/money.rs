//! Amounts of money, as they are written in a language.

use crate::Language;

/// The amount of so many minor units of a currency (ISO 4217): `€9.99`, `9,99 €`.
pub(crate) fn money(amount: i64, currency: &str, language: Language) -> String {
    let digits = digits(currency);
    let per_unit = 10_u64.pow(digits);
    let (units, rest) = (amount.unsigned_abs() / per_unit, amount.unsigned_abs() % per_unit);
    let (group, point) = match language {
        Language::En => (',', '.'),
        Language::De => ('.', ','),
    };
    let mut number = grouped(units, group);
    if digits > 0 {
        number.push(point);
        number.push_str(&format!("{rest:0width$}", width = digits as usize));
    }
    let minus = if amount < 0 { "-" } else { "" };
    match (language, symbol(currency)) {
        (Language::En, Some(symbol)) => format!("{minus}{symbol}{number}"),
        (Language::En, None) => format!("{minus}{currency}\u{a0}{number}"),
        (Language::De, symbol) => format!("{minus}{number}\u{a0}{}", symbol.unwrap_or(currency)),
    }
}

/// How many digits its minor unit has (ISO 4217, list one): two where it does not say otherwise.
fn digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        _ => return None,
    })
}

fn grouped(units: u64, by: char) -> String {
    let digits = units.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(by);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_as_its_readers_write_it() {
        for (amount, currency, english, german) in [
            (999, "EUR", "€9.99", "9,99 €"),
            (123_456_789, "USD", "$1,234,567.89", "1.234.567,89 $"),
            (5, "GBP", "£0.05", "0,05 £"),
            (1_500, "JPY", "¥1,500", "1.500 ¥"),
            (1_250, "KWD", "KWD 1.250", "1,250 KWD"),
            (-100, "CHF", "-CHF 1.00", "-1,00 CHF"),
        ] {
            let written = |language| money(amount, currency, language).replace('\u{a0}', " ");
            assert_eq!((&*written(Language::En), &*written(Language::De)), (english, german));
        }
    }
}
