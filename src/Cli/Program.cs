using System.CommandLine;
using System.CommandLine.Invocation;
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

try
{
    ParseResult command = root.Parse(args.Length == 0 ? ["--help"] : args);
    if (command.Action is ParseErrorAction error)
    {
        // Thirty lines of help would hide the one that matters.
        error.ShowHelp = false;
    }

    return await command.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(0.5) });
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
