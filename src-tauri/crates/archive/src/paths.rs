//! Where a file of an archive is: as the catalogue has it, and on the disk; and the lists beside it.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use crate::SegmentRow;

/// The suffixes of the lists beside a file, added to its whole name.
pub(crate) mod lists {
    /// Of gaps.
    pub(crate) const GAPS: &str = "gaps";
    /// Of marks.
    pub(crate) const MARKS: &str = "marks";
    /// Of holds.
    pub(crate) const HOLDS: &str = "holds";
    /// All of them.
    pub(crate) const ALL: [&str; 3] = [GAPS, MARKS, HOLDS];
}

/// The list with this suffix beside `file`.
pub(crate) fn list_beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// A path as the catalogue has it: relative to its root, `/` between components.
pub(crate) fn relative(base: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(base).ok()?.iter().map(OsStr::to_str).collect();
    parts.map(|parts| parts.join("/"))
}

/// Where the file of a row should be; none if its path leads elsewhere than below the root.
pub(crate) fn place(dir: &Path, row: &SegmentRow) -> Option<PathBuf> {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let path = Path::new(&row.path);
    let inside = path.components().next().is_some() && path.components().all(plain);
    inside.then(|| dir.join(path))
}

/// Where the file of a row is; none if that is not below the root.
pub(crate) fn inside(dir: &Path, row: &SegmentRow) -> io::Result<Option<PathBuf>> {
    let Some(path) = place(dir, row) else { return Ok(None) };
    let Some(folder) = path.parent() else { return Ok(None) };
    match fs::canonicalize(folder) {
        Ok(real) => Ok(real.starts_with(dir).then_some(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(path)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_with_slashes() {
        let check = |base, path, expected| {
            assert_eq!(relative(Path::new(base), Path::new(path)).as_deref(), expected)
        };
        check("/r", "/r/a/b.wav", Some("a/b.wav"));
        check("/r", "/other/b.wav", None);
    }
}
