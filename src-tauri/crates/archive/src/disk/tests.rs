use std::io::ErrorKind;

use super::*;

type Make = fn(&Path, &[u8]) -> io::Result<SystemFile>;

#[test]
fn a_file_has_its_head_and_its_lock_and_takes_nobodys_name() {
    let ways: [Make; 2] = [named, unnamed];
    for (way, make) in ways.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file.wav");
        let file = make(&path, b"head").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"head", "way {way}");
        let other = File::open(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(fs::TryLockError::WouldBlock)), "way {way}");
        let refused = make(&path, b"other").map(drop).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists, "way {way}");
        assert_eq!(fs::read(&path).unwrap(), b"head", "way {way}: what has the name is left alone");
        drop(file);
        other.try_lock().unwrap();
        let names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["file.wav"], "way {way}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("missing/file.wav");
    assert_eq!(unnamed(&path, b"head").map(drop).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(cannot(&ErrorKind::NotFound.into()), "the other way says what is missing");
    assert_eq!(SystemDisk.create_new(&path, b"head").map(drop).unwrap_err().kind(), ErrorKind::NotFound);
}
