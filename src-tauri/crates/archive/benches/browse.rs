//! How long a page of a large archive takes: 100 000 files, a gap in every tenth. Run with
//! `cargo bench -p audyn-archive --bench browse`.

use audyn_archive::{CivilClock, FileFilter, Root};
use audyn_model::{Container, Utc};
use rusqlite::Connection;

/// Sixteen studios, a file a minute all in all, on round days.
const FILL: &str = "
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
    INSERT INTO segments (id, recorder, recorder_name, path, container, rate, channels, stored, first, frames,
        start_tai_ns, time_basis, anchor_at, anchor_tai_ns, zone, state, bytes, head_len, head_hash, body_hash)
    SELECT printf('0190c5a8-8c1c-7000-8000-%012x', i), printf('0190c5a8-8c1c-7000-8001-%012x', i % 16),
        printf('Studio %d', i % 16), printf('studio-%08x/2026-%03d/%06d.wav', i % 16, i / 1440, i),
        CASE i % 3 WHEN 0 THEN 'wav' ELSE 'flac' END, 48000, 2, '24', i * 2880000, 2880000, i * 60000000000,
        'media-clock', 0, 0, '+02:00', 'sealed', 17280000, 700, randomblob(32), randomblob(32) FROM n;
    INSERT INTO gaps (segment, at, len, cause) SELECT id, first + 1000, 48, 'loss' FROM segments WHERE rowid % 10 = 0;
    ANALYZE;";

fn main() {
    divan::main();
}

/// Each kind of question for the second page of 200.
#[divan::bench(args = ["all", "folder", "recorder", "day", "search", "format", "gaps"])]
fn page(bencher: divan::Bencher<'_, '_>, question: &str) {
    let dir = archive();
    let (root, _) = Root::open(dir.path(), "bench", Utc(0)).expect("the root opens");
    let newest = root.page(&FileFilter::default(), None, 1).expect("a page").files.remove(0);
    let none = FileFilter::default();
    let filter = match question {
        "folder" => FileFilter { folders: vec!["studio-00000007".to_owned()], ..none },
        "recorder" => FileFilter { recorder: Some(newest.row.recorder), ..none },
        "day" => FileFilter { from: Some(newest.row.start().plus(-86_400_000_000_000)), ..none },
        "search" => FileFilter { search: Some("0007".to_owned()), ..none },
        "format" => FileFilter { container: Some(Container::Wav), ..none },
        "gaps" => FileFilter { with_gaps: true, ..none },
        _ => none,
    };
    let next = root.page(&filter, None, 200).expect("a page").next;
    bencher.bench(|| root.page(&filter, next, 200).expect("a page"));
}

/// The whole tree.
#[divan::bench]
fn tree(bencher: divan::Bencher<'_, '_>) {
    let dir = archive();
    let (root, _) = Root::open(dir.path(), "bench", Utc(0)).expect("the root opens");
    bencher.bench(|| root.tree(&CivilClock::utc()).expect("the tree"));
}

fn archive() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    drop(Root::open(dir.path(), "bench", Utc(0)).expect("the root opens"));
    let catalogue = Connection::open(dir.path().join("catalogue.db")).expect("the catalogue");
    catalogue.execute_batch(FILL).expect("the rows fit");
    dir
}
