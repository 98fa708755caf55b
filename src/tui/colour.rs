//! Colours as theme files write them, and as terminals can show them.

use std::env;

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, reverse and underline only.
    None,
    /// The palette of 16 that people choose in their terminal.
    Sixteen,
    /// 256: the palette and a fixed cube.
    Indexed,
    /// 24 bits.
    Full,
}

impl Depth {
    /// What the environment promises: `NO_COLOR`, `COLORTERM`, `TERM`.
    #[must_use]
    pub fn detect() -> Self {
        let variable = |name| env::var(name).unwrap_or_default();
        Self::from(&variable("NO_COLOR"), &variable("COLORTERM"), &variable("TERM"))
    }

    fn from(no_color: &str, colorterm: &str, term: &str) -> Self {
        if !no_color.is_empty() || term == "dumb" {
            Self::None
        } else if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") || cfg!(windows) {
            Self::Full
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The colour nearest to this one that the terminal shows; none when it shows none.
    #[must_use]
    pub fn show(self, colour: Color) -> Option<Color> {
        match (self, colour) {
            (Self::None, _) => None,
            (Self::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(indexed(r, g, b))),
            (Self::Sixteen, Color::Rgb(r, g, b)) => Some(sixteen(r, g, b)),
            (Self::Sixteen, Color::Indexed(n)) if n > 15 => {
                let (r, g, b) = of_index(n);
                Some(sixteen(r, g, b))
            }
            (_, colour) => Some(colour),
        }
    }
}

/// The palette of 16 by name, and what xterm shows for each.
const PALETTE: [(&str, Color, (u8, u8, u8)); 16] = [
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (205, 0, 0)),
    ("green", Color::Green, (0, 205, 0)),
    ("yellow", Color::Yellow, (205, 205, 0)),
    ("blue", Color::Blue, (0, 0, 238)),
    ("magenta", Color::Magenta, (205, 0, 205)),
    ("cyan", Color::Cyan, (0, 205, 205)),
    ("white", Color::Gray, (229, 229, 229)),
    ("bright-black", Color::DarkGray, (127, 127, 127)),
    ("bright-red", Color::LightRed, (255, 0, 0)),
    ("bright-green", Color::LightGreen, (0, 255, 0)),
    ("bright-yellow", Color::LightYellow, (255, 255, 0)),
    ("bright-blue", Color::LightBlue, (92, 92, 255)),
    ("bright-magenta", Color::LightMagenta, (255, 0, 255)),
    ("bright-cyan", Color::LightCyan, (0, 255, 255)),
    ("bright-white", Color::White, (255, 255, 255)),
];

/// Reads a colour: `default`, a name of the palette, `#e69f00`, or a number from 0 to 255.
///
/// # Errors
/// Says what was written and what can be.
pub fn parse(text: &str) -> Result<Color, String> {
    if text == "default" {
        return Ok(Color::Reset);
    }
    if let Some((_, colour, _)) = PALETTE.iter().find(|(name, ..)| *name == text) {
        return Ok(*colour);
    }
    if let Some(hex) = text.strip_prefix('#')
        && hex.len() == 6
        && hex.bytes().all(|b| b.is_ascii_hexdigit())
        && let Ok(number) = u32::from_str_radix(hex, 16)
    {
        let [_, r, g, b] = number.to_be_bytes();
        return Ok(Color::Rgb(r, g, b));
    }
    if let Ok(number) = text.parse::<u8>() {
        return Ok(Color::Indexed(number));
    }
    Err(format!(
        "“{}” is not a colour; write default, red, bright-red, #e69f00, or a number from 0 to 255.",
        crate::text::line(text)
    ))
}

/// Red, green and blue of a colour; what xterm shows where the palette decides, none where the terminal's own default does.
#[must_use]
pub fn rgb(colour: Color) -> Option<(u8, u8, u8)> {
    match colour {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(n) => Some(of_index(n)),
        named => PALETTE.iter().find(|(_, colour, _)| *colour == named).map(|(_, _, rgb)| *rgb),
    }
}

/// Contrast of two colours, 1 to 21, as WCAG 2.2 defines it (relative luminance of sRGB).
#[must_use]
pub fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// The steps of the cube of colours 16 to 231.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn of_index(n: u8) -> (u8, u8, u8) {
    match n {
        0..=15 => PALETTE[usize::from(n)].2,
        16..=231 => {
            let n = usize::from(n - 16);
            (STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6])
        }
        232.. => {
            let grey = 8 + 10 * (n - 232);
            (grey, grey, grey)
        }
    }
}

fn distance(one: (u8, u8, u8), other: (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    square(one.0, other.0) + square(one.1, other.1) + square(one.2, other.2)
}

/// The nearest of 16 to 255: what is below is the user's own.
fn indexed(r: u8, g: u8, b: u8) -> u8 {
    (16..=255).min_by_key(|n| distance(of_index(*n), (r, g, b))).unwrap_or(16)
}

fn sixteen(r: u8, g: u8, b: u8) -> Color {
    let nearest = PALETTE.iter().min_by_key(|(_, _, rgb)| distance(*rgb, (r, g, b)));
    nearest.map_or(Color::Reset, |(_, colour, _)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read() {
        assert_eq!(parse("default"), Ok(Color::Reset));
        assert_eq!(parse("bright-cyan"), Ok(Color::LightCyan));
        assert_eq!(parse("#E69f00"), Ok(Color::Rgb(0xE6, 0x9F, 0)));
        assert_eq!(parse("208"), Ok(Color::Indexed(208)));
        for text in ["", "#12345", "#+12345", "256", "-1", "brightred", "Red"] {
            assert!(parse(text).is_err(), "{text} was taken for a colour");
        }
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
        // The well-known border case: #767676 on white is the lightest grey that passes AA.
        assert!(contrast((0x76, 0x76, 0x76), (255, 255, 255)) >= 4.5);
        assert!(contrast((0x77, 0x77, 0x77), (255, 255, 255)) < 4.5);
    }

    #[test]
    fn fewer_colours_show_the_nearest() {
        assert_eq!(Depth::Indexed.show(Color::Rgb(255, 135, 0)), Some(Color::Indexed(208)));
        assert_eq!(Depth::Indexed.show(Color::Rgb(8, 8, 8)), Some(Color::Indexed(232)));
        assert_eq!(Depth::Sixteen.show(Color::Rgb(250, 4, 4)), Some(Color::LightRed));
        assert_eq!(Depth::Sixteen.show(Color::Indexed(196)), Some(Color::LightRed));
        assert_eq!(Depth::Sixteen.show(Color::Indexed(3)), Some(Color::Indexed(3)));
        assert_eq!(Depth::Full.show(Color::Rgb(1, 2, 3)), Some(Color::Rgb(1, 2, 3)));
        assert_eq!(Depth::None.show(Color::Red), None);
    }

    #[test]
    fn the_environment_decides() {
        assert_eq!(Depth::from("1", "truecolor", "xterm-256color"), Depth::None);
        assert_eq!(Depth::from("", "", "dumb"), Depth::None);
        assert_eq!(Depth::from("", "truecolor", "xterm"), Depth::Full);
        if cfg!(not(windows)) {
            assert_eq!(Depth::from("", "", "xterm-256color"), Depth::Indexed);
            assert_eq!(Depth::from("", "", "linux"), Depth::Sixteen);
        }
    }
}
