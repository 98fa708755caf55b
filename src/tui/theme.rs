//! Named roles instead of colours: a view says what something is, the theme says how that looks.
//!
//! Glyphs are roles too, so that one theme can do without colour and another without anything but ASCII. What colour
//! says, a glyph, a modifier or a word says as well.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::colour::Depth;

macro_rules! roles {
    ($(#[$outer:meta])* $kind:ident { $($(#[doc = $doc:literal])* $variant:ident = $name:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind { $($(#[doc = $doc])* $variant,)* }

        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is for.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)*).trim_ascii_start(),)* }
            }

            /// The one with this name in theme files.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

roles! {
    /// What something on the screen is.
    Role {
        /// Everything that is nothing else; its background is the screen's.
        Text = "text",
        /// What matters less: hints, times, what is switched off.
        Dim = "dim",
        /// Titles of panes, popups and sections.
        Title = "title",
        /// The line at the top of the screen.
        Bar = "bar",
        /// Names of columns.
        Header = "header",
        /// Labels of fields.
        Label = "label",
        /// Borders.
        Border = "border",
        /// The border of the pane that has the keys.
        BorderFocus = "border-focus",
        /// The selected row in the pane that has the keys. Reverse or bold, so that it shows in any palette.
        Selection = "selection",
        /// The selected row in other panes.
        SelectionIdle = "selection-idle",
        /// The sign of a marked row.
        Mark = "mark",
        /// What should catch the eye: references, links, the current tab.
        Accent = "accent",
        /// Keys in hints and help.
        Key = "key",
        /// Characters that a search matched.
        Match = "match",
        /// A text field.
        Input = "input",
        /// A text field that has the cursor.
        InputFocus = "input-focus",
        /// What an empty field says.
        Placeholder = "placeholder",
        /// What is done, passed, cleared.
        Good = "good",
        /// What needs attention soon.
        Warn = "warn",
        /// What is late, failed, refused.
        Bad = "bad",
        /// What is wrong with what was typed.
        Error = "error",
        /// Critical risk.
        Critical = "critical",
        /// High risk.
        High = "high",
        /// Medium risk.
        Medium = "medium",
        /// Low risk.
        Low = "low",
        /// Tier: minimal.
        TierMinimal = "tier-minimal",
        /// Tier: low.
        TierLow = "tier-low",
        /// Tier: medium.
        TierMedium = "tier-medium",
        /// Tier: high.
        TierHigh = "tier-high",
        /// Tier: prohibited.
        TierProhibited = "tier-prohibited",
        /// The part of a bar that is full.
        BarFull = "bar-full",
        /// The part of a bar that is empty.
        BarEmpty = "bar-empty",
    }
}

roles! {
    /// A sign. Each is one cell wide.
    Glyph {
        /// Before the selected row.
        Marker = "marker",
        /// Before a marked row.
        Marked = "marked",
        /// Done, passed.
        Check = "check",
        /// Failed.
        Cross = "cross",
        /// Not answered yet.
        Open = "open",
        /// Not applicable.
        NotApplicable = "not-applicable",
        /// Waived.
        Waived = "waived",
        /// Overdue, or needs attention.
        Alert = "alert",
        /// Critical risk.
        Critical = "critical",
        /// High risk.
        High = "high",
        /// Medium risk.
        Medium = "medium",
        /// Low risk.
        Low = "low",
        /// The part of a bar that is full.
        BarFull = "bar-full",
        /// The part of a bar that is empty.
        BarEmpty = "bar-empty",
        /// Before mitigation, on the matrix.
        Inherent = "inherent",
        /// After mitigation, on the matrix.
        Residual = "residual",
        /// A stage or a point that is the current one.
        Point = "point",
        /// Between the stages behind.
        StageDone = "stage-done",
        /// Between the stages ahead.
        StageAhead = "stage-ahead",
        /// Between parts of a line.
        Separator = "separator",
        /// Where something was cut off.
        Ellipsis = "ellipsis",
        /// From one value to the next.
        Arrow = "arrow",
        /// Sorted upwards.
        Ascending = "ascending",
        /// Sorted downwards.
        Descending = "descending",
        /// A field that must be filled.
        Required = "required",
        /// The movable part of a scroll bar.
        Thumb = "thumb",
        /// The way of a scroll bar.
        Track = "track",
        /// The lower end of an interval.
        IntervalLow = "interval-low",
        /// Within an interval.
        IntervalLine = "interval-line",
        /// The figure that an interval is of.
        IntervalPoint = "interval-point",
        /// The upper end of an interval.
        IntervalHigh = "interval-high",
        /// A branch of a tree.
        Branch = "branch",
        /// The last branch of a tree.
        LastBranch = "last-branch",
        /// Past a branch of a tree.
        Trunk = "trunk",
        /// A horizontal border.
        Horizontal = "horizontal",
        /// A vertical border.
        Vertical = "vertical",
        /// A top left corner.
        TopLeft = "top-left",
        /// A top right corner.
        TopRight = "top-right",
        /// A bottom left corner.
        BottomLeft = "bottom-left",
        /// A bottom right corner.
        BottomRight = "bottom-right",
        /// A horizontal border of the pane that has the keys.
        FocusHorizontal = "focus-horizontal",
        /// A vertical border of the pane that has the keys.
        FocusVertical = "focus-vertical",
        /// A top left corner of the pane that has the keys.
        FocusTopLeft = "focus-top-left",
        /// A top right corner of the pane that has the keys.
        FocusTopRight = "focus-top-right",
        /// A bottom left corner of the pane that has the keys.
        FocusBottomLeft = "focus-bottom-left",
        /// A bottom right corner of the pane that has the keys.
        FocusBottomRight = "focus-bottom-right",
    }
}

/// How serious a risk is: the levels of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Level {
    /// All of them, from low to critical.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The level with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The name that policy uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// How it looks.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Low => Role::Low,
            Self::Medium => Role::Medium,
            Self::High => Role::High,
            Self::Critical => Role::Critical,
        }
    }

    /// Its sign, which says it without colour.
    #[must_use]
    pub const fn glyph(self) -> Glyph {
        match self {
            Self::Low => Glyph::Low,
            Self::Medium => Glyph::Medium,
            Self::High => Glyph::High,
            Self::Critical => Glyph::Critical,
        }
    }
}

/// How a tier looks, by its name; text where the name is none of ours.
#[must_use]
pub fn tier(name: &str) -> Role {
    match name {
        "minimal" => Role::TierMinimal,
        "low" => Role::TierLow,
        "medium" => Role::TierMedium,
        "high" => Role::TierHigh,
        "prohibited" => Role::TierProhibited,
        _ => Role::Text,
    }
}

/// How everything looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The name people choose it by.
    pub name: String,
    /// One line about it.
    pub title: String,
    pub(super) styles: Vec<Style>,
    pub(super) glyphs: Vec<String>,
}

impl Theme {
    /// How a role looks.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// A sign; one cell wide.
    #[must_use]
    pub fn glyph(&self, glyph: Glyph) -> &str {
        self.glyphs.get(glyph as usize).map_or(" ", String::as_str)
    }

    /// The theme as a terminal of this depth shows it. Without colours, what only differed by colour is told apart by glyphs
    /// and words; modifiers stay.
    #[must_use]
    pub fn at(mut self, depth: Depth) -> Self {
        for style in &mut self.styles {
            style.fg = style.fg.and_then(|colour| depth.show(colour));
            style.bg = style.bg.and_then(|colour| depth.show(colour));
        }
        self
    }

    /// Whether no role has a colour.
    #[must_use]
    pub fn is_colourless(&self) -> bool {
        self.styles.iter().all(|style| style.fg.is_none() && style.bg.is_none())
    }

    /// Makes an area blank, as background for what is drawn on it.
    pub fn blank(&self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        for position in area.positions() {
            buffer[position].reset();
        }
        buffer.set_style(area, self.style(Role::Text));
    }

    /// Whether the selected row shows without any colour: reversed, bold or underlined.
    #[must_use]
    pub fn selection_shows(&self) -> bool {
        self.style(Role::Selection).add_modifier.intersects(Modifier::REVERSED | Modifier::BOLD | Modifier::UNDERLINED)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;
    use crate::tui::colour::{contrast, rgb};
    use crate::tui::theme_file::{BUILT_IN, built_in};

    fn themes() -> Vec<Theme> {
        BUILT_IN.iter().map(|(name, _)| built_in(name).unwrap()).collect()
    }

    #[test]
    fn every_role_and_glyph_is_named_once_and_described() {
        for all in [
            Role::ALL.iter().map(|one| (one.name(), one.description())).collect::<Vec<_>>(),
            Glyph::ALL.iter().map(|one| (one.name(), one.description())).collect(),
        ] {
            for (at, (name, description)) in all.iter().enumerate() {
                assert!(description.ends_with('.'), "{name}: {description}");
                assert!(all[..at].iter().all(|(other, _)| other != name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn the_selection_shows_in_every_palette() {
        for theme in themes() {
            assert!(theme.selection_shows(), "{}: the selection is colour alone", theme.name);
            assert_ne!(theme.style(Role::Selection), theme.style(Role::SelectionIdle), "{}", theme.name);
        }
    }

    #[test]
    fn glyphs_are_one_cell_wide_and_tell_levels_apart() {
        for theme in themes() {
            for glyph in Glyph::ALL {
                let text = theme.glyph(*glyph);
                assert_eq!(crate::text::width(text), 1, "{}: {} is “{text}”", theme.name, glyph.name());
                // Terminals disagree about the width of characters with a variation selector.
                assert!(!text.contains('\u{fe0f}'), "{}: {}", theme.name, glyph.name());
            }
            for set in [
                vec![Glyph::Critical, Glyph::High, Glyph::Medium, Glyph::Low],
                vec![Glyph::Check, Glyph::Cross, Glyph::Open, Glyph::NotApplicable, Glyph::Waived],
                vec![Glyph::Inherent, Glyph::Residual],
                vec![Glyph::BarFull, Glyph::BarEmpty],
                vec![Glyph::Thumb, Glyph::Track],
            ] {
                for (at, one) in set.iter().enumerate() {
                    for other in &set[..at] {
                        assert_ne!(theme.glyph(*one), theme.glyph(*other), "{}: {one:?}, {other:?}", theme.name);
                    }
                }
            }
        }
    }

    #[test]
    fn the_plain_theme_is_plain() {
        let ascii = built_in("ascii").unwrap();
        assert!(ascii.is_colourless());
        assert!(ascii.glyphs.iter().all(|glyph| glyph.is_ascii()), "{:?}", ascii.glyphs);
    }

    #[test]
    fn no_colour_is_left_where_none_is_shown() {
        for theme in themes() {
            let plain = theme.clone().at(Depth::None);
            assert!(plain.is_colourless() && plain.selection_shows());
            let poor = theme.at(Depth::Sixteen);
            let fixed = |colour: Option<Color>| matches!(colour, Some(Color::Rgb(..)));
            assert!(poor.styles.iter().all(|style| !fixed(style.fg) && !fixed(style.bg)));
        }
    }

    /// What stands on which background in each theme: its own, or what a terminal usually has.
    fn background(theme: &Theme) -> (u8, u8, u8) {
        let own = theme.style(Role::Text).bg.and_then(rgb);
        own.unwrap_or(if theme.name == "light" { (255, 255, 255) } else { (0, 0, 0) })
    }

    #[test]
    fn text_can_be_read() {
        for theme in themes() {
            let fixed = theme.style(Role::Text).bg.and_then(rgb).is_some();
            // WCAG AA where the theme decides; where the palette does, xterm's default, whose red is dark.
            let least = if fixed { 4.5 } else { 3.0 };
            for role in Role::ALL {
                let style = theme.style(*role);
                let Some(fg) = style.fg.and_then(rgb) else { continue };
                let bg = style.bg.and_then(rgb).unwrap_or_else(|| background(&theme));
                let found = contrast(fg, bg);
                assert!(found >= least, "{}: {} has a contrast of {found:.2}", theme.name, role.name());
            }
        }
    }

    /// How a colour looks to an eye without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
    fn seen(matrix: [[f64; 3]; 3], (r, g, b): (u8, u8, u8)) -> [f64; 3] {
        let linear = [r, g, b].map(|c| (f64::from(c) / 255.0).powf(2.2));
        matrix.map(|row| row.iter().zip(linear).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0).powf(1.0 / 2.2))
    }

    const CONES: [(&str, [[f64; 3]; 3]); 3] = [
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    #[test]
    fn levels_differ_to_every_eye_in_the_colour_blind_theme() {
        let theme = built_in("colour-blind").unwrap();
        let sets = [
            vec![Role::Critical, Role::High, Role::Medium, Role::Low],
            vec![Role::Good, Role::Warn, Role::Bad],
            vec![Role::TierMinimal, Role::TierLow, Role::TierMedium, Role::TierHigh, Role::TierProhibited],
        ];
        for (cones, matrix) in CONES {
            for set in &sets {
                let colours: Vec<_> =
                    set.iter().map(|role| seen(matrix, theme.style(*role).fg.and_then(rgb).unwrap())).collect();
                for (at, one) in colours.iter().enumerate() {
                    for (before, other) in colours[..at].iter().enumerate() {
                        let apart = one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        assert!(apart > 0.15, "{cones}: {:?} and {:?} are {apart:.2} apart", set[at], set[before]);
                    }
                }
            }
        }
    }
}
