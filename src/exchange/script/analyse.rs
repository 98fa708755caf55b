//! A file of a script, analysed by the engine while the script is played: what the run says is computed, not written.

use std::sync::atomic::AtomicBool;

use super::Analyse;
use super::play::Player;
use crate::policy::Threshold;
use crate::record::{ANALYSIS, LEGAL, PACKET, REVIEW, Record, Value};
use crate::review::analysis::{fields_of, judge, without_folders};
use crate::slices::out::{Format, write};
use crate::slices::read::{Columns, Watch};
use crate::slices::{self, Request};
use crate::workspace::{Edit, Registered, new_id};

impl Player<'_> {
    /// The edits that keep a run.
    pub(super) fn analyse(
        &mut self,
        chapter: usize,
        analyse: &Analyse,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<Edit>, String> {
        let said = self.fields(chapter, &ANALYSIS, &analyse.fields)?;
        let review = said.iter().find(|(name, _)| *name == "review").and_then(|(_, value)| value.as_text());
        let thresholds = self.thresholds(review)?;
        let report = without_folders(&self.report(analyse)?);
        let verdict = judge(&report, &thresholds);
        let results = Registered::from_bytes(&analyse.file, write(&report, Format::Json, 0).into_bytes());
        let mut fields = fields_of(&report, &verdict);
        fields.push(("results", Value::text(results.sha256.as_str())));
        fields.retain(|(name, _)| !said.iter().any(|(known, _)| known == name));
        fields.extend(said);
        let id = new_id(at);
        self.introduce(chapter, &ANALYSIS, &id, analyse.name.as_deref());
        let kept = Edit::KeepContent { sha256: results.sha256, data: results.data.unwrap_or_default() };
        Ok(vec![kept, Edit::Add { kind: &ANALYSIS, id, fields }])
    }

    fn report(&self, analyse: &Analyse) -> Result<slices::Report, String> {
        // The engine reads files, and the script's are in the program.
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join(crate::text::file_name(&analyse.file));
        std::fs::write(&path, self.content(&analyse.file)?).map_err(|error| error.to_string())?;
        let request = Request {
            columns: Columns {
                file: path,
                outcome: analyse.outcome.clone(),
                y_true: analyse.y_true.clone(),
                y_pred: analyse.y_pred.clone(),
                by: analyse.by.clone(),
                ..Columns::default()
            },
            positive: analyse.positive.clone(),
            favourable: analyse.favourable.clone(),
            ..Request::default()
        };
        let cancel = AtomicBool::new(false);
        slices::analyse(&request, &mut Watch { cancel: &cancel, tell: &mut |_, _| {} })
            .map_err(|error| error.to_string())
    }

    /// The thresholds that apply to a review as it is at this step.
    fn thresholds(&self, review: Option<&str>) -> Result<Vec<Threshold>, String> {
        let of = |kind| {
            let is_it = |record: &&Record| record.kind() == kind && record.text("review") == review;
            self.records.values().find(is_it).filter(|_| review.is_some())
        };
        let tier = review.and_then(|id| self.records.get(id)).filter(|record| record.kind() == &REVIEW);
        let tier = tier.and_then(|review| review.text("tier"));
        let silent = Record::empty(&PACKET);
        let found = self.policy.thresholds(of(&PACKET).unwrap_or(&silent), of(&LEGAL), tier);
        Ok(found.map_err(|error| error.to_string())?.into_iter().cloned().collect())
    }
}
