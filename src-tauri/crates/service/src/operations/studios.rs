use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller, Door};
use crate::book::Book;
use crate::inner::Inner;
use crate::store::{NewStudioRow, StudioChange, StudioRow};
use crate::terms;

/// The colour of a studio that nobody chose one for.
const COLOR: &str = "#2196F3";
/// The screen that names itself not.
const SCREEN: &str = "main";

impl Service {
    pub(crate) async fn list_studios(&self, caller: &Caller, _: Empty) -> Result<Studios, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let sight = Sight::of(&caller, &book);
            let seen = book.studios.iter().filter(|row| sight.has_studio(&row.id));
            Ok(Studios { studios: seen.map(view).collect() })
        })
        .await
    }

    pub(crate) async fn create_studio(&self, _: &Caller, new: NewStudio) -> Result<Studio, ApiError> {
        self.work(move |inner| {
            let mut problems = Vec::new();
            let name = terms::name(&new.name, "studio", &mut problems);
            let description = terms::description(new.description.as_deref().unwrap_or(""), &mut problems);
            let color = terms::color(new.color.as_deref().unwrap_or(COLOR), &mut problems);
            terms::refuse(&problems)?;
            let row = inner.store.insert_studio(NewStudioRow { name, description, color, demo: false })?;
            inner.notices.note(None, &row.name, "created", "The studio was made.");
            tell(inner, &row.id)
        })
        .await
    }

    pub(crate) async fn change_studio(&self, _: &Caller, new: ChangeStudio) -> Result<Studio, ApiError> {
        self.work(move |inner| {
            let mut problems = Vec::new();
            let change = StudioChange {
                name: new.name.map(|name| terms::name(&name, "studio", &mut problems)),
                description: new.description.map(|text| terms::description(&text, &mut problems)),
                color: new.color.map(|color| terms::color(&color, &mut problems)),
                enabled: new.enabled,
                position: None,
            };
            terms::refuse(&problems)?;
            let row = inner.store.update_studio(&new.id, change)?;
            inner.notices.note(None, &row.name, "changed", "The studio was changed.");
            tell(inner, &row.id)
        })
        .await
    }

    pub(crate) async fn delete_studio(&self, _: &Caller, pick: StudioId) -> Result<Empty, ApiError> {
        self.work(move |inner| {
            let recorder = inner.station.shelf.book().studio(&pick.id)?.recorder;
            inner.hold(recorder, || {
                let book = inner.station.shelf.book();
                let row = book.studio(&pick.id)?;
                idle(inner, &book, row.recorder)?;
                inner.store.delete_studio(&pick.id)?;
                inner.notices.note(
                    None,
                    &row.name,
                    "deleted",
                    "The studio was deleted. Its recordings stay.",
                );
                inner.outbox.send(AppEvent::StudioRemoved(pick.id));
                inner.changed()
            })?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn assign_studio(&self, _: &Caller, new: Assignment) -> Result<Studio, ApiError> {
        self.work(move |inner| {
            let before = inner.station.shelf.book().studio(&new.id)?.recorder;
            inner.hold(before.into_iter().chain(new.recorder_id), || assign(inner, &new))
        })
        .await
    }

    pub(crate) async fn current_selection(
        &self,
        caller: &Caller,
        screen: Screen,
    ) -> Result<Selection, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let chosen = inner.store.selection(&screen_name(&caller, screen.screen)?)?;
            let book = inner.station.shelf.book();
            let sight = Sight::of(&caller, &book);
            let studio_id = match &sight {
                Sight::Everything => chosen,
                Sight::Studio { studio, .. } => studio.clone(),
            };
            let studio = studio_id.as_deref().and_then(|id| book.studio(id).ok()).map(view);
            Ok(Selection { studio_id: studio.as_ref().map(|studio| studio.id.clone()), studio })
        })
        .await
    }

    pub(crate) async fn select_studio(&self, caller: &Caller, choice: Select) -> Result<Selection, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            Sight::of(&caller, &book).need_studio(&choice.id)?;
            let studio = view(book.studio(&choice.id)?);
            inner.store.put_selection(&screen_name(&caller, choice.screen)?, &choice.id)?;
            Ok(Selection { studio_id: Some(choice.id), studio: Some(studio) })
        })
        .await
    }
}

fn assign(inner: &Inner, new: &Assignment) -> Result<Studio, ApiError> {
    let book = inner.station.shelf.book();
    let studio = book.studio(&new.id)?;
    if studio.recorder == new.recorder_id {
        return Ok(view(studio));
    }
    // A recorder's folder is its studio's: it must not change under an open file.
    idle(inner, &book, studio.recorder)?;
    idle(inner, &book, new.recorder_id)?;
    let assigned = inner.store.assign(&new.id, new.recorder_id)?;
    // Who belongs to a studio has another meter now.
    inner.station.layout_changed();
    let message = match new.recorder_id.and_then(|id| book.recorder(id).ok()) {
        Some(recorder) => format!("It has the recorder {} now.", recorder.name),
        None => "It has no recorder now.".to_owned(),
    };
    inner.notices.note(new.recorder_id, &studio.name, "assigned", &message);
    if let Some(released) = assigned.released_studio {
        tell(inner, &released)?;
    }
    tell(inner, &new.id)
}

/// A studio as the contract shows it.
fn view(row: &StudioRow) -> Studio {
    Studio {
        id: row.id.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        color: row.color.clone(),
        recorder_id: row.recorder,
        enabled: row.enabled,
        demo: row.demo,
    }
}

/// Takes up a changed studio and tells the doors of it.
fn tell(inner: &Inner, id: &str) -> Result<Studio, ApiError> {
    inner.changed()?;
    let book = inner.station.shelf.book();
    let studio = view(book.studio(id)?);
    inner.outbox.send(AppEvent::Studio(studio.clone()));
    Ok(studio)
}

/// A recorder whose studio changes must not be recording.
fn idle(inner: &Inner, book: &Book, recorder: Option<u32>) -> Result<(), ApiError> {
    let Some(row) = recorder.map(|id| book.recorder(id)).transpose()? else { return Ok(()) };
    if row.wanted || inner.station.is_busy(row.uid) {
        let name = &row.name;
        let message = format!("{name} is recording into its studio's folder. Stop it first; then assign it.");
        return Err(ApiError::conflict(message));
    }
    Ok(())
}

/// The name that a choice is kept under. Who comes by the network has one choice of their own and cannot reach this
/// machine's screens.
fn screen_name(caller: &Caller, screen: Option<String>) -> Result<String, ApiError> {
    match caller.who.door {
        Door::Lan { .. } => return Ok(format!("user:{}", caller.who.id)),
        Door::Here => {}
    }
    let screen = screen.unwrap_or_else(|| SCREEN.to_owned());
    let fits = (1..=64).contains(&screen.chars().count()) && !screen.chars().any(char::is_control);
    if fits { Ok(screen) } else { Err(ApiError::invalid("A screen's name has 1 to 64 characters.")) }
}
