//! The `probity` command: reads the command line, hands over, and prints what went wrong, once and well.

use std::process::ExitCode;

use probity::cli;

fn main() -> ExitCode {
    cli::fault::see_to_faults();
    match cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            cli::complain(&failure);
            // Whoever reads the output has had enough: that is no failure of ours.
            ExitCode::from(if failure.is_reader_gone() { cli::exit::DONE } else { failure.code() })
        }
    }
}
