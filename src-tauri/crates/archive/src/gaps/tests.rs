use super::*;
use audyn_model::GapCause;

fn gap(at: i64, len: u64, cause: GapCause) -> Gap {
    Gap { at: SampleIndex(at), len, cause }
}

#[test]
fn lines_read_back() {
    let gaps = [gap(10, 5, GapCause::Loss), gap(100, 7, GapCause::DiskFull)];
    let lines = to_lines(&gaps);
    assert_eq!(
        String::from_utf8(lines.clone()).unwrap(),
        "{\"at\":10,\"len\":5,\"cause\":\"loss\"}\n{\"at\":100,\"len\":7,\"cause\":\"disk-full\"}\n"
    );
    assert_eq!(from_lines(&lines), gaps);
}

#[test]
fn grown_torn_and_touching_lines() {
    let check = |text: &str, expected: &[Gap]| assert_eq!(from_lines(text.as_bytes()), expected, "{text:?}");
    let loss = r#"{"at":10,"len":5,"cause":"loss"}"#;
    check("", &[]);
    check(&format!("{loss}\n"), &[gap(10, 5, GapCause::Loss)]);
    check(loss, &[]);
    check(&format!("{loss}\n{}", &loss[..20]), &[gap(10, 5, GapCause::Loss)]);
    check(&format!("{loss}\n{{\"at\":10,\"len\":9,\"cause\":\"loss\"}}\n"), &[gap(10, 9, GapCause::Loss)]);
    check(&format!("{{\"at\":15,\"len\":2,\"cause\":\"loss\"}}\n{loss}\n"), &[gap(10, 7, GapCause::Loss)]);
    check(
        &format!("{loss}\n{{\"at\":15,\"len\":2,\"cause\":\"outage\"}}\n"),
        &[gap(10, 5, GapCause::Loss), gap(15, 2, GapCause::Outage)],
    );
    check(
        &format!("nonsense\n\n{loss}\n{{\"at\":1,\"len\":0,\"cause\":\"loss\"}}\n"),
        &[gap(10, 5, GapCause::Loss)],
    );
}

#[test]
fn the_list_is_beside_the_file() {
    assert_eq!(beside(Path::new("a/b.wav")), Path::new("a/b.wav.gaps"));
}
