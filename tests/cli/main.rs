//! The command line, as people and scripts use it: the real binary, files of its own, exit codes, standard streams.

#[cfg(unix)]
mod analysis;
mod bad_files;
#[cfg(unix)]
mod cancel;
mod content;
#[cfg(unix)]
mod decide;
mod desk;
mod documents;
mod evidence;
mod gate;
mod hostile;
mod hunt;
mod import;
mod lint;
mod meeting;
mod next;
mod operations;
mod present;
mod profiles;
mod programme;
mod records;
mod reference;
mod slices;
mod special;
mod triage;
mod whole;
