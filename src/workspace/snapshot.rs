//! One state of the file, whatever others write meanwhile: for whatever reads a lot and must agree with itself.

use super::Workspace;
use super::error::Result;

impl Workspace {
    /// Lets `work` read one state of the workspace: what other processes write in the meantime is not seen.
    ///
    /// # Errors
    /// What `work` returns, and where the file cannot be read.
    pub fn snapshot<T, E: From<super::Error>>(&self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        // With a write-ahead log, a deferred transaction that only reads takes no lock that a writer waits for. With a
        // rollback journal, writers wait until it has ended.
        let reading = self.conn.unchecked_transaction().map_err(super::Error::from)?;
        let done = work(self);
        reading.finish().map_err(super::Error::from)?;
        done
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::Utc;

    use super::super::{Change, Edit, Error, Options, Workspace, new_id};
    use crate::policy::Policy;
    use crate::record::PERSON;

    fn add(workspace: &mut Workspace, name: &str) {
        let id = new_id(Utc::now());
        let fields = vec![("name", name.into()), ("handle", name.to_lowercase().into())];
        let edit = Edit::Add { kind: &PERSON, id: id.clone(), fields };
        workspace.write(Change::by(&id, vec![edit])).expect("a person");
    }

    #[test]
    fn what_others_write_meanwhile_is_not_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.db");
        let mut workspace = Workspace::create(&path, Arc::new(Policy::builtin())).expect("a workspace");
        add(&mut workspace, "Ana");
        let mut other = Workspace::open(&path, Options::default(), Arc::new(Policy::builtin())).expect("opened twice");
        let seen = workspace.snapshot(|workspace| {
            let before = workspace.total(&PERSON)?;
            add(&mut other, "Bo");
            Ok::<_, Error>((before, workspace.total(&PERSON)?))
        });
        assert_eq!(seen.expect("read"), (1, 1));
        assert_eq!(workspace.total(&PERSON).expect("read"), 2);
    }
}
