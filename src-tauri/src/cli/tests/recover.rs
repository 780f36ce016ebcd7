use std::path::Path;

use audyn_archive::{Mended, Recovery};

use super::super::recover::{as_json, as_text};

#[test]
fn what_was_done_to_each_file_is_told() {
    assert_eq!(as_text(Path::new("/a"), &Recovery::default()), "/a: nothing to mend\n");
    let recovery = Recovery {
        sealed: vec![Mended { path: "/a/x.wav".into(), frames: 48_000, cut: 3 }],
        busy: vec!["/a/b.wav".into()],
        missing: vec!["/a/m.wav".into()],
        faulted: vec![("/a/f.wav".into(), "ends inside its head".into())],
        unknown: vec!["/a/u.wav".into()],
        adopted: 2,
        set_aside: Some("/a/catalogue.db.old".into()),
    };
    assert_eq!(
        as_text(Path::new("/a"), &recovery),
        "/a: 1 file mended, 2 rows made from files\n\
         /a/x.wav             mended: plays 48000 frames, 3 B of a torn end cut off\n\
         /a/b.wav             being written: left alone\n\
         /a/m.wav             missing: the catalogue says so now\n\
         /a/f.wav             cannot be mended and is left as it is: ends inside its head\n\
         /a/u.wav             not in the catalogue: left alone\n\
         /a/catalogue.db.old  the old catalogue\n"
    );
    let json = as_json(Path::new("/a"), &recovery);
    assert_eq!(json["sealed"][0]["frames"], 48_000);
    assert_eq!(json["faulted"][0]["why"], "ends inside its head");
    assert_eq!(json["adopted"], 2);
}
