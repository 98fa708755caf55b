//! What every screen may know: who works here, under which policy, and how things look.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use ratatui::layout::Rect;

use super::message::Message;
use crate::policy::Policy;
use crate::record::{Terms, when};
use crate::session::Policies;
use crate::tui::keymap::Keymap;
use crate::tui::settings::DateStyle;
use crate::tui::theme::Theme;

/// The person at the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The person's id.
    pub id: String,
    /// The person's handle.
    pub handle: String,
}

/// Sends a message to the screens, from any thread.
pub type Tell = Arc<dyn Fn(Message) + Send + Sync>;

/// The surroundings of all screens.
#[derive(Clone)]
pub struct Ctx {
    /// Who works here.
    pub me: Me,
    /// The policy.
    pub policy: Policy,
    /// The policies that follow from the workspace's own layers.
    pub policies: Policies,
    /// The workspace's own layers of policy, by id and text, as the policy was made of them.
    pub own_layers: Vec<(String, String)>,
    /// The date where the user is.
    pub today: NaiveDate,
    /// How days are written.
    pub dates: DateStyle,
    /// The workspace's name.
    pub workspace: String,
    /// Whether nothing can be written.
    pub read_only: bool,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// The colours and glyphs.
    pub theme: Arc<Theme>,
    /// The external editor's command line.
    pub editor: String,
    /// The user's folder of settings, themes, mappings and templates.
    pub config: PathBuf,
    /// Tells the screens something while a long job runs.
    pub tell: Tell,
    /// The place of the layer that was drawn last: drawing knows it, the mouse asks for it.
    pub screen: Cell<Rect>,
}

impl Ctx {
    /// When something is due, as the settings want days written. What is late says so in either style.
    #[must_use]
    pub fn due(&self, day: NaiveDate) -> String {
        match self.dates {
            DateStyle::Relative => when::distance(day, self.today),
            DateStyle::Iso if day < self.today => format!("!{}", day.format("%Y-%m-%d")),
            DateStyle::Iso => day.format("%Y-%m-%d").to_string(),
        }
    }

    /// The policy's terms.
    #[must_use]
    pub fn terms(&self) -> &dyn Terms {
        &self.policy
    }
}
