use audyn_model::ClockIdentity;

use super::super::tests::{check, sound};
use super::super::{Verdict, diagnose};
use crate::doctor::findings::{Ear, Findings, PtpFindings};
use crate::ptp::Declared;
use crate::ptp::message::Announce;
use crate::ptp::monitor::{DomainView, MasterView, PtpState, Sanity};

fn id(clock: u8) -> ClockIdentity {
    ClockIdentity([0, 0x11, 0x22, 0xFF, 0xFE, 0, 0, clock])
}

/// A domain on the first interface whose grandmaster `clock` was heard.
fn domain(number: u8, clock: u8, state: PtpState) -> DomainView {
    let announce = Announce {
        grandmaster: id(clock),
        class: 6,
        utc_offset: 37,
        utc_offset_valid: true,
        ptp_timescale: true,
        time_traceable: clock == 1,
        ..Announce::default()
    };
    let master = MasterView {
        port: Default::default(),
        announce,
        interval_ns: 250_000_000,
        announced: 9,
        missed: 0,
        times: 9,
    };
    DomainView {
        slot: 2,
        domain: number,
        state,
        since: None,
        master: Some(master),
        masters: u32::from(state != PtpState::Lost),
        changes: 0,
        previous: None,
        offset_ns: state.is_good().then_some(1_500),
        uncertainty_ns: None,
        sanity: if state.is_good() { Sanity::Sane } else { Sanity::Unknown },
        counts_utc: false,
        wrong_utc_offset: None,
    }
}

/// The source names grandmaster 1 in domain 0; these domains are heard, for a minute.
fn hears(f: &mut Findings, domains: Vec<DomainView>) {
    let ear = Ear { name: "eth0".into(), slot: 2, problem: None, heard_s: 60.0 };
    let declared = Declared { grandmaster: Some(id(1)), domain: Some(0) };
    f.ptp = Some(PtpFindings { declared, domains, interfaces: vec![ear] });
}

fn warns(domains: Vec<DomainView>, name: &str, words: &str) {
    check(1, |f| hears(f, domains), name, Verdict::Warn, words);
}

#[test]
fn a_sound_clock_is_called_so() {
    use PtpState::{Changed, Locked};
    for state in [Locked, Changed] {
        let mut findings = sound(1);
        hears(&mut findings, vec![domain(0, 1, state), domain(3, 2, Locked)]);
        let report = diagnose(&findings);
        assert_eq!((report.id, report.verdict), ("healthy", Verdict::Ok));
        let ptp: Vec<_> =
            report.checks.iter().rev().take(4).rev().map(|c| (c.name, c.words.as_str())).collect();
        assert_eq!(
            ptp,
            [
                ("PTP domain", "Domain 0 is heard on eth0"),
                (
                    "Grandmaster",
                    "00-11-22-FF-FE-00-00-01, follows a primary reference, announced every 0.25 s"
                ),
                ("PTP time", "1.5 µs from this machine's clock"),
                ("UTC offset", "37 s"),
            ]
        );
    }
    // Nothing is said where the description names no clock.
    let without = diagnose(&sound(1)).checks.len();
    let mut findings = sound(1);
    findings.ptp = None;
    assert_eq!(diagnose(&findings).checks.len(), without);
}

#[test]
fn each_trouble_of_a_clock_has_its_name() {
    use PtpState::{Insane, Locked, Lost};
    warns(
        vec![domain(3, 1, Locked)],
        "ptp-wrong-domain",
        "PTP domain 0, and its grandmaster 00-11-22-FF-FE-00-00-01 keeps domain 3 on eth0",
    );
    warns(
        vec![domain(3, 2, Locked)],
        "ptp-wrong-domain",
        "only domain 3 is heard on eth0, kept by 00-11-22-FF-FE-00-00-02",
    );
    warns(vec![], "ptp-silent", "no grandmaster is heard on eth0; see that it runs");
    warns(vec![domain(3, 1, Lost)], "ptp-silent", "no grandmaster is heard");
    warns(
        vec![domain(0, 2, Locked)],
        "ptp-other-grandmaster",
        "names grandmaster 00-11-22-FF-FE-00-00-01, and 00-11-22-FF-FE-00-00-02 keeps domain 0",
    );
    warns(
        vec![domain(0, 1, Lost)],
        "ptp-lost",
        "of domain 0 is gone on eth0: its announcements have stopped; see that it runs",
    );
    warns(vec![domain(0, 2, Lost)], "ptp-lost", "is gone");
    let wrong = DomainView { sanity: Sanity::Off(-90), ..domain(0, 1, Insane) };
    warns(vec![wrong], "ptp-time", "not believed: its time is 90 s behind this machine's clock; see which");
    let leap = DomainView { wrong_utc_offset: Some(35), ..domain(0, 1, Locked) };
    warns(vec![leap], "ptp-utc-offset", "a UTC offset of 35 s");
    let rivals = DomainView { masters: 2, ..domain(0, 1, Locked) };
    warns(vec![rivals], "ptp-two-masters", "2 masters are active in domain 0 on eth0");
    check(
        1,
        |f| {
            hears(f, vec![domain(0, 2, Locked)]);
            f.ptp.as_mut().unwrap().declared.grandmaster = None;
        },
        "ptp-other-grandmaster",
        Verdict::Warn,
        "wants a traceable clock",
    );
    // Audio that does not come is worse than a clock that is not there.
    check(
        1,
        |f| {
            hears(f, vec![]);
            f.legs[0].kernel_dropped = 3;
        },
        "receive-buffer",
        Verdict::Fault,
        "overflowed",
    );
}

#[test]
fn a_clock_that_could_not_be_heard_is_not_judged() {
    let says = |spoil: &dyn Fn(&mut PtpFindings), name: &str, words: &str| {
        let mut findings = sound(1);
        hears(&mut findings, vec![]);
        spoil(findings.ptp.as_mut().unwrap());
        let report = diagnose(&findings);
        let check = report.checks.last().unwrap();
        assert_eq!((report.id, check.name, check.verdict), ("healthy", name, Verdict::Unknown));
        assert!(check.words.contains(words), "{check:?}");
    };
    says(&|ptp| ptp.interfaces[0].heard_s = 5.0, "PTP domain", "in 5 s; listen for 12 s to know");
    says(&|ptp| ptp.interfaces.clear(), "PTP domain", "see the clock settings");
    says(
        &|ptp| ptp.interfaces[0].problem = Some("Ports 319 and 320 need privilege.".into()),
        "PTP domain",
        "Not looked for: ports 319 and 320 need privilege",
    );
    let mute = domain(0, 1, PtpState::Listening);
    says(&|ptp| ptp.domains = vec![mute.clone()], "Grandmaster", "has not sent a time yet");
}
