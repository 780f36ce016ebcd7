use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::doctors::Refusal;

/// Seconds the doctor listens unless told otherwise, and at most.
const SECONDS: (u32, u32) = (5, 600);

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Full => Self::conflict(refusal.to_string()),
            Refusal::Closed | Refusal::Thread(_) => Self::unavailable(refusal.to_string()),
        }
    }
}

impl Service {
    pub(crate) async fn ask_doctor(&self, _: &Caller, ask: AskDoctor) -> Result<DoctorReport, ApiError> {
        self.work(move |inner| {
            let seconds = ask.seconds.unwrap_or(SECONDS.0);
            if !(1..=SECONDS.1).contains(&seconds) {
                return Err(ApiError::invalid(format!("The doctor listens for 1 to {} seconds.", SECONDS.1)));
            }
            let book = inner.station.shelf.book();
            let row = book.source(&ask.id)?;
            let heard = book.heard(row).map_err(|problems| ApiError::invalid(problems.join(" ")))?;
            Ok(inner.doctors.ask(&row.id, &row.name, heard.source, seconds)?)
        })
        .await
    }

    pub(crate) async fn cancel_doctor(&self, _: &Caller, pick: SourceId) -> Result<DoctorReport, ApiError> {
        self.work(move |inner| {
            let known = inner.doctors.cancel(&pick.id);
            known.ok_or_else(|| ApiError::not_found("The doctor was not asked about this source."))
        })
        .await
    }

    pub(crate) async fn doctor_reports(&self, caller: &Caller, _: Empty) -> Result<DoctorReports, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let sight = Sight::of(&caller, &inner.station.shelf.book());
            let mut reports = inner.doctors.reports();
            reports.retain(|report| sight.has_source(&report.source_id));
            Ok(DoctorReports { reports })
        })
        .await
    }

    pub(crate) async fn metrics(&self, caller: &Caller, _: Empty) -> Result<Metrics, ApiError> {
        Sight::of(caller, &self.inner.station.shelf.book()).need_everything()?;
        self.work(|inner| Ok(Metrics { text: crate::metrics::prometheus(inner) })).await
    }
}
