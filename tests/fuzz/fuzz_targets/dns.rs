//! Any bytes are records, or a reject that has a counter; whatever they say, what is known stays bounded.

#![no_main]

use std::net::Ipv4Addr;

use audyn_engine::discovery::browser::{Browser, INSTANCES};
use audyn_engine::discovery::dns::{Data, Reject, parse, query};
use audyn_model::Mono;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let records = match parse(bytes) {
        Ok(records) => records,
        Err(reject) => {
            assert_eq!(Reject::ALL[reject.index()], reject);
            return;
        }
    };
    for record in &records {
        let names = match &record.data {
            Data::Ptr(name) => vec![&record.name, name],
            Data::Srv { .. } => vec![&record.name],
        };
        assert!(names.iter().all(|name| name.0.len() < 128 && name.0.iter().all(|label| !label.is_empty())));
    }
    let mut browser = Browser::default();
    for second in 0..3_i64 {
        let now = Mono(second * 1_000_000_000);
        browser.hear(&records, Ipv4Addr::new(192, 0, 2, 1), "eth0", now);
        assert!(browser.endpoints().count() <= INSTANCES);
        let asked = query(&browser.questions(second == 0, now), &browser.known(now));
        assert!((12..=1400).contains(&asked.len()));
        let mut answer = asked;
        answer[2] = 0x84;
        assert!(parse(&answer).is_ok(), "what we ask can be read");
        browser.pass(now);
    }
});
