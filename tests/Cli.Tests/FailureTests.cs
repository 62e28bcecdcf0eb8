using System.Reflection;
using Tessera.Cli.Application;
using Tessera.Cli.Display;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Plugins;

namespace Tessera.Cli.Tests;

/// <summary>Whatever ends a command becomes an exit code.</summary>
public class FailureTests
{
    public static TheoryData<Exception, int> Failures => new()
    {
        { new TesseraException("x"), 1 },
        { new InputFileException("x", "y."), 2 },
        { new GgufException("x", "y", 0, "z"), 2 },
        { new MissingPluginException("x"), 3 },
        { new AggregateException(new AggregateException(new InputFileException("x", "y."))), 2 },
        { new TargetInvocationException(new TypeInitializationException("x", new MissingPluginException("y"))), 3 },
        { new AggregateException(), 1 },
        { new IOException("x"), 1 },
        { new InsufficientMemoryException(), 1 },
        { new InvalidProgramException(), 1 },
        { new Silent(), 1 },
        { new ReaderLeftException(), 141 },
        { new AggregateException(new ReaderLeftException()), 141 },

        // A plugin's own, when nobody has asked the command to stop.
        { new OperationCanceledException(), 1 },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Every_exception_has_its_exit_code(Exception exception, int exitCode) =>
        Assert.Equal(exitCode, Failure.Report(exception, debug: true, interrupted: false));

    [Fact]
    public void What_ends_an_interrupted_command_is_told_from_an_error()
    {
        Assert.Equal(130, Failure.Report(new TaskCanceledException(), debug: false, interrupted: true));
        Assert.Equal(2, Failure.Report(new InputFileException("x", "y."), debug: false, interrupted: true));
    }

    private sealed class Silent : Exception
    {
        public override string Message => throw new InvalidOperationException();
    }
}
