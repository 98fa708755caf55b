//! A document as a page: one file, nothing from outside, no script. Raw HTML in what people wrote is shown as text, links
//! lead to plain addresses only, and pictures become links.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;\
background:#fff}h1,h2,h3,h4{line-height:1.2}h2{border-top:1px solid #ccc;padding-top:.8rem;margin-top:2rem}\
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #bbb;padding:.2rem .5rem;text-align:left}\
pre{overflow-x:auto;background:#f4f4f4;padding:.6rem}code{background:#f4f4f4}.about,.from{color:#555;font-size:.9rem}\
@media print{body{max-width:none;margin:0}h2{break-after:avoid}a{color:inherit}}\
@media (prefers-color-scheme:dark) and (not print){body{background:#16181c;color:#e6e6e6}pre,code{background:#24272d}\
.about,.from{color:#aaa}a{color:#8ab4f8}}";

/// A page from Markdown.
#[must_use]
pub fn page(title: &str, markdown: &str) -> String {
    let mut body = String::new();
    html::push_html(&mut body, safe(markdown).into_iter());
    let title = escape(&crate::text::line(title));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// The marks of a Markdown text, without what could run, load or lead astray.
fn safe(markdown: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut pictures: Vec<bool> = Vec::new();
    let mut events = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = if is_plain(&dest_url) { dest_url } else { CowStr::Borrowed("") };
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let leads = is_plain(&dest_url);
                pictures.push(leads);
                if leads {
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
                events.push(Event::Text(CowStr::Borrowed("[picture] ")));
            }
            Event::End(TagEnd::Image) => {
                if pictures.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            other => events.push(other),
        }
    }
    events
}

/// Whether an address leads to a page, a mailbox or a place in the same text, and runs nothing.
fn is_plain(address: &str) -> bool {
    let lower = address.trim().to_lowercase();
    lower.starts_with("https://")
        || lower.starts_with("http://")
        || lower.starts_with("mailto:")
        || lower.starts_with('#')
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_runs_loads_or_leads_astray() {
        let hostile = "# <script>alert(1)</script>\n\n<script>alert(2)</script>\n\n<img src=x onerror=alert(3)>\n\n\
                       [click](javascript:alert(4)) [data](data:text/html;base64,x) ![p](https://x.example/p.png)\n\n\
                       <iframe src=\"https://x.example\"></iframe>\n\n`<b>`\n";
        let page = page("<title> & \"quotes\"", hostile);
        for tag in ["<script", "<img", "<iframe", "javascript:", "data:text", "<b>"] {
            assert!(!page.contains(tag), "{tag} in {page}");
        }
        assert!(page.contains("&lt;script&gt;alert(2)&lt;/script&gt;"), "it is shown as text");
        assert!(page.contains("<a href=\"https://x.example/p.png\">[picture] p</a>"), "{page}");
        assert!(page.contains("<title>&lt;title&gt; &amp; &quot;quotes&quot;</title>"));
    }

    #[test]
    fn tables_and_lists_are_kept() {
        let page = page("T", "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n");
        assert!(page.contains("<td>1</td>") && page.contains("<li>one</li>"), "{page}");
    }
}
