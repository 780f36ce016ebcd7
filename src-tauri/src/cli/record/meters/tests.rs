use audyn_engine::meter::meter;
use audyn_model::{AudioFormat, Rate};

use super::lines;

#[test]
fn each_recorder_with_new_levels_gets_one_line() {
    let format = AudioFormat::new(Rate::HZ_48000, 1, 24).unwrap();
    let ((mut a, read_a), (_b, read_b)) = (meter(&format), meter(&format));
    let mut board = vec![("a".to_owned(), read_a), ("b".to_owned(), read_b)];
    let mut levels = Vec::new();
    assert_eq!(lines(&mut board, &mut levels, true), "", "no data is not silence");
    a.add(&vec![0; 960]);
    let level = r#"{"rms_db":-120.0,"peak_db":-120.0,"clipping":false}"#;
    let line = format!(r#"{{"type":"levels","recorder":"a","channels":1,"left":{level},"all":[{level}]}}"#);
    assert_eq!(lines(&mut board, &mut levels, true), format!("{line}\n"));
    assert_eq!(lines(&mut board, &mut levels, true), "", "each is printed once");
    a.add(&vec![0; 960]);
    assert_eq!(
        lines(&mut board, &mut levels, false),
        format!("{}\n", line.replace(r#""recorder":"a","#, ""))
    );
}
