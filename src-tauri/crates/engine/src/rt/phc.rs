//! PTP hardware clocks (`/dev/ptp*`) and the kernel's own idea of TAI and of its clock's quality.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use audyn_model::Utc;

/// Samples taken for one reading; the one with the least time around it counts.
const SAMPLES: usize = 5;
/// `ETHTOOL_GET_TS_INFO` (linux/ethtool.h).
const GET_TS_INFO: u32 = 0x41;
/// `CLOCKFD` (linux/posix-timers.h): a clock id made from a file descriptor.
const CLOCKFD: libc::clockid_t = 3;

/// An open PTP hardware clock.
#[derive(Debug)]
pub struct Phc {
    file: File,
    path: PathBuf,
}

/// What a hardware clock and the machine's clock showed at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhcReading {
    /// The hardware clock: nanoseconds since its epoch, which should be TAI's.
    pub phc_ns: i64,
    /// The machine's clock.
    pub utc: Utc,
    /// Within so many nanoseconds the two belong together.
    pub uncertainty_ns: u64,
}

/// The kernel's word on its own clock (`adjtimex(2)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KernelClock {
    /// TAI − UTC in seconds; 0 if nobody has set it.
    pub tai_offset_s: i64,
    /// Something (chrony, ntpd, systemd-timesyncd, phc2sys) keeps it in time.
    pub synchronised: bool,
    /// The largest error it believes to have, in nanoseconds.
    pub max_error_ns: u64,
}

impl Phc {
    /// Opens `/dev/ptpN` for reading.
    ///
    /// # Errors
    /// In a sentence: it is not there, not ours to read, or not a PTP clock.
    #[expect(clippy::wildcard_enum_match_arm, reason = "theirs, and may grow: the system's own words follow")]
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("there is no {}: `ls /dev/ptp*` shows the PTP clocks of this machine", path.display())
            }
            io::ErrorKind::PermissionDenied => format!(
                "{} may not be read: give the user of this program read access to it, by a udev rule for the subsystem ptp",
                path.display()
            ),
            _ => format!("cannot open {}: {error}", path.display()),
        })?;
        let phc = Self { file, path: path.to_owned() };
        phc.read()?;
        Ok(phc)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it together with the machine's clock: by the card itself where it can, else the narrowest of a few.
    ///
    /// # Errors
    /// In a sentence: it cannot be read.
    pub fn read(&self) -> Result<PhcReading, String> {
        let ways = [Self::precise, Self::extended, Self::bracketed, Self::by_clock_id];
        ways.iter().find_map(|way| way(self)).ok_or_else(|| {
            format!(
                "{} cannot be read as a PTP clock: give the path of one, such as /dev/ptp0",
                self.path.display()
            )
        })
    }

    /// Cards with cross timestamps (PTP_SYS_OFFSET_PRECISE).
    fn precise(&self) -> Option<PhcReading> {
        // SAFETY: all-zero bytes are a valid value of this plain struct.
        let mut at: libc::ptp_sys_offset_precise = unsafe { std::mem::zeroed() };
        // SAFETY: the request writes one `ptp_sys_offset_precise`, which `at` is.
        let done = unsafe { libc::ioctl(self.file.as_raw_fd(), libc::PTP_SYS_OFFSET_PRECISE, &raw mut at) };
        (done == 0).then(|| PhcReading {
            phc_ns: ns(&at.device),
            utc: Utc(ns(&at.sys_realtime)),
            uncertainty_ns: 100,
        })
    }

    /// Drivers that read the machine's clock on both sides of the register (PTP_SYS_OFFSET_EXTENDED).
    fn extended(&self) -> Option<PhcReading> {
        // SAFETY: all-zero bytes are a valid value of this plain struct.
        let mut at: libc::ptp_sys_offset_extended = unsafe { std::mem::zeroed() };
        at.n_samples = SAMPLES as libc::c_uint;
        // SAFETY: the request reads and writes one `ptp_sys_offset_extended`, which `at` is.
        let done = unsafe { libc::ioctl(self.file.as_raw_fd(), libc::PTP_SYS_OFFSET_EXTENDED, &raw mut at) };
        if done != 0 {
            return None;
        }
        narrowest(at.ts[..SAMPLES].iter().map(|[before, phc, after]| [ns(before), ns(phc), ns(after)]))
    }

    /// Every driver: the machine's clock before and after the call (PTP_SYS_OFFSET).
    fn bracketed(&self) -> Option<PhcReading> {
        // SAFETY: all-zero bytes are a valid value of this plain struct.
        let mut at: libc::ptp_sys_offset = unsafe { std::mem::zeroed() };
        at.n_samples = SAMPLES as libc::c_uint;
        // SAFETY: the request reads and writes one `ptp_sys_offset`, which `at` is.
        let done = unsafe { libc::ioctl(self.file.as_raw_fd(), libc::PTP_SYS_OFFSET, &raw mut at) };
        if done != 0 {
            return None;
        }
        // System and device times alternate, beginning and ending with the system's.
        narrowest(at.ts[..2 * SAMPLES + 1].windows(3).step_by(2).map(|w| [ns(&w[0]), ns(&w[1]), ns(&w[2])]))
    }

    /// The clock as a POSIX one, with the machine's clock read around it.
    fn by_clock_id(&self) -> Option<PhcReading> {
        let id = clock_id(self.file.as_raw_fd());
        let samples: Option<Vec<_>> = (0..SAMPLES)
            .map(|_| Some([gettime(libc::CLOCK_REALTIME)?, gettime(id)?, gettime(libc::CLOCK_REALTIME)?]))
            .collect();
        narrowest(samples?.into_iter())
    }
}

/// The hardware clock that stamps an interface's packets (`ETHTOOL_GET_TS_INFO`).
///
/// # Errors
/// In a sentence: there is no such interface, or it has no clock.
pub fn phc_of_interface(name: &str) -> Result<PathBuf, String> {
    /// `struct ethtool_ts_info` (linux/ethtool.h).
    #[repr(C)]
    #[derive(Default)]
    struct TsInfo {
        cmd: u32,
        so_timestamping: u32,
        phc_index: i32,
        tx_types: u32,
        tx_reserved: [u32; 3],
        rx_filters: u32,
        rx_reserved: [u32; 3],
    }
    let text = CString::new(name).map_err(|_| format!("{name:?} is not the name of an interface"))?;
    if text.as_bytes().is_empty() || text.as_bytes_with_nul().len() > libc::IFNAMSIZ {
        return Err(format!("{name:?} is not the name of an interface"));
    }
    let mut info = TsInfo { cmd: GET_TS_INFO, phc_index: -1, ..TsInfo::default() };
    // SAFETY: all-zero bytes are a valid `ifreq`.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(text.as_bytes_with_nul()) {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_data = (&raw mut info).cast();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0")
        .map_err(|error| format!("cannot ask for the clock of {name}: {error}"))?;
    // SAFETY: `request` names an interface and points at an `ethtool_ts_info`, which the request fills in.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) };
    if done != 0 {
        let error = io::Error::last_os_error();
        return Err(match error.raw_os_error() {
            Some(libc::ENODEV) => {
                format!("there is no interface {name}: `ip link` shows those of this machine")
            }
            Some(_) | None => format!("{name} does not say which PTP clock it has: {error}"),
        });
    }
    if info.phc_index < 0 {
        return Err(format!(
            "{name} has no PTP hardware clock: use software mode with ptp4l and phc2sys, or a network card that has one"
        ));
    }
    Ok(PathBuf::from(format!("/dev/ptp{}", info.phc_index)))
}

/// Asks the kernel how its clock is. Changes nothing.
///
/// # Errors
/// The kernel refuses to say.
pub fn kernel_clock() -> io::Result<KernelClock> {
    // SAFETY: all-zero bytes are a valid `timex`, and mean that nothing is to be changed.
    let mut timex: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: `timex` is valid to read and write.
    let state = unsafe { libc::adjtimex(&raw mut timex) };
    if state < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(KernelClock {
        tai_offset_s: timex.tai.into(),
        synchronised: timex.status & libc::STA_UNSYNC == 0,
        max_error_ns: u64::try_from(timex.maxerror).unwrap_or(0).saturating_mul(1000),
    })
}

const fn clock_id(fd: libc::c_int) -> libc::clockid_t {
    (!fd << 3) | CLOCKFD
}

fn gettime(clock: libc::clockid_t) -> Option<i64> {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid timespec to write to; a clock that does not exist is refused.
    let done = unsafe { libc::clock_gettime(clock, &raw mut now) };
    (done == 0).then(|| now.tv_sec * 1_000_000_000 + now.tv_nsec)
}

/// Of `[before, device, after]` the one that was read fastest, the device set against the middle.
fn narrowest(samples: impl Iterator<Item = [i64; 3]>) -> Option<PhcReading> {
    let [before, phc_ns, after] = samples
        .filter(|[before, _, after]| after >= before)
        .min_by_key(|[before, _, after]| after - before)?;
    let half = (after - before) / 2;
    Some(PhcReading { phc_ns, utc: Utc(before + half), uncertainty_ns: half.unsigned_abs().max(1) })
}

fn ns(time: &libc::ptp_clock_time) -> i64 {
    time.sec.saturating_mul(1_000_000_000).saturating_add(i64::from(time.nsec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reading_with_the_least_around_it_counts() {
        let samples = [[0, 1000, 100], [200, 1210, 220], [300, 1310, 390], [500, 9, 400]];
        let expected = PhcReading { phc_ns: 1210, utc: Utc(210), uncertainty_ns: 10 };
        assert_eq!(narrowest(samples.into_iter()), Some(expected));
        assert_eq!(narrowest(std::iter::empty()), None);
    }

    #[test]
    fn clock_ids_are_made_as_the_kernel_reads_them() {
        // FD_TO_CLOCKID of linux/posix-timers.h, by hand for descriptors 0 and 5.
        assert_eq!((clock_id(0), clock_id(5)), (-5, -45));
    }

    #[test]
    fn what_is_no_clock_is_refused_with_what_to_do() {
        let refused = |path: &str| Phc::open(Path::new(path)).unwrap_err();
        assert!(refused("/dev/ptp-none").starts_with("there is no /dev/ptp-none"));
        assert!(refused("/dev/null").contains("cannot be read as a PTP clock"));
        let lo = phc_of_interface("lo").unwrap_err();
        assert!(lo.contains("lo has no PTP hardware clock") || lo.contains("lo does not say"), "{lo}");
        assert!(phc_of_interface("none0").unwrap_err().contains("none0"));
        assert!(phc_of_interface("much-too-long-for-an-interface").unwrap_err().contains("not the name"));
    }

    #[test]
    fn the_kernel_says_how_its_clock_is() {
        let clock = kernel_clock().unwrap();
        assert!((-1..100).contains(&clock.tai_offset_s));
    }
}
