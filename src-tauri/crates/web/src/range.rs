//! Byte ranges (RFC 9110, section 14). Pure.

/// What a client asks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    All,
    /// From the first to the last byte, both included.
    Part { first: u64, last: u64 },
    /// What is not there: the range cannot be satisfied.
    Nothing,
}

/// What a `Range` field means for a file of so many bytes. A field that cannot be read, another unit and more than one
/// range mean the whole file, as the standard allows: nobody gets more than one part at a time.
#[must_use]
pub fn wanted(field: Option<&str>, bytes: u64) -> Wanted {
    let Some(set) = field.and_then(|field| field.trim().strip_prefix("bytes=")) else { return Wanted::All };
    let Some((first, last)) = set.trim().split_once('-') else { return Wanted::All };
    let (first, last) = (first.trim(), last.trim());
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok());
    match (number(first), number(last)) {
        // The last so many bytes.
        (_, Some(Some(0))) if first.is_empty() => Wanted::Nothing,
        (_, Some(Some(suffix))) if first.is_empty() => match bytes {
            0 => Wanted::Nothing,
            _ => Wanted::Part { first: bytes.saturating_sub(suffix), last: bytes - 1 },
        },
        (Some(Some(first)), _) if last.is_empty() => part(first, u64::MAX, bytes),
        (Some(Some(first)), Some(Some(last))) if first <= last => part(first, last, bytes),
        _ => Wanted::All,
    }
}

const fn part(first: u64, last: u64, bytes: u64) -> Wanted {
    if first >= bytes {
        return Wanted::Nothing;
    }
    let end = bytes - 1;
    Wanted::Part { first, last: if last < end { last } else { end } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_means_what_the_standard_says() {
        let part = |first, last| Wanted::Part { first, last };
        for (field, meant) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=0-99", part(0, 99)),
            ("bytes=0-100", part(0, 99)),
            ("bytes=90-", part(90, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes= 5 - 6 ", part(5, 6)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=100-200", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            // Not ranges: the whole file.
            ("bytes=6-5", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=0-1,5-6", Wanted::All),
            ("lines=0-1", Wanted::All),
            ("bytes=99999999999999999999-", Wanted::All),
        ] {
            assert_eq!(wanted(Some(field), 100), meant, "{field}");
        }
        assert_eq!(wanted(None, 100), Wanted::All);
        assert_eq!(wanted(Some("bytes=-5"), 0), Wanted::Nothing);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
