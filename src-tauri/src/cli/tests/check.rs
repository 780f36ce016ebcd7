use std::path::Path;

use audyn_archive::check::Problem;
use audyn_archive::{Finding, Report};

use super::super::check::{as_json, as_text};

#[test]
fn a_report_is_a_line_and_then_a_table() {
    let whole = Report { segments: 24, bytes: 24_883_200_000, ..Report::default() };
    assert_eq!(as_text(Path::new("/a"), &whole), "/a: 24 segments, 24.9 GB: everything is in order\n");
    let broken = Report {
        segments: 1,
        bytes: 5,
        busy: vec!["/a/z.wav".into()],
        unhashed: 2,
        findings: vec![
            Finding { path: "/a/x.wav".into(), problem: Problem::Missing },
            Finding { path: "/a/longer.wav".into(), problem: Problem::Unknown },
        ],
    };
    assert_eq!(
        as_text(Path::new("/a"), &broken),
        "/a: 1 segment, 5 B, 1 being written, 2 without a hash to compare with: 2 problems\n\
         /a/x.wav       the file is missing\n\
         /a/longer.wav  the file is not in the catalogue\n"
    );
    let json = as_json(Path::new("/a"), &broken);
    assert_eq!(json["segments"], 1);
    assert_eq!(json["busy"][0], "/a/z.wav");
    assert_eq!(json["findings"][1]["problem"], "the file is not in the catalogue");
}
