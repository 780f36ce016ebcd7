//! When two names are the same one.

use unicode_normalization::UnicodeNormalization as _;

/// The name as far as it tells things apart: letters however they were typed and in whatever case, one space for many.
pub fn key(name: &str) -> String {
    // Upper case first: it spells out what has no single counterpart (ß, ﬁ), so that both spellings meet.
    let folded: String = name.nfkc().collect::<String>().to_uppercase().to_lowercase().nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
