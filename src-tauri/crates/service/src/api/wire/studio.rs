use super::wire;

wire! {
    /// A room.
    pub struct Studio {
        /// `studio-` and eight hexadecimal digits.
        pub id: String,
        /// Its name for people.
        pub name: String,
        /// A line about it; may be empty.
        pub description: String,
        /// Its colour, `#rrggbb`.
        pub color: String,
        /// Its recorder. A recorder has at most one studio, and a studio at most one recorder.
        pub recorder_id: Option<u32>,
        /// Shown in the picker.
        pub enabled: bool,
        /// Belongs to the demonstration.
        pub demo: bool,
    }

    /// Every studio.
    pub struct Studios {
        /// In the order in which they were made.
        pub studios: Vec<Studio>,
    }

    /// Picks a studio.
    pub struct StudioId {
        /// Its id.
        pub id: String,
    }

    /// A new studio.
    #[ts(optional_fields = nullable)]
    pub struct NewStudio {
        /// Its name: 1 to 80 characters, unique.
        pub name: String,
        /// A line about it, up to 200 characters.
        pub description: Option<String>,
        /// Its colour, `#rrggbb`; `#2196F3` if not given.
        pub color: Option<String>,
    }

    /// What changes about a studio.
    #[ts(optional_fields = nullable)]
    pub struct ChangeStudio {
        /// Its id.
        pub id: String,
        /// Its new name.
        pub name: Option<String>,
        /// Its new line.
        pub description: Option<String>,
        /// Its new colour.
        pub color: Option<String>,
        /// Whether it is shown in the picker.
        pub enabled: Option<bool>,
    }

    /// Which recorder a studio gets. The studio's earlier recorder and the recorder's earlier studio are released in the
    /// same step.
    #[ts(optional_fields = nullable)]
    pub struct Assignment {
        /// The studio.
        pub id: String,
        /// Its recorder; none to release it.
        pub recorder_id: Option<u32>,
    }

    /// Which studio a screen shows.
    pub struct Selection {
        /// The studio; none if nothing was chosen, or it is gone.
        pub studio_id: Option<String>,
        /// The studio itself.
        pub studio: Option<Studio>,
    }

    /// The screen that asks.
    #[ts(optional_fields = nullable)]
    pub struct Screen {
        /// A name that the screen keeps: up to 64 characters. `main` if not given.
        pub screen: Option<String>,
    }

    /// A screen's choice.
    #[ts(optional_fields = nullable)]
    pub struct Select {
        /// The studio.
        pub id: String,
        /// A name that the screen keeps: up to 64 characters. `main` if not given.
        pub screen: Option<String>,
    }
}
