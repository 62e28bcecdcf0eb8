using System.Runtime.InteropServices;

namespace Tessera.Cli.Application;

/// <summary>
/// What the user, or the system, ends a command with: it is asked to stop, and the process ends where it does not do so soon, or is asked twice.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations = Array.ConvertAll(
        (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT],
        signal => PosixSignalRegistration.Create(signal, Stop));

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Cancelled);
        }

        // A thread of its own: those of the pool may all be busy with what does not listen.
        new Thread(EndSoon) { IsBackground = true }.Start();
        _source.Cancel();
    }

    private static void EndSoon()
    {
        Thread.Sleep(Patience);
        Environment.Exit(ExitCode.Cancelled);
    }
}
