use std::path::PathBuf;
use std::sync::PoisonError;

use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller, Code};
use crate::files;
use crate::inner::Inner;
use crate::playback::{self, PlaybackStatus};

impl Service {
    pub(crate) async fn playback(&self, caller: &Caller, _: Empty) -> Result<Playback, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| Ok(inner.playback_for(&caller, inner.playback()))).await
    }

    pub(crate) async fn play(&self, caller: &Caller, wish: Play) -> Result<Playback, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            free_to_play(inner, &caller)?;
            let entry = files::entry(inner, &caller, &wish.file_id)?;
            let root = PathBuf::from(&inner.station.shelf.book().settings.archive_root);
            *inner.playing.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry.name);
            inner.player.play(playback::Play {
                root,
                path: entry.path.into(),
                file: wish.file_id,
                at_s: wish.at_s.unwrap_or(0.0).max(0.0),
                pair: None,
            });
            Ok(inner.playback())
        })
        .await
    }

    pub(crate) async fn listen(&self, caller: &Caller, wish: Listen) -> Result<Playback, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let (source, recorder) = match (&wish.source_id, wish.recorder_id) {
                (Some(id), None) => {
                    Sight::of(&caller, &book).need_source(id)?;
                    (book.source(id)?, None)
                }
                (None, Some(id)) => {
                    Sight::of(&caller, &book).need_recorder(id)?;
                    let row = book.recorder(id)?;
                    let without = || ApiError::conflict("This recorder has no source. Choose one first.");
                    (book.source_of(row).ok_or_else(without)?, Some(row))
                }
                (None, None) | (Some(_), Some(_)) => {
                    return Err(ApiError::invalid("Name a source or a recorder to listen to, one of them."));
                }
            };
            free_to_play(inner, &caller)?;
            let heard = book.heard(source).map_err(|found| ApiError::unavailable(found.join(" ")))?.source;
            let frames = inner.station.recorders.hear(&heard).map_err(|error| {
                ApiError::unavailable(format!("{} cannot be listened to: {error}.", source.name))
            })?;
            inner.player.listen(playback::Listen {
                heard: playback::Heard {
                    source: source.id.clone(),
                    recorder: recorder.map(|row| row.number),
                    name: recorder.map_or(&source.name, |row| &row.name).clone(),
                },
                frames: Box::new(frames),
                rate: heard.rate().hz(),
                channels: heard.channels(),
            });
            Ok(inner.playback())
        })
        .await
    }

    pub(crate) async fn pause(&self, caller: &Caller, _: Empty) -> Result<Playback, ApiError> {
        self.tell_player(caller, |inner| inner.player.pause()).await
    }

    pub(crate) async fn resume(&self, caller: &Caller, _: Empty) -> Result<Playback, ApiError> {
        self.tell_player(caller, |inner| inner.player.resume()).await
    }

    pub(crate) async fn seek(&self, caller: &Caller, place: Seek) -> Result<Playback, ApiError> {
        if !place.position_s.is_finite() || place.position_s < 0.0 {
            return Err(ApiError::invalid(
                "A place in a file is given in seconds from its beginning, 0 or more.",
            ));
        }
        self.tell_player(caller, move |inner| inner.player.seek(place.position_s)).await
    }

    pub(crate) async fn stop_playback(&self, caller: &Caller, _: Empty) -> Result<Playback, ApiError> {
        self.tell_player(caller, |inner| inner.player.stop()).await
    }

    pub(crate) async fn set_volume(&self, caller: &Caller, volume: Volume) -> Result<Playback, ApiError> {
        if !(0.0..=1.0).contains(&volume.volume) {
            return Err(ApiError::invalid("A volume is a number from 0 to 1."));
        }
        self.tell_player(caller, move |inner| inner.player.set_volume(volume.volume as f32)).await
    }

    pub(crate) async fn list_outputs(&self, _: &Caller, _: Empty) -> Result<Outputs, ApiError> {
        self.work(|_| {
            let found = playback::outputs();
            let message = match &found {
                Ok(outputs) if outputs.is_empty() => Some("This machine has no audio output.".to_owned()),
                Ok(_) => None,
                Err(error) => Some(format!("The audio outputs cannot be listed: {error}.")),
            };
            let output = |device: playback::OutputDevice| AudioOutput {
                id: device.id,
                name: device.name,
                default: device.default,
            };
            Ok(Outputs { outputs: found.unwrap_or_default().into_iter().map(output).collect(), message })
        })
        .await
    }

    pub(crate) async fn choose_output(
        &self,
        caller: &Caller,
        choice: ChooseOutput,
    ) -> Result<Playback, ApiError> {
        self.tell_player(caller, move |inner| inner.player.set_output(choice.id)).await
    }

    /// Tells the player something, unless what it plays is another studio's.
    async fn tell_player(
        &self,
        caller: &Caller,
        tell: impl FnOnce(&Inner) + Send + 'static,
    ) -> Result<Playback, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            free_to_play(inner, &caller)?;
            tell(inner);
            Ok(inner.playback())
        })
        .await
    }
}

/// What this machine plays for one studio, another does not touch.
fn free_to_play(inner: &Inner, caller: &Caller) -> Result<(), ApiError> {
    if inner.may_hear(caller, &inner.playback()) {
        return Ok(());
    }
    Err(ApiError::new(Code::Forbidden, "This machine plays something of another studio."))
}

impl Inner {
    /// What this machine plays.
    pub(crate) fn playback(&self) -> Playback {
        let PlaybackStatus {
            listening,
            skips,
            file,
            state,
            position_s,
            duration_s,
            growing,
            volume,
            output,
            message,
            ..
        } = self.player.status();
        let name = self.playing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Playback {
            state: match state {
                playback::PlaybackState::Stopped => PlaybackState::Stopped,
                playback::PlaybackState::Playing => PlaybackState::Playing,
                playback::PlaybackState::Paused => PlaybackState::Paused,
                playback::PlaybackState::Error => PlaybackState::Error,
            },
            listening: listening.map(|heard| Listening {
                source_id: heard.source,
                recorder_id: heard.recorder,
                name: heard.name,
                skips: u32::try_from(skips).unwrap_or(u32::MAX),
            }),
            name: file.as_ref().and(name),
            file_id: file,
            position_s,
            duration_s,
            growing,
            volume: volume.into(),
            output_id: output,
            message,
        }
    }
}
