using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;
using Tessera;
using Tessera.Cli;
using Tessera.Cli.Commands;
using Tessera.Cli.Commands.Plugins;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Plugins.Management;
using Tessera.Tracing;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (Console.IsOutputRedirected)
{
    // A file has no width to wrap at.
    AnsiConsole.Profile.Width = short.MaxValue;
}

var root = new RootCommand("Runs GGUF language models with an engine made of plugins.")
{
    RunCommand.Create(),
    TokenizeCommand.Create(),
    LogitsCommand.Create(),
    PerplexityCommand.Create(),
    TraceCommand.Create(),
    CompareCommand.Create(),
    BenchCommand.Create(),
    QuantizeCommand.Create(),
    ImatrixCommand.Create(),
    InspectCommand.Create(),
    ExplainCommand.Create(),
    VerifyCommand.Create(),
    PluginsCommand.Create(),
    CommonOptions.Plugins,
    CommonOptions.PluginsLocked,
    CommonOptions.Use,
};

// Interrupted, a command ends its work; when its terminal goes or it is told to quit, nobody waits for that. Both leave no unfinished file.
using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Environment.Exit(ExitCode.Cancelled));
using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => Environment.Exit(ExitCode.Cancelled));

try
{
    ParseResult command = root.Parse(args.Length == 0 ? ["--help"] : args);
    if (command.Action is ParseErrorAction error)
    {
        // Thirty lines of help would hide the one that matters.
        error.ShowHelp = false;
    }

    return await command.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(0.5),
    });
}
catch (OperationCanceledException)
{
    return ExitCode.Cancelled;
}
catch (TesseraException e)
{
    await Console.Error.WriteLineAsync($"tessera: {e.Message}");
    return e switch
    {
        GgufException or InputFileException or PluginPackageException => ExitCode.BadInput,
        MissingPluginException or PluginConflictException => ExitCode.NoPluginServes,
        _ => ExitCode.Failure,
    };
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"tessera: {e.Message}");
    return ExitCode.Failure;
}
