//! Whether a folder can be written to, asked before a recording depends on it.

use std::fs::{self, File};
use std::path::Path;

use audyn_model::SegmentId;

use crate::Error;

/// Makes and removes a file in `dir`, which must exist.
///
/// # Errors
/// It does not exist, is no folder, or takes no files.
pub fn check_folder(dir: &Path) -> Result<(), Error> {
    let unusable = |source| Error::Root { dir: dir.to_owned(), source };
    let probe = dir.join(format!(".audyn-probe-{}", SegmentId::new()));
    File::create_new(&probe).map_err(unusable)?;
    fs::remove_file(&probe).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_files_or_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        check_folder(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let missing = dir.path().join("none");
        let message = check_folder(&missing).unwrap_err().to_string();
        assert!(message.contains(missing.to_str().unwrap()), "{message}");
    }
}
