"""The entry point: runs the command line and turns every failure into one line and an exit code
(contract section 3). A traceback is never an answer.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

import click

from mailbot.cli import cli
from mailbot.cli.output import complain
from mailbot.errors import ConfigurationError, MailbotError


def main() -> None:
    """Run the command of `sys.argv` and exit: 0 done, 1 the work failed, 2 wrong usage or configuration.

    Whatever it creates (database, Maildir, audit log, exports) belongs to its user alone.
    """
    os.umask(0o077)
    sys.excepthook = _last_resort
    sys.exit(run())


def run() -> int:
    """Run the command of `sys.argv`; return its exit code, every failure said in one line."""
    try:
        code = cli.main(prog_name="mailbot", standalone_mode=False)
        sys.stdout.flush()
    except ConfigurationError as error:
        complain(f"mailbot: {error}")
        return 2
    except MailbotError as error:
        complain(f"mailbot: {error}")
        return 1
    except click.ClickException as error:
        command = getattr(error, "ctx", None)
        path = command.command_path if command is not None else "mailbot"
        complain(f"{path}: {error.format_message()} See {path} --help.")
        return error.exit_code
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # whoever read our output has gone: nothing to say, and no second complaint when Python flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UnicodeEncodeError as error:
        if not any("\udc80" <= character <= "\udcff" for argument in sys.argv for character in argument):
            raise error
        # such a file name is good; a name, code or reason that is to be stored or looked up is not
        complain("mailbot: an argument is not UTF-8 text: type it anew")
        return 2
    except OSError as error:
        complain(f"mailbot: {error.filename or 'the system'}: {error.strerror or error}")
        return 1
    return code if isinstance(code, int) else 0


def _last_resort(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:  # noqa: ARG001
    """A fault of mailbot itself: still one line, with the place, for the report."""
    from mailbot.logs import fault

    complain(f"mailbot: this is a fault of mailbot, please report it: {fault(error)}")


if __name__ == "__main__":
    main()
