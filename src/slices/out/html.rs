//! The report as one HTML page: no script, nothing loaded from elsewhere, every text escaped.

use super::blocks::{Block, Table};
use super::chart;
use crate::escape::xml;
use crate::slices::report::Report;
use crate::text::line;

/// The page's look: in print and in the dark too; nothing is told by colour alone.
const STYLE: &str = ":root{color-scheme:light dark;--ink:#1a1a1a;--ground:#fff;--faint:#666;--line:#ccc;--mark:#1f4e79;--bad:#8a1c1c}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--ground:#161616;--faint:#aaa;--line:#444;--mark:#7fb2e5;--bad:#f0a0a0}}\
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:75rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem}h2{font-size:1.25rem;border-bottom:1px solid var(--line);margin-top:2.5rem}h3{font-size:1.05rem}\
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums;font-size:.86rem}\
.wide{overflow-x:auto}caption{text-align:left;font-weight:600;padding:.3rem 0}\
th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem;text-align:right;vertical-align:top;white-space:nowrap}\
th:first-child,td:first-child,td.words{text-align:left}td.words{white-space:normal;min-width:14rem}th{font-weight:600}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}\
ul.findings{list-style:none;padding:0}ul.findings li{margin:.4rem 0;padding-left:5.5rem;text-indent:-5.5rem}\
ul.findings b{display:inline-block;width:5.5rem;text-indent:0}li.differs b{color:var(--bad)}\
figure{margin:1rem 0}figcaption{font-weight:600}svg{max-width:46rem;width:100%;height:auto}svg.square{width:150px}\
svg text{font:11px system-ui,sans-serif;fill:var(--ink)}svg .axis{fill:var(--faint);font-size:10px}\
.grid{stroke:var(--line);fill:none}.reference{stroke:var(--ink);stroke-dasharray:4 3}.interval{stroke:var(--mark);stroke-width:2;fill:none}\
.unstable{stroke-dasharray:2 2}.point{fill:var(--mark)}.few{fill:var(--ground);stroke:var(--mark)}.curve{stroke:var(--mark);fill:none}\
.cell{fill:var(--mark);stroke:var(--line)}svg text.small{font-size:9px}svg text.dark{fill:var(--ground)}\
@media print{body{max-width:none}h2{break-after:avoid}figure,table{break-inside:avoid}}";

/// The page.
#[must_use]
pub fn write(report: &Report, blocks: &[Block]) -> String {
    let title = text(&format!("Slices of {}", report.data.file.file));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{title}</title><style>{STYLE}</style></head><body>\n"
    );
    for block in blocks {
        match block {
            Block::Heading(1, _) => out.push_str(&format!("<h1>{title}</h1>\n")),
            Block::Heading(level, heading) => out.push_str(&format!("<h{level}>{}</h{level}>\n", text(heading))),
            Block::Text(prose) => out.push_str(&format!("<p>{}</p>\n", text(prose))),
            Block::Card(entries) => {
                out.push_str("<dl>\n");
                for (name, said) in entries {
                    out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", text(name), text(said)));
                }
                out.push_str("</dl>\n");
            }
            Block::Findings(findings) => {
                out.push_str("<ul class=\"findings\">\n");
                for (mark, said) in findings {
                    let (class, word) = match *mark {
                        "!" => ("differs", "Differs"),
                        "?" => ("caution", "Caution"),
                        _ => ("calm", "Calm"),
                    };
                    out.push_str(&format!("<li class=\"{class}\"><b>{word}</b>{}</li>\n", text(said)));
                }
                out.push_str("</ul>\n");
            }
            Block::Table(of) => table(&mut out, of),
            Block::Chart(at) => {
                let attribute = report.attributes.iter().chain(&report.intersections).nth(*at);
                out.push_str(&attribute.map(|of| chart::all(of, report.data.task)).unwrap_or_default());
            }
        }
    }
    out.push_str("</body></html>\n");
    out
}

/// Text of the data, as text.
fn text(said: &str) -> String {
    xml(&line(said))
}

fn table(out: &mut String, table: &Table) {
    out.push_str(&format!("<div class=\"wide\"><table><caption>{}</caption><thead><tr>", text(&table.title)));
    for head in &table.head {
        out.push_str(&format!("<th scope=\"col\">{}</th>", text(head)));
    }
    out.push_str("</tr></thead><tbody>\n");
    let is_words =
        |at: usize| table.head.get(at).is_some_and(|head| head == "Notes" || head == "Group" || head == "Widest gap");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            match (at, is_words(at)) {
                (0, _) => out.push_str(&format!("<th scope=\"row\">{}</th>", text(cell))),
                (_, true) => out.push_str(&format!("<td class=\"words\">{}</td>", text(cell))),
                (_, false) => out.push_str(&format!("<td>{}</td>", text(cell))),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}
