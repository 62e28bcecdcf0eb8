namespace Tessera.Gguf.Files;

/// <summary>
/// What an <see cref="OutputFile"/> is written through: a failure names the file as it was given, and is an <see cref="IOException"/> always.
/// </summary>
internal sealed class OutputStream(string path, Stream target) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => target.CanSeek;

    public override bool CanWrite => true;

    public override long Length => target.Length;

    public override long Position
    {
        get => target.Position;
        set => target.Position = value;
    }

    /// <summary>The error of a file that cannot be written.</summary>
    public static IOException Failure(string path, Exception cause) =>
        new($"{path}: the file cannot be written: {cause.Message.Split('\n')[0].TrimEnd('.')}.", cause);

    /// <summary>Whether an exception is one of the system's. A file too large for the file system is an argument out of range, in .NET's opinion.</summary>
    public static bool IsFailure(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            target.Write(buffer);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(path, e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        try
        {
            target.Flush();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(path, e);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => target.Seek(offset, origin);

    public override void SetLength(long value) => target.SetLength(value);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
