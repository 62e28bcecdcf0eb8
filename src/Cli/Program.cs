using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Tessera.Cli.Application;
using Tessera.Cli.Commands;
using Tessera.Cli.Display;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
bool debug = false;
using var interruption = new Interruption();

// What a thread throws that nobody waits for would abort the process.
AppDomain.CurrentDomain.UnhandledException += (_, e) => Environment.Exit(Report((Exception)e.ExceptionObject));
try
{
    Terminal.Open();
    ParseResult command = CommandTree.Parse(args.Length == 0 ? ["--help"] : args);
    debug = command.GetResult(CommandTree.Debug) is { Implicit: false };
    int exitCode = command.Action is ParseErrorAction
        ? Refuse(command)
        : await command.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token);
    Terminal.Flush();
    return exitCode;
}
catch (Exception e)
{
    return Report(e);
}

int Report(Exception exception) => Failure.Report(exception, debug, interruption.Token.IsCancellationRequested);

// Thirty lines of help would hide the one that matters.
static int Refuse(ParseResult command)
{
    foreach (string message in command.Errors.Select(error => error.Message).Distinct())
    {
        Terminal.Note($"tessera: {message}");
    }

    return ExitCode.Failure;
}
