using System.Runtime.InteropServices;

namespace Tessera.Cli.Display;

/// <summary>
/// Standard output or standard error. .NET's own stream takes a reader that has left for one that reads, so that a command whose output nobody wants would go
/// on to its end; it serves Windows only. Where standard error is closed or full there is nobody to tell, and the command goes on.
/// </summary>
internal sealed unsafe partial class StandardStream(int descriptor) : Stream
{
    public const int Input = 0;
    public const int Output = 1;
    public const int Error = 2;

    // <fcntl.h>, <errno.h>
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private static readonly int s_wouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
    private readonly Stream? _windows = !OperatingSystem.IsWindows() ? null : descriptor == Output ? Console.OpenStandardOutput() : Console.OpenStandardError();

    private readonly bool _closed = IsClosed(descriptor);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Whether the process was started without it. What the runtime opens then gets its number, and is told apart by this: it is closed when another program is
    /// executed, which is how a process comes by its standard streams.
    /// </summary>
    public static bool IsClosed(int descriptor) =>
        !OperatingSystem.IsWindows() && Control(descriptor, GetFlags) is var flags && (flags < 0 || (flags & CloseOnExec) != 0);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="ReaderLeftException">Nobody reads standard output any more.</exception>
    /// <exception cref="IOException">Standard output is closed, or the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            if (_closed)
            {
                throw new IOException("Standard output is closed.");
            }

            if (_windows is not null)
            {
                _windows.Write(buffer);
                return;
            }

            fixed (byte* data = buffer)
            {
                for (int written = 0; written < buffer.Length;)
                {
                    written += WriteSome(data + written, buffer.Length - written);
                }
            }
        }
        catch (IOException) when (descriptor == Error)
        {
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int WriteSome(byte* data, int length)
    {
        nint count = Write(descriptor, data, length);
        if (count >= 0)
        {
            return (int)count;
        }

        int error = Marshal.GetLastPInvokeError();
        if (error == s_wouldBlock)
        {
            var wanted = new PollDescriptor { Descriptor = descriptor, Events = PollDescriptor.Writable };
            _ = Poll(&wanted, 1, Timeout.Infinite);
        }
        else if (error == BrokenPipe)
        {
            throw new ReaderLeftException();
        }
        else if (error != Interrupted)
        {
            throw new IOException($"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    private struct PollDescriptor
    {
        public const short Writable = 4;

        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
